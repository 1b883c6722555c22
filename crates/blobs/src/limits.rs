//! Limits of this room.

/// Bytes read, hashed and written at a time.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Seconds after which a half-written file is nobody's any more and is swept at start-up.
pub const HALF_WRITTEN_S: i64 = 24 * 3_600;
