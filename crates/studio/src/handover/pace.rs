//! When an errand that did not work is tried again.

use crate::limits::{ERRAND_PAUSE_S, ERRAND_PAUSE_S_MAX};
use fluxprint_domain::{Clock, Timestamp};

/// Doubled with each try up to a limit, and then between half of that and all of it: errands that
/// failed together do not come back together.
pub(super) fn next_try(tries: u32, clock: &dyn Clock) -> Timestamp {
    let doubled = ERRAND_PAUSE_S.saturating_mul(1 << tries.min(20));
    let pause_ms = doubled.min(ERRAND_PAUSE_S_MAX).saturating_mul(1_000);
    let chance = i64::try_from(clock.random() % 1_001).unwrap_or_default();
    let pause_ms = pause_ms / 2 + pause_ms / 2 * chance / 1_000;
    let now = clock.now();
    Timestamp(now.0.saturating_add(pause_ms.saturating_mul(1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_sim::FakeClock;

    #[test]
    fn pauses_grow_to_a_limit_and_are_never_all_the_same() {
        let clock = FakeClock::new(3);
        let pause_ms = |tries| (next_try(tries, &clock).0 - clock.now().0) / 1_000;
        for (tries, full_ms) in [(0, 1_000), (1, 2_000), (3, 8_000), (60, 60_000)] {
            let drawn: std::collections::BTreeSet<i64> = (0..50).map(|_| pause_ms(tries)).collect();
            assert!(
                drawn.iter().all(|ms| (full_ms / 2..=full_ms).contains(ms)),
                "{drawn:?}"
            );
            assert!(drawn.len() > 10, "{tries}");
        }
    }
}
