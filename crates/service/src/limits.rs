//! Limits of this room's HTTP side (architecture section 8; the rules of the house that are not of
//! one room stand in `fluxprint_domain::limits`). Sockets, dispatcher and worker have their own.

/// Verified tokens that are remembered until they end.
pub const TOKENS_REMEMBERED_MAX: usize = 4_096;
/// Bytes of answers that are remembered until something changes.
pub const ANSWERS_REMEMBERED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Seconds between two readings of the studio's published keys.
pub const KEYS_READ_S: u64 = 30;
/// Seconds that one reading of them may take.
pub const KEYS_WAIT_S: u64 = 5;
/// Seconds a pairing code is good.
pub const PAIRING_CODE_S: i64 = 600;
/// Seconds between two questions of a bridge that waits to be confirmed (RFC 8628, 3.2).
pub const PAIRING_POLL_S: u32 = 5;
/// Pairings one address may begin in ten minutes.
pub const PAIRINGS_PER_ADDRESS: u32 = 10;
/// Pairings that may be begun in a minute; so at most ten times as many wait at once.
pub const PAIRINGS_PER_MINUTE: u32 = 50;
/// Wrong pairing codes of one address in ten minutes (B-01).
pub const PAIRING_TRIES_PER_ADDRESS: u32 = 5;
/// Pairing attempts of everybody together in a minute (B-01).
pub const PAIRING_TRIES_PER_MINUTE: u32 = 50;
/// Uploads a person may begin in a minute, and at once.
pub const UPLOADS_PER_MINUTE: (u32, u32) = (5, 20);
/// Queue operations of a person in a minute, and at once.
pub const QUEUE_CHANGES_PER_MINUTE: (u32, u32) = (10, 30);
/// Bytes of one chunk of a file that is sent.
pub const FILE_CHUNK_BYTES: usize = 64 * 1024;
/// Free bytes of the disk that every upload has to leave: for the database, and for what is made of
/// it. With fewer the service says that it is not ready.
pub const ROOM_BYTES_MIN: u64 = 64 * 1024 * 1024;

/// How long a caller waits for a bridge's answer to what is done by hand.
pub const BRIDGE_ANSWER: std::time::Duration = std::time::Duration::from_secs(5);

/// How often it is looked up what needs attention.
pub const ALERTS_LOOK: std::time::Duration = std::time::Duration::from_secs(5);
