//! A clock that moves only when a test says so, with chance that a seed decides.

use std::sync::{Mutex, MutexGuard, PoisonError};

use fluxprint_domain::{Clock, Monotonic, Timestamp};

/// A [`Clock`] under a test's control: both clocks stand still until [`FakeClock::advance_ms`]
/// or a setter is called, and the same seed draws the same numbers in the same order.
#[derive(Debug)]
pub struct FakeClock {
    inside: Mutex<Inside>,
}

#[derive(Debug)]
struct Inside {
    now: Timestamp,
    monotonic: Monotonic,
    seed: u64,
}

impl FakeClock {
    /// The wall clock every new fake clock shows: 2026-01-01 00:00:00 UTC.
    pub const START: Timestamp = Timestamp(1_767_225_600_000_000);

    /// A clock at [`FakeClock::START`] whose chance comes from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let inside = Inside {
            now: Self::START,
            monotonic: Monotonic(1_000_000),
            seed,
        };
        Self {
            inside: Mutex::new(inside),
        }
    }

    /// Moves both clocks forward by `ms` milliseconds.
    pub fn advance_ms(&self, ms: u64) {
        let micros = i64::try_from(ms.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let mut inside = self.inside();
        inside.now = Timestamp(inside.now.0.saturating_add(micros));
        inside.monotonic = inside.monotonic.plus_ms(ms);
    }

    /// Moves both clocks forward by `seconds`.
    pub fn advance_s(&self, seconds: u64) {
        self.advance_ms(seconds.saturating_mul(1_000));
    }

    /// Sets the wall clock alone, also backwards, as NTP or a person may do.
    pub fn set_now(&self, now: Timestamp) {
        self.inside().now = now;
    }

    /// Sets the steady clock alone.
    pub fn set_monotonic(&self, monotonic: Monotonic) {
        self.inside().monotonic = monotonic;
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        self.inside().now
    }

    fn monotonic(&self) -> Monotonic {
        self.inside().monotonic
    }

    fn random(&self) -> u128 {
        let mut inside = self.inside();
        let high = u128::from(split_mix(&mut inside.seed));
        (high << 64) | u128::from(split_mix(&mut inside.seed))
    }
}

/// One draw of SplitMix64 (Steele, Lea and Flood, 2014): small, and good enough for tests.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stands_still_until_it_is_moved() {
        let clock = FakeClock::default();
        let (now, steady) = (clock.now(), clock.monotonic());
        assert_eq!((clock.now(), clock.monotonic()), (now, steady));
        clock.advance_s(61);
        assert_eq!(clock.now().seconds_since(now), 61);
        assert_eq!(clock.monotonic().ms_since(steady), 61_000);
    }

    #[test]
    fn the_wall_clock_may_jump_back_while_the_steady_one_stays() {
        let clock = FakeClock::default();
        let steady = clock.monotonic();
        clock.set_now(FakeClock::START.plus_s(-3600));
        assert_eq!(clock.now().seconds_since(FakeClock::START), -3600);
        assert_eq!(clock.monotonic(), steady);
    }

    #[test]
    fn the_same_seed_draws_the_same_numbers_and_never_the_same_twice_in_a_row() {
        let (one, two, other) = (FakeClock::new(7), FakeClock::new(7), FakeClock::new(8));
        let drawn: Vec<u128> = (0..100).map(|_| one.random()).collect();
        assert_eq!(drawn, (0..100).map(|_| two.random()).collect::<Vec<_>>());
        assert_ne!(drawn, (0..100).map(|_| other.random()).collect::<Vec<_>>());
        let distinct: std::collections::BTreeSet<_> = drawn.iter().collect();
        assert_eq!(distinct.len(), drawn.len());
    }
}
