//! The bounds of the virtual OctoPrint.

/// Largest upload, as OctoPrint's default `server.uploads.maxSize`: 1 GiB.
pub const UPLOAD_BYTES_MAX: usize = 1 << 30;
/// Events a slow push socket may be behind before it loses some.
pub const EVENTS_BEHIND_MAX: usize = 16_384;
/// Longest text frame taken from a push client.
pub const PUSH_FRAME_BYTES_MAX: usize = 64 * 1024;
/// Sessions remembered; the oldest name in order goes first.
pub const SESSIONS_MAX: usize = 1_000;
/// How often machine time moves by itself, real milliseconds.
pub const TICK_MS: u64 = 10;
/// How often a push socket gets a `current` frame, real milliseconds (OctoPrint: twice a second).
pub const CURRENT_EVERY_MS: u64 = 500;
/// Free space reported when no knob says otherwise: 50 GB.
pub const FREE_BYTES: u64 = 50_000_000_000;
/// Size of the disk reported: 250 GB.
pub const TOTAL_BYTES: u64 = 250_000_000_000;
