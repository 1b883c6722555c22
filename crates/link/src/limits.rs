//! Limits of the link. Both ends keep them; a frame beyond one ends the session.

/// Bytes of one text frame (architecture section 8).
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;
/// Frames sent and not yet acknowledged before an end stops sending.
pub const UNACKED_FRAMES_MAX: usize = 256;
/// Silence after which an end sends a ping (S-24).
pub const PING_AFTER_MS: u64 = 20_000;
/// Silence, or age of the oldest unacknowledged frame, after which a session is dead (S-24, F-07).
pub const DEAD_AFTER_MS: u64 = 60_000;
/// How soon a received frame is acknowledged when nothing else is being sent.
pub const ACK_AFTER_MS: u64 = 1_000;
/// How long the first message of the other end may take.
pub const HANDSHAKE_MS: u64 = 10_000;
/// Close code: another program with this bridge's identity has taken over.
pub const CLOSE_REPLACED: u16 = 4409;
/// Close code: this bridge was shut out for good; it forgets its token.
pub const CLOSE_SHUT_OUT: u16 = 4410;
/// Printers of one bridge.
pub const PRINTERS_MAX: usize = 64;
/// Attempts in one report: those not yet settled by the service.
pub const ATTEMPTS_PER_PRINTER_MAX: usize = 32;
