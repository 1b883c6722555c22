//! Time and chance are passed in: every rule that needs "now" or a new id takes a [`Clock`].

use serde::{Deserialize, Serialize};

/// A moment of the wall clock: microseconds since 1970-01-01 UTC, as the databases store it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment, `seconds` later (earlier when negative); saturates at the ends of time.
    #[must_use]
    pub fn plus_s(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` to this moment; negative when `earlier` is later.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1_000_000
    }
}

/// A moment of a clock that never jumps: microseconds since an arbitrary start of this process.
///
/// Deadlines of starts are kept on it (safety rule R-04): the wall clock is never asked whether a
/// start is still allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Monotonic(pub u64);

impl Monotonic {
    /// This moment, `ms` milliseconds later.
    #[must_use]
    pub fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms.saturating_mul(1_000)))
    }

    /// Milliseconds from `earlier` to this moment, 0 when `earlier` is later.
    #[must_use]
    pub fn ms_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0) / 1_000
    }
}

/// Where time and chance come from. The system's is in the `clock` room, the fake one in `sim`.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;
    /// The clock that never jumps.
    fn monotonic(&self) -> Monotonic;
    /// 128 bits nobody can guess.
    fn random(&self) -> u128;
}
