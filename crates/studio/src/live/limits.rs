//! Limits of the live room (S-24).

use std::time::Duration;

/// News kept for a page that is slow; beyond it the page is told of a gap.
pub const NEWS_WAITING_MAX: usize = 256;
/// Organisations whose last picture is kept while nobody listens.
pub const HUBS_KEPT_MAX: usize = 256;
/// Gaps of one page in a minute; a page that has more does not read.
pub const GAPS_PER_MINUTE: u32 = 3;
/// Bytes of one message from a page.
pub const HEARD_BYTES_MAX: usize = 64 * 1024;
/// Messages of a page in a minute.
pub const HEARD_PER_MINUTE: u32 = 30;
/// Bytes that may wait for a slow page.
pub const WRITE_BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// Longest time one message may take to be written.
pub const WRITE: Duration = Duration::from_secs(10);
/// Pages of one person that are open at a time.
pub const SOCKETS_PER_PERSON: usize = 8;
/// Pages of everybody that are open at a time: they must leave connections to calls.
pub const SOCKETS_MAX: usize = 512;
/// How often a page is pinged and told a beat. It dials anew after 45 s without a word.
pub const PING: Duration = Duration::from_secs(20);
/// Milliseconds of silence after which a page, or the service, counts as gone.
pub const DEAD_MS: u64 = 60_000;
/// How often an open page's session and rights are read again (S-03: two seconds at most).
pub const RECHECK: Duration = Duration::from_millis(1_200);
/// How long a new page waits for the first word of the service before it is told what is known.
pub const FIRST_WORD: Duration = Duration::from_millis(1_500);
/// How often the outbox is read when nobody pokes.
pub const LOOK: Duration = Duration::from_secs(1);
/// Rows of the outbox read at a time.
pub const ROWS: u32 = 500;
/// How often is looked which organisations have somebody who listens, or prints that are open.
pub const ROUND: Duration = Duration::from_secs(5);
/// How often is looked whether a service that was away is back.
pub const PROBE: Duration = Duration::from_secs(2);
/// First and longest pause before the service is dialled again, in milliseconds.
pub const REDIAL_MS: (u64, u64) = (500, 30_000);
/// How often the service is given a newer token on the open socket.
pub const RENEW: Duration = Duration::from_secs(60);
/// How long the service may take to its first message.
pub const SNAPSHOT: Duration = Duration::from_secs(15);
/// Changes that come within so much time are looked at together.
pub const TOGETHER: Duration = Duration::from_millis(150);
/// Shortest time between two looks at printers and queue.
pub const LOOKS_APART: Duration = Duration::from_millis(400);
/// Jobs asked for one by one after one look at the queue.
pub const ASKED_AT_ONCE: usize = 50;
/// Milliseconds for which the service is listened to after a print of which nobody knows whether it
/// was taken.
pub const DOUBT_MS: u64 = 3_600_000;
/// The service's newest jobs, which are looked through when it is listened to again.
pub const NEWEST_JOBS: u32 = 100;
