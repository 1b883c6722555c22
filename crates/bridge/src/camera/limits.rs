//! Limits of what a camera may cost us. Those of a picture are in `fluxprint_link::camera`.

use std::time::Duration;

/// Longest wait for a connection to a camera.
pub const CONNECT: Duration = Duration::from_secs(3);
/// Bytes before the first part of a stream, or between two parts.
pub const GAP_BYTES_MAX: usize = 64 * 1024;
/// Bytes of the headers of one part.
pub const HEAD_BYTES_MAX: usize = 8 * 1024;
/// Characters of a boundary (RFC 2046, 5.1.1).
pub const BOUNDARY_CHARS_MAX: usize = 70;
/// How long one message may take to be taken by the network.
pub const WRITE: Duration = Duration::from_secs(30);
/// Single pictures asked of a camera in a second, at most: each is a call of its own.
pub const STILLS_PER_S_MAX: u8 = 4;

/// The times the bridge keeps with cameras. The default is for real ones; tests are shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often a printer's program is asked where its camera is.
    pub look_ms: u64,
    /// How long a camera may take to its answer, and to each whole picture.
    pub picture_ms: u64,
    /// First and longest bound of the pause before a camera is pulled again that failed.
    pub retry_ms: (u64, u64),
    /// First and longest bound of the pause before the second socket is dialled again.
    pub dial_ms: (u64, u64),
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look_ms: 60_000,
            picture_ms: 10_000,
            retry_ms: (1_000, 30_000),
            dial_ms: (500, 30_000),
        }
    }
}
