//! How often somebody does something: limits of minutes, kept in memory. Limits of hours and days
//! are in the store, so that they hold across restarts.
//!
//! The generic cell rate algorithm: per caller one moment, the time at which all that was allowed
//! so far would have been used up at the steady pace.

use crate::limits::PACES_REMEMBERED_MAX;
use axum::http::{HeaderMap, HeaderValue};
use fluxprint_domain::Monotonic;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// So many in so much time, and so many of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many.
    pub count: u32,
    /// In how many seconds.
    pub window_s: u32,
    /// How many at once, at least 1.
    pub burst: u32,
}

impl Pace {
    fn step_us(self) -> u64 {
        u64::from(self.window_s) * 1_000_000 / u64::from(self.count.max(1))
    }
}

/// The paces of those who were seen lately.
#[derive(Debug)]
pub struct Paces<K> {
    used_up_at_us: Mutex<HashMap<K, u64>>,
}

impl<K> Default for Paces<K> {
    fn default() -> Self {
        Self {
            used_up_at_us: Mutex::default(),
        }
    }
}

impl<K: Eq + Hash> Paces<K> {
    /// Counts one for `who` at `now`; how many may follow at once.
    ///
    /// # Errors
    /// Whole seconds until the next one is allowed, at least 1.
    pub fn hit(&self, who: K, pace: Pace, now: Monotonic) -> Result<u32, i64> {
        let step_us = pace.step_us();
        let room_us = step_us * u64::from(pace.burst.max(1));
        let mut all = self
            .used_up_at_us
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if all.len() >= PACES_REMEMBERED_MAX {
            all.retain(|_, used_up_at| *used_up_at > now.0);
        }
        let before = all.get(&who).copied().unwrap_or(0).max(now.0);
        let after = before + step_us;
        let over_us = after.saturating_sub(now.0 + room_us);
        if over_us > 0 || (all.len() >= PACES_REMEMBERED_MAX && !all.contains_key(&who)) {
            return Err(i64::try_from(over_us.div_ceil(1_000_000))
                .unwrap_or(i64::MAX)
                .max(1));
        }
        all.insert(who, after);
        let left = (now.0 + room_us - after) / step_us.max(1);
        Ok(u32::try_from(left).unwrap_or(u32::MAX))
    }

    /// Takes one back that was counted for `who`: it turned out to be no reason to slow down.
    pub fn forgive(&self, who: &K, pace: Pace) {
        let mut all = self
            .used_up_at_us
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(used_up_at) = all.get_mut(who) {
            *used_up_at = used_up_at.saturating_sub(pace.step_us());
        }
    }
}

/// How many of a kind of call are left to the caller, for the answer's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Which kind.
    pub budget: &'static str,
    /// How many.
    pub calls: u32,
}

impl Left {
    /// Writes `RateLimit` of the IETF draft "RateLimit header fields for HTTP".
    pub fn tell(&self, headers: &mut HeaderMap) {
        let text = format!("\"{}\";r={}", self.budget, self.calls);
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert("ratelimit", value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        count: 5,
        window_s: 60,
        burst: 20,
    };

    #[test]
    fn a_burst_passes_and_then_one_at_a_time() {
        let paces = Paces::default();
        let now = Monotonic(0);
        for left in (0..20).rev() {
            assert_eq!(paces.hit("ada", PACE, now), Ok(left));
        }
        assert_eq!(paces.hit("ada", PACE, now), Err(12));
        assert_eq!(paces.hit("ada", PACE, now.plus_ms(11_999)), Err(1));
        assert_eq!(paces.hit("ada", PACE, now.plus_ms(12_000)), Ok(0));
        assert_eq!(paces.hit("ada", PACE, now.plus_ms(12_000)), Err(12));
    }

    #[test]
    fn nobody_is_slowed_by_somebody_else() {
        let paces = Paces::default();
        let once = Pace {
            count: 1,
            window_s: 60,
            burst: 1,
        };
        assert_eq!(paces.hit("ada", once, Monotonic(0)), Ok(0));
        assert_eq!(paces.hit("olu", once, Monotonic(0)), Ok(0));
        assert_eq!(paces.hit("ada", once, Monotonic(1)), Err(60));
    }

    #[test]
    fn what_is_forgiven_was_never_counted() {
        let paces = Paces::default();
        let once = Pace {
            count: 1,
            window_s: 60,
            burst: 1,
        };
        assert_eq!(paces.hit("ada", once, Monotonic(5)), Ok(0));
        paces.forgive(&"ada", once);
        assert_eq!(paces.hit("ada", once, Monotonic(5)), Ok(0));
        assert!(paces.hit("ada", once, Monotonic(5)).is_err());
    }

    #[test]
    fn a_flood_of_names_does_not_grow_without_end_and_forgets_nobody() {
        let paces = Paces::default();
        let once = Pace {
            count: 1,
            window_s: 60,
            burst: 1,
        };
        for who in 0..PACES_REMEMBERED_MAX {
            assert!(paces.hit(who, once, Monotonic(0)).is_ok());
        }
        assert!(paces.hit(usize::MAX, once, Monotonic(0)).is_err());
        assert!(paces.hit(0, once, Monotonic(0)).is_err());
        assert!(paces.hit(usize::MAX, once, Monotonic(60_000_001)).is_ok());
    }
}
