//! How many of something each may hold at the same time, so that nobody takes what is everybody's.

use crate::lanes::Full;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// What everybody holds who holds any.
#[derive(Debug)]
pub struct Shares<K> {
    max_each: usize,
    held: Mutex<HashMap<K, usize>>,
}

/// One that counts until it is dropped.
#[derive(Debug)]
pub struct Share<K: Copy + Eq + Hash> {
    shares: Arc<Shares<K>>,
    who: K,
}

impl<K: Copy + Eq + Hash> Shares<K> {
    /// So many for each.
    #[must_use]
    pub fn of(max_each: usize) -> Arc<Self> {
        Arc::new(Self {
            max_each,
            held: Mutex::default(),
        })
    }

    /// One more for `who`.
    ///
    /// # Errors
    /// [`Full`].
    pub fn take(self: &Arc<Self>, who: K) -> Result<Share<K>, Full> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(who).or_default();
        if *count >= self.max_each {
            return Err(Full);
        }
        *count += 1;
        let shares = self.clone();
        Ok(Share { shares, who })
    }
}

impl<K: Copy + Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let held = &self.shares.held;
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_holds_as_many_as_one_may_gets_no_more_and_others_do() {
        let shares = Shares::of(2);
        let held = [shares.take("ada").unwrap(), shares.take("ada").unwrap()];
        assert_eq!(shares.take("ada").err(), Some(Full));
        assert!(shares.take("olu").is_ok());
        drop(held);
        assert!(shares.held.lock().unwrap().is_empty(), "nobody is kept");
        assert!(shares.take("ada").is_ok());
    }
}
