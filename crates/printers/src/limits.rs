//! Every limit of this room: what a printer's program may cost us in time and memory.

use std::time::Duration;

/// Longest wait for a connection to a printer's program.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Longest wait for a whole answer (uploads have [`upload_timeout`]).
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Largest JSON answer that is read; the rest is not even received.
pub const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Largest message of the push socket.
pub const PUSH_MESSAGE_BYTES_MAX: usize = 1024 * 1024;

/// Words of a printer or of its program are cut to this many characters: half of what is kept of a
/// printer's message, so that our own words about them fit beside them.
pub const MESSAGE_CHARS_MAX: usize = fluxprint_domain::limits::PRINTER_MESSAGE_CHARS_MAX / 2;

/// Paths that a printer's program names are cut to this many characters.
pub const PATH_CHARS_MAX: usize = 500;

/// Characters of an address that a printer's program names.
pub const ADDRESS_CHARS_MAX: usize = 1_000;

/// An upload must move at least this many bytes a second, or it is given up: a slow wireless link.
pub const UPLOAD_BYTES_PER_S_MIN: u64 = 100 * 1024;

/// What an upload may take besides moving its bytes: storing, hashing, answering.
pub const UPLOAD_GRACE: Duration = Duration::from_secs(60);

/// Bytes read from disk at a time during an upload.
pub const UPLOAD_CHUNK_BYTES: usize = 64 * 1024;

/// Free space needed for an upload, in sizes of the file: a temporary copy and the file itself.
pub const UPLOAD_SPACE_FACTOR: u64 = 2;

/// The tag that is stored with an uploaded file is cut to this many characters.
pub const TAG_CHARS_MAX: usize = 200;

/// How often a printer is looked at while its push socket is not available.
pub const POLL_EVERY: Duration = Duration::from_secs(2);

/// Longest pause between two looks at a printer's program that does not answer.
pub const POLL_EVERY_MAX: Duration = Duration::from_secs(30);

/// First and longest pause between two tries to open the push socket.
pub const SOCKET_RETRY: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(120));

/// Silence on the push socket after which it is pinged; as much silence again, and it is dead.
pub const SOCKET_PING_EVERY: Duration = Duration::from_secs(5);

/// What was seen and not yet taken by the reader; when it is full, the socket is not read on.
pub const WATCH_QUEUE_MAX: usize = 64;

/// The oldest OctoPrint without known holes that a print file can use (safety B-10).
pub const OCTOPRINT_FLOOR: (u32, u32, u32) = (1, 11, 8);

/// How long an upload of `size_bytes` may take.
#[must_use]
pub fn upload_timeout(size_bytes: u64) -> Duration {
    UPLOAD_GRACE + Duration::from_secs(size_bytes / UPLOAD_BYTES_PER_S_MIN)
}
