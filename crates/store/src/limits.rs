//! The limits of this room.

/// Times a transaction is run again after the database was busy.
pub const RETRIES_MAX: u32 = 5;
/// Pause before the first of these, in milliseconds; doubled each time.
pub const RETRY_PAUSE_MS: u64 = 5;
/// Seconds a statement waits for a lock of another one.
pub const LOCK_WAIT_S: u64 = 5;
/// Seconds a statement may take on PostgreSQL.
pub const STATEMENT_S: u64 = 15;
/// Connections to one SQLite file for reads of several statements.
pub const SQLITE_READERS: u32 = 2;
/// Connections to one SQLite file for reads of one statement.
pub const SQLITE_LOOKS: usize = 2;
/// Connections of one process to PostgreSQL, for one room.
pub const POSTGRES_CONNECTIONS: u32 = 8;
/// Connections beside these for reads of one statement.
pub const POSTGRES_LOOKS: usize = 4;
/// Rows of one page of a list.
pub const PAGE_ROWS_MAX: u32 = 100;
/// Organisations, printers, bridges or open jobs read at once.
pub const ROWS_MAX: u32 = 1_000;
/// Events read from the outbox at once.
pub const EVENTS_MAX: u32 = 500;
/// Deeds of one job that are told.
pub const DEEDS_MAX: u32 = 200;
/// Audit rows read at once.
pub const AUDIT_ROWS_MAX: u32 = 500;
/// Tries of a background task before it counts as dead.
pub const TASK_TRIES_MAX: u32 = 5;
/// Seconds before the second try of a background task; doubled each time.
pub const TASK_PAUSE_S: i64 = 2;
/// Characters that are kept of words a machine or a failed task says.
pub const WORDS_CHARS_MAX: usize = 500;
