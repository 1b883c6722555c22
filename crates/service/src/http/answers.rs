//! Answers that hold until something changes.
//!
//! A page of jobs takes far longer to make than to see that nothing has changed since it was made.
//! The store counts the changes of an organisation in the very transactions that make them. So an
//! answer is good as long as that number is the same, whichever process made the change.
//! That holds only for answers made of nothing but rows whose changes the outbox tells of: what shows
//! the time, a live bridge or a last contact is made anew for every call.

use super::door::Caller;
use crate::limits::ANSWERS_REMEMBERED_BYTES_MAX;
use axum::body::Bytes;
use fluxprint_domain::id::OrganisationId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The answers that were made last: losing them costs a few looks.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<(OrganisationId, Arc<str>, String), Answer>,
    bytes: usize,
}

#[derive(Debug)]
struct Answer {
    /// Whose role and projects it was made for.
    caller: Caller,
    /// How many changes the organisation had seen.
    changes: i64,
    body: Bytes,
}

impl Answers {
    /// The answer to `query`, if one was made for such a caller since the last change.
    pub(crate) fn get(&self, caller: &Caller, query: &str, changes: i64) -> Option<Bytes> {
        let kept = self.kept();
        let answer = kept.answers.get(&key(caller, query))?;
        (answer.changes == changes && answer.caller.sees_the_same(caller))
            .then(|| answer.body.clone())
    }

    /// Remembers an answer whose rows were read after the changes were counted: it may be newer
    /// than it is taken for, never older. When there are too many, all are forgotten.
    pub(crate) fn put(&self, caller: &Caller, query: &str, changes: i64, body: Bytes) {
        let mut kept = self.kept();
        kept.bytes += body.len();
        if kept.bytes > ANSWERS_REMEMBERED_BYTES_MAX {
            kept.answers.clear();
            kept.bytes = body.len();
        }
        let answer = Answer {
            caller: caller.clone(),
            changes,
            body,
        };
        if let Some(older) = kept.answers.insert(key(caller, query), answer) {
            kept.bytes -= older.body.len();
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(caller: &Caller, query: &str) -> (OrganisationId, Arc<str>, String) {
    (caller.org(), caller.name(), query.to_owned())
}
