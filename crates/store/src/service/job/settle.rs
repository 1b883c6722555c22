//! Settling: a person says how a copy stands that nobody else can know about.

use crate::audit;
use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::service::attempt;
use crate::service::copy::{self, Cause, Copy, advance};
use crate::service::job::Jobs;
use crate::tx::Tx;
use fluxprint_domain::attempt::{self as tries, Outcome};
use fluxprint_domain::id::CopyId;
use fluxprint_domain::job::{Event, State};
use fluxprint_domain::{Refusal, Timestamp};
use serde_json::json;

/// How a person settles a copy that needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It ended so. `NotStarted` puts it back into the queue.
    As(Outcome),
    /// Whatever became of it: print it again.
    PrintAgain,
}

impl Jobs<'_> {
    /// A person has looked at a copy that needs attention and says how it goes on.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a copy that needs no attention; [`StoreError::NotFound`].
    pub async fn settle(
        &self,
        id: CopyId,
        how: Settled,
        who: &str,
        now: Timestamp,
    ) -> Result<Copy> {
        transaction!(self.db.write(self.org), |tx| settle(tx, id, how, who, now)
            .await)
    }
}

async fn settle(tx: &mut Tx, id: CopyId, how: Settled, who: &str, now: Timestamp) -> Result<Copy> {
    let mut copy = copy::load(tx, id).await?;
    if copy.state != State::NeedsAttention {
        let while_it_is = copy.state.word();
        return Err(StoreError::Refused(Refusal::NotNow {
            asked: "settle",
            while_it_is,
        }));
    }
    // The wish to cancel, if any, was for the try that is settled here.
    copy.cancel_requested_at = None;
    copy.not_started_count = 0;
    let event = match how {
        Settled::As(outcome) => Event::Attempt(tries::State::Ended(outcome)),
        Settled::PrintAgain => Event::PrintAgain,
    };
    advance(
        &mut copy,
        event,
        Cause {
            who,
            now,
            reason: None,
        },
    )?;
    let unsure = match copy.attempt {
        Some(id) => Some(attempt::load(tx, id).await?).filter(|attempt| attempt.state.is_open()),
        None => None,
    };
    if let Some(mut unsure) = unsure {
        let outcome = match how {
            Settled::As(outcome) => outcome,
            Settled::PrintAgain => Outcome::Failed,
        };
        unsure.state = tries::step(unsure.state, tries::Event::Settle(outcome))?;
        unsure.ended_at = Some(now);
        attempt::save(tx, &unsure).await?;
    }
    copy::save(tx, &copy, now).await?;
    let facts = json!({ "to": copy.state, "attempt": copy.attempt });
    audit::append(tx, now, who, "copy settled", id, &facts).await?;
    copy::load(tx, id).await
}
