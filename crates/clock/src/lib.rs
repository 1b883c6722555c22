//! The system's time and chance behind [`fluxprint_domain::Clock`]. The only room that reads them.

use fluxprint_domain::{Clock, Monotonic, Timestamp};
use nix::time::{ClockId, clock_gettime};
use std::time::{Duration, SystemTime};

/// The steady clock that goes on while the machine sleeps: a start that waited through a night's
/// sleep must be too late in the morning. Linux stops `CLOCK_MONOTONIC` meanwhile; macOS does not.
#[cfg(target_os = "linux")]
const STEADY: ClockId = ClockId::CLOCK_BOOTTIME;
#[cfg(not(target_os = "linux"))]
const STEADY: ClockId = ClockId::CLOCK_MONOTONIC;

/// The clock and the chance of the machine this runs on.
#[derive(Clone, Debug)]
pub struct SystemClock {
    started: Duration,
}

impl SystemClock {
    /// The machine's clock. Moments of [`Clock::monotonic`] count from this call: one process
    /// makes one and shares it.
    #[must_use]
    pub fn new() -> Self {
        Self { started: steady() }
    }
}

/// Ends the process when there is no such clock: deadlines could not be kept.
fn steady() -> Duration {
    match clock_gettime(STEADY) {
        Ok(time) => Duration::from(time),
        Err(_) => std::process::abort(),
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this room is where time comes in"
    )]
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let micros = since_1970.unwrap_or_default().as_micros();
        Timestamp(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Monotonic {
        let micros = steady().saturating_sub(self.started).as_micros();
        Monotonic(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// 128 bits of the operating system's generator. Ends the process when it has none to give:
    /// a token or an id that can be guessed is worse than no service.
    fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        match getrandom::fill(&mut bytes) {
            Ok(()) => u128::from_le_bytes(bytes),
            Err(_) => std::process::abort(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_and_chance_does_not_repeat() {
        let clock = SystemClock::new();
        let (wall, steady) = (clock.now(), clock.monotonic());
        let of_2025 = Timestamp(1_735_689_600_000_000);
        assert!(wall > of_2025);
        assert!(clock.monotonic() >= steady);
        assert_ne!(clock.random(), clock.random());
    }
}
