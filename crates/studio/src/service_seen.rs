//! Whether the print service was last seen up, and since when.

use fluxprint_domain::Timestamp;
use std::sync::{Mutex, PoisonError};

/// The print service as the gateway last met it.
#[derive(Debug)]
pub struct ServiceSeen(Mutex<(bool, Timestamp)>);

impl ServiceSeen {
    /// Taken for up until somebody meets it.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new((true, now)))
    }

    /// Whether it is up, and since when that is so.
    #[must_use]
    pub fn get(&self) -> (bool, Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It was met at `now`; returns whether that is news.
    pub fn met(&self, up: bool, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let news = seen.0 != up;
        if news {
            *seen = (up, now);
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_begun_when_it_was_first_met() {
        let seen = ServiceSeen::new(Timestamp(1));
        assert!(!seen.met(true, Timestamp(2)));
        assert_eq!(seen.get(), (true, Timestamp(1)));
        assert!(seen.met(false, Timestamp(3)));
        assert!(!seen.met(false, Timestamp(4)));
        assert_eq!(seen.get(), (false, Timestamp(3)));
    }
}
