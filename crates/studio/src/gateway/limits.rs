//! Limits of the print gateway.

use std::time::Duration;

/// How long an ordinary call may take: one second less than the door gives the whole call, so that
/// the words about it are ours.
pub const CALL: Duration = Duration::from_secs(29);
/// How long the hand-over of a file may take, however small it is.
pub const HAND_OVER: Duration = Duration::from_secs(60);
/// Bytes of a file for which one second is added to [`HAND_OVER`].
pub const HAND_OVER_BYTES_PER_S: u64 = 1024 * 1024;
/// How long reaching the service may take.
pub const CONNECT: Duration = Duration::from_secs(3);
/// How long a socket's first answer may take.
pub const UPGRADE: Duration = Duration::from_secs(10);
/// How long a look whether the service is there may take.
pub const PROBE: Duration = Duration::from_secs(3);
/// Bytes of an answer in JSON.
pub const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of a picture of a camera.
pub const PICTURE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Bytes of an answer that says why not.
pub const PROBLEM_BYTES_MAX: usize = 16 * 1024;
/// Characters of a code, a sentence and a remedy of the service that are passed on.
pub const CODE_CHARS_MAX: usize = 64;
/// Characters of a sentence or a remedy of the service.
pub const SENTENCE_CHARS_MAX: usize = 1_000;
/// Seconds until somebody who was told to come back may do so, at most.
pub const COME_BACK_S_MAX: i64 = 86_400;
/// Bytes of one message of the service's live stream: a snapshot of a large queue fits.
pub const EVENT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes that wait between the two ends of a socket inside the process.
pub const PIPE_BYTES: usize = 64 * 1024;
/// Calls in a row that were not answered in time before the service counts as away.
pub const SLOW_IN_A_ROW: u32 = 3;
/// While the service is away, one call in so many milliseconds finds out whether it is back.
pub const RETRY_MS: u64 = 1_000;
/// Seconds that a token of the seam lives.
pub const TOKEN_S: i64 = 120;
/// Seconds for which the token of a session is used again while nothing about it has changed.
pub const TOKEN_REUSE_S: i64 = 60;
/// Sessions whose tokens are kept.
pub const TOKENS_KEPT_MAX: usize = 4_096;
/// Projects named in one token, so that it stays below 12 KiB: an HTTP server takes 16 KiB of headers.
pub const PROJECTS_NAMED_MAX: usize = 170;
