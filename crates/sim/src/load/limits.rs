//! The bounds of a load.

use std::time::Duration;

/// Connections at the same time; the service holds 1,024.
pub const CONNECTIONS_MAX: usize = 1_000;
/// Longest time of one load.
pub const DURATION_MAX: Duration = Duration::from_secs(3_600);
/// Longest wait for one answer, or for a connection.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause before a connection that failed is dialled again.
pub const DIAL_AGAIN: Duration = Duration::from_millis(50);
/// Bytes kept of the first answer that was an error.
pub const FIRST_ERROR_BYTES_MAX: usize = 400;
