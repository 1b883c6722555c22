//! Limits of this room's HTTP side (architecture section 8; the rules of the house that are not of
//! one room stand in `fluxprint_domain::limits`). Sockets, dispatcher and worker have their own.

/// Bytes of a JSON body.
pub const JSON_BYTES_MAX: usize = 64 * 1024;
/// Bytes of all headers of a request together.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Headers of a request.
pub const HEADERS_MAX: usize = 64;
/// Seconds in which the headers of a request have to arrive; also how long a connection may idle.
pub const HEADERS_S: u64 = 10;
/// Seconds an ordinary call may take.
pub const CALL_S: u64 = 30;
/// Bytes that an upload has to bring in a second, on the average of [`UPLOAD_WINDOW_S`].
pub const UPLOAD_BYTES_PER_S_MIN: u64 = 1_024;
/// Seconds over which the pace of an upload is looked at.
pub const UPLOAD_WINDOW_S: u64 = 30;
/// Ordinary calls worked on at the same time; beyond it callers are told to come back.
pub const CALLS_AT_ONCE: usize = 256;
/// Uploads taken in at the same time.
pub const UPLOADS_AT_ONCE: usize = 16;
/// Connections held at the same time.
pub const CONNECTIONS_MAX: usize = 1_024;
/// Seconds after which a caller who was turned away may come back.
pub const COME_BACK_S: u32 = 2;
/// Verified tokens that are remembered until they end.
pub const TOKENS_REMEMBERED_MAX: usize = 4_096;
/// Callers whose pace is remembered.
pub const PACES_REMEMBERED_MAX: usize = 16_384;
/// Seconds between two readings of the studio's published keys.
pub const KEYS_READ_S: u64 = 30;
/// Seconds that one reading of them may take.
pub const KEYS_WAIT_S: u64 = 5;
/// Characters of an `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 128;
/// Rows of one page unless the caller asks for fewer.
pub const PAGE_ROWS: u32 = 50;
/// Seconds a pairing code is good.
pub const PAIRING_CODE_S: i64 = 600;
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
/// Seconds for which the rest of a refused upload is read on, so that its sender sees the answer.
pub const REFUSED_UPLOAD_S: u64 = 30;
/// Free bytes of the disk that every upload has to leave: for the database, and for what is made of
/// it. With fewer the service says that it is not ready.
pub const ROOM_BYTES_MIN: u64 = 64 * 1024 * 1024;
