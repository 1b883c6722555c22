//! Limits of looking through cameras. Those of a picture are in `fluxprint_link::camera`.

use std::time::Duration;

/// Pictures in a second when the caller does not say.
pub const FPS: u8 = 5;
/// Viewers of one organisation at a time.
pub const VIEWERS_OF_ONE_MAX: usize = 32;
/// Viewers of everybody at a time: they must leave connections to bridges and to stops.
pub const VIEWERS_MAX: usize = 256;
/// Milliseconds for which a camera is pulled on after its last viewer, who may be back at once.
pub const LINGER_MS: u64 = 3_000;
/// How old a picture may be that answers who asked for a single one, in milliseconds.
pub const FRESH_MS: u64 = 1_000;
/// Longest wait for the first picture: a little more than the bridge waits for its camera.
pub const FIRST_PICTURE: Duration = Duration::from_secs(12);
/// How long a stream goes on without a picture.
pub const NO_PICTURE: Duration = Duration::from_secs(15);
/// How long a viewer may take for one picture (F-23).
pub const UNTAKEN: Duration = Duration::from_secs(10);
/// How often is looked whether a viewer's token still holds.
pub const RECHECK: Duration = Duration::from_secs(1);
/// How often a bridge's socket looks at the clock, and whether its session is still there.
pub const TICK: Duration = Duration::from_millis(500);
/// Longest time one message to a bridge may take to be written.
pub const WRITE: Duration = Duration::from_secs(10);
