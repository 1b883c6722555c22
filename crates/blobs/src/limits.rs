//! Limits of this room.

/// Bytes read, hashed and written at a time.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Seconds after which a half-written file is nobody's any more and is swept at start-up.
pub const HALF_WRITTEN_S: i64 = 24 * 3_600;
/// Bytes of a draft that are hashed and written at a time, while the next ones are gathered.
pub const DRAFT_BUFFER_BYTES: usize = 1024 * 1024;
/// Seconds after its last byte at which a draft is nobody's any more and is swept at start-up; longer
/// than any upload lives.
pub const DRAFT_KEPT_S: i64 = 3 * 24 * 3_600;
