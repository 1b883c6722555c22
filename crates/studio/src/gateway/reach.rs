//! Whether the service is there: seen from the calls themselves, told to whoever wants to know.

use super::limits::{RETRY_MS, SLOW_IN_A_ROW};
use fluxprint_domain::{Monotonic, Timestamp};
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// Whether the service is there, and since when it is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Whether it answers.
    pub up: bool,
    /// Since when.
    pub since: Timestamp,
}

/// What a call showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The service answered as a print service does.
    Answered,
    /// It could not be reached.
    Away,
    /// It took too long.
    Slow,
}

#[derive(Debug, Default)]
struct Trials {
    slow_in_a_row: u32,
    last: Option<Monotonic>,
}

/// The memory of the last calls.
#[derive(Debug)]
pub(super) struct Watchman {
    seen: watch::Sender<Reach>,
    trials: Mutex<Trials>,
}

impl Watchman {
    /// Until the first call the service is believed to be there.
    pub fn new(now: Timestamp) -> Self {
        let seen = Reach {
            up: true,
            since: now,
        };
        Self {
            seen: watch::Sender::new(seen),
            trials: Mutex::default(),
        }
    }

    /// What is known.
    pub fn seen(&self) -> watch::Receiver<Reach> {
        self.seen.subscribe()
    }

    /// Whether a call makes sense now. While the service is away most calls are answered at once,
    /// and one a second finds out whether it is back.
    pub fn lets_through(&self, now: Monotonic) -> bool {
        if self.seen.borrow().up {
            return true;
        }
        let mut trials = self.trials.lock().unwrap_or_else(PoisonError::into_inner);
        let due = trials
            .last
            .is_none_or(|last| now.ms_since(last) >= RETRY_MS);
        if due {
            trials.last = Some(now);
        }
        due
    }

    /// Notes what a call showed.
    pub fn note(&self, outcome: Outcome, now: Timestamp) {
        let mut trials = self.trials.lock().unwrap_or_else(PoisonError::into_inner);
        let up = match outcome {
            Outcome::Answered => {
                trials.slow_in_a_row = 0;
                true
            }
            Outcome::Away => false,
            Outcome::Slow => {
                trials.slow_in_a_row = trials.slow_in_a_row.saturating_add(1);
                trials.slow_in_a_row < SLOW_IN_A_ROW && self.seen.borrow().up
            }
        };
        let changed = self.seen.send_if_modified(|seen| {
            let changed = seen.up != up;
            if changed {
                *seen = Reach { up, since: now };
            }
            changed
        });
        if changed && up {
            tracing::info!("the print service is back");
        } else if changed {
            tracing::warn!("the print service is away");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(5);

    fn up(watchman: &Watchman) -> bool {
        watchman.seen().borrow().up
    }

    #[test]
    fn a_service_that_cannot_be_reached_is_away_until_it_answers() {
        let watchman = Watchman::new(Timestamp(1));
        watchman.note(Outcome::Away, NOW);
        let seen = *watchman.seen().borrow();
        assert_eq!(
            seen,
            Reach {
                up: false,
                since: NOW
            }
        );
        watchman.note(Outcome::Away, Timestamp(9));
        assert_eq!(watchman.seen().borrow().since, NOW, "away is still away");
        watchman.note(Outcome::Answered, Timestamp(12));
        assert!(up(&watchman));
    }

    #[test]
    fn one_slow_call_is_no_absence_but_three_in_a_row_are() {
        let watchman = Watchman::new(NOW);
        for _ in 0..2 {
            watchman.note(Outcome::Slow, NOW);
        }
        assert!(up(&watchman));
        watchman.note(Outcome::Answered, NOW);
        for _ in 0..2 {
            watchman.note(Outcome::Slow, NOW);
        }
        assert!(up(&watchman));
        watchman.note(Outcome::Slow, NOW);
        assert!(!up(&watchman));
    }

    #[test]
    fn while_it_is_away_one_call_a_second_tries() {
        let watchman = Watchman::new(NOW);
        let at = Monotonic(1_000_000);
        assert!(watchman.lets_through(at) && watchman.lets_through(at));
        watchman.note(Outcome::Away, NOW);
        assert!(watchman.lets_through(at));
        assert!(!watchman.lets_through(at.plus_ms(999)));
        assert!(watchman.lets_through(at.plus_ms(1_000)));
    }
}
