//! Tokens that were verified once and still hold.

use crate::limits::TOKENS_REMEMBERED_MAX;
use fluxprint_domain::{Sha256, Timestamp};
use fluxprint_tokens::Claims;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Verified tokens by their hash, until they end.
#[derive(Debug, Default)]
pub struct Remembered {
    tokens: Mutex<HashMap<Sha256, Arc<Claims>>>,
}

impl Remembered {
    /// The claims of a token that was verified before and has not ended at `now`.
    pub fn get(&self, token: Sha256, now: Timestamp) -> Option<Arc<Claims>> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens
            .get(&token)
            .filter(|claims| holds(claims, now))
            .cloned()
    }

    /// Remembers a token. When there are too many, those that have ended go first, then all.
    pub fn put(&self, token: Sha256, claims: Arc<Claims>, now: Timestamp) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= TOKENS_REMEMBERED_MAX {
            tokens.retain(|_, claims| holds(claims, now));
        }
        if tokens.len() >= TOKENS_REMEMBERED_MAX {
            tokens.clear();
        }
        tokens.insert(token, claims);
    }

    /// Forgets all of them: the keys that vouched for them have changed.
    pub fn clear(&self) {
        self.tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn holds(claims: &Claims, now: Timestamp) -> bool {
    now < Timestamp(claims.exp.saturating_mul(1_000_000))
}
