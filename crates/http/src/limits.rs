//! Limits of every HTTP side of ours (architecture section 8).

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
/// Seconds for which the rest of an upload that nobody wants is read on, so that its sender sees
/// the answer.
pub const UNWANTED_UPLOAD_S: u64 = 30;
/// Ordinary calls worked on at the same time; beyond it callers are told to come back.
pub const CALLS_AT_ONCE: usize = 256;
/// Uploads taken in at the same time.
pub const UPLOADS_AT_ONCE: usize = 16;
/// Connections held at the same time.
pub const CONNECTIONS_MAX: usize = 1_024;
/// Connections of one caller held at the same time: an office behind one address, not everybody's.
pub const CONNECTIONS_OF_ONE_MAX: usize = 256;
/// Different callers that an address names until it is taken for a proxy.
pub const BEHIND_ONE_MANY: usize = 8;
/// Addresses of which it is remembered whom they brought.
pub const CROWDS_MAX: usize = 64;
/// Seconds after which a caller who takes nothing of an answer is given up.
pub const UNREAD_S: u64 = 60;
/// Seconds after which a caller who was turned away may come back.
pub const COME_BACK_S: i64 = 2;
/// Callers whose pace is remembered.
pub const PACES_REMEMBERED_MAX: usize = 16_384;
/// Characters of an `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 128;
/// Rows of one page unless the caller asks for fewer or more.
pub const PAGE_ROWS: u32 = 50;
/// Rows of one page at most.
pub const PAGE_ROWS_MAX: u32 = 100;
