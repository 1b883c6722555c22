//! Limits of this room (architecture section 8).

/// Bytes of a file that is never printed.
pub const OTHER_BYTES_MAX: u64 = 100 * 1024 * 1024;
/// Bytes of all files of an organisation, unless the operator sets another.
pub const QUOTA_BYTES: u64 = 20 * 1024 * 1024 * 1024;
/// Uploads begun by a person: so many in a minute, and so many at once.
pub const UPLOADS_PER_MINUTE: (u32, u32) = (5, 20);
/// Other changes by a person: so many in a minute, and so many at once.
pub const CHANGES_PER_MINUTE: (u32, u32) = (120, 60);
/// Calls without a session that change something, of one address: in ten minutes, and at once.
pub const STRANGERS_PER_TEN_MINUTES: (u32, u32) = (60, 30);
/// Seconds without use after which a session has ended (S-13).
pub const SESSION_IDLE_S: i64 = 12 * 3_600;
/// Seconds after which a session has ended, used or not (S-13).
pub const SESSION_S: i64 = 30 * 86_400;
/// Seconds between two notes that a session is in use.
pub const SEEN_EVERY_S: i64 = 60;
