//! The two clocks of a measurement.

use std::time::{Instant, SystemTime};

/// Measures from its making.
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts it.
    #[expect(
        clippy::disallowed_methods,
        reason = "this program measures; nothing is decided by it"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds since the start.
    pub fn ms(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1e3
    }
}

/// Microseconds since 1970, as the virtual OctoPrint on the same machine counts them, too.
#[expect(
    clippy::disallowed_methods,
    reason = "this program measures; nothing is decided by it"
)]
pub fn wall_us() -> i64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since_1970.unwrap_or_default().as_micros()).unwrap_or(i64::MAX)
}
