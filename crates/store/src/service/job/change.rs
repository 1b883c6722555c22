//! What people and tasks do to jobs and their copies: prepare, hold, release, cancel, settle.

use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::service::attempt::{self, Observed, apply};
use crate::service::copy::{self, Cause, Copy, advance};
use crate::service::job::{Jobs, load};
use crate::service::reason::Reason;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use crate::{audit, outbox};
use fluxprint_domain::attempt::{self as tries, Outcome};
use fluxprint_domain::id::{AttemptId, CopyId, JobId, PrinterId, SliceId};
use fluxprint_domain::job::{Event, State};
use fluxprint_domain::{Refusal, Timestamp};
use serde_json::json;

statements! {
    SET_SLICE = "UPDATE jobs SET slice_id = $3, estimate = COALESCE($4, estimate)
        WHERE org_id = $1 AND id = $2";
}

/// A whole job or one of its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Every copy of it.
    Job(JobId),
    /// Only this one.
    Copy(CopyId),
}

/// What became of a wish to cancel one copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceled {
    /// It is canceled. Where a file was on its way to a printer, that try is given up.
    Done {
        /// The try that was given up and its printer.
        given_up: Option<(AttemptId, PrinterId)>,
    },
    /// Its start was issued: the printer has to cancel it. The wish is kept with the copy.
    AtPrinter {
        /// The try to be cancelled.
        attempt: AttemptId,
        /// The printer it runs on.
        printer: PrinterId,
    },
    /// A person has to say first how it stands.
    NeedsAttention,
    /// It was over before.
    AlreadyOver,
}

/// How a person settles a copy that needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It ended so. `NotStarted` puts it back into the queue.
    As(Outcome),
    /// Whatever became of it: print it again.
    PrintAgain,
}

impl Jobs<'_> {
    /// The model is checked and sliced: copies that prepare join the queue.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn prepared(
        &self,
        id: JobId,
        slice: SliceId,
        estimate: Option<&str>,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            let copies = preparing(tx, id).await?;
            if copies.is_empty() {
                return Ok(());
            }
            tx.swap(SET_SLICE, args![tx.org, id, slice, estimate])
                .await?;
            let cause = Cause {
                who,
                now,
                reason: None,
            };
            move_all(tx, copies, Event::Prepared, cause).await?;
            let facts = json!({ "slice": slice });
            audit::append(tx, now, who, "job prepared", id, &facts).await?;
            outbox::append(tx, now, outbox::QUEUE_UPDATED, &json!({ "job_id": id })).await
        })
    }

    /// The model cannot be printed: copies that prepare have failed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn cannot_prepare(
        &self,
        id: JobId,
        reason: &Reason,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            let copies = preparing(tx, id).await?;
            if copies.is_empty() {
                return Ok(());
            }
            let cause = Cause {
                who,
                now,
                reason: Some(reason),
            };
            move_all(tx, copies, Event::CannotBePrepared, cause).await?;
            let facts = json!({ "code": reason.code });
            audit::append(tx, now, who, "job cannot be prepared", id, &facts).await
        })
    }

    /// Holds back what waits. Of a job, every copy that can be held.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when nothing of it can be held; [`StoreError::NotFound`].
    pub async fn hold(
        &self,
        target: Target,
        reason: Option<&Reason>,
        who: &str,
        now: Timestamp,
    ) -> Result<()> {
        let cause = Cause { who, now, reason };
        transaction!(self.db.write(self.org), |tx| {
            let copies = targeted(tx, target).await?;
            move_some(tx, copies, Event::Hold, "held", cause).await
        })
    }

    /// Lets what is held go on, with a clean slate of tries.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when nothing of it is held; [`StoreError::NotFound`].
    pub async fn release(&self, target: Target, who: &str, now: Timestamp) -> Result<()> {
        let cause = Cause {
            who,
            now,
            reason: None,
        };
        transaction!(self.db.write(self.org), |tx| {
            let copies = targeted(tx, target).await?;
            move_some(tx, copies, Event::Release, "released", cause).await
        })
    }

    /// Cancels what can be cancelled by word, and says of every copy what became of it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn cancel(
        &self,
        target: Target,
        who: &str,
        now: Timestamp,
    ) -> Result<Vec<(CopyId, Canceled)>> {
        transaction!(self.db.write(self.org), |tx| {
            let mut answers = Vec::new();
            for copy in targeted(tx, target).await? {
                let id = copy.id;
                answers.push((id, cancel(tx, copy, who, now).await?));
            }
            Ok(answers)
        })
    }

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

async fn targeted(tx: &mut Tx, target: Target) -> Result<Vec<Copy>> {
    match target {
        Target::Job(id) => Ok(load(tx, id).await?.copies),
        Target::Copy(id) => Ok(vec![copy::load(tx, id).await?]),
    }
}

async fn preparing(tx: &mut Tx, id: JobId) -> Result<Vec<Copy>> {
    let copies = targeted(tx, Target::Job(id)).await?;
    Ok(copies
        .into_iter()
        .filter(|copy| copy.state == State::Preparing)
        .collect())
}

async fn move_all(tx: &mut Tx, copies: Vec<Copy>, event: Event, cause: Cause<'_>) -> Result<()> {
    for mut copy in copies {
        advance(&mut copy, event, cause)?;
        copy::save(tx, &copy, cause.now).await?;
    }
    Ok(())
}

/// Moves those copies on that the event fits; refuses when it fits none.
async fn move_some(
    tx: &mut Tx,
    copies: Vec<Copy>,
    event: Event,
    what: &str,
    cause: Cause<'_>,
) -> Result<()> {
    let mut refused = None;
    let mut fits = false;
    for mut copy in copies {
        match advance(&mut copy, event, cause) {
            Ok(changed) => {
                fits = true;
                if changed {
                    copy.not_started_count = 0;
                    copy::save(tx, &copy, cause.now).await?;
                    let what = format!("copy {what}");
                    audit::append(tx, cause.now, cause.who, &what, copy.id, &json!({})).await?;
                }
            }
            Err(obstacle) => refused = Some(obstacle),
        }
    }
    match refused {
        Some(obstacle) if !fits => Err(obstacle),
        _ => Ok(()),
    }
}

async fn cancel(tx: &mut Tx, mut copy: Copy, who: &str, now: Timestamp) -> Result<Canceled> {
    if copy.state.is_over() {
        return Ok(Canceled::AlreadyOver);
    }
    if copy.state == State::NeedsAttention {
        return Ok(Canceled::NeedsAttention);
    }
    let attempt = match copy.attempt {
        Some(id) => Some(attempt::load(tx, id).await?).filter(|attempt| attempt.state.is_open()),
        None => None,
    };
    let first_asked = copy.cancel_requested_at.is_none();
    copy.cancel_requested_at.get_or_insert(now);
    if first_asked {
        audit::append(tx, now, who, "copy cancelled", copy.id, &json!({})).await?;
    }
    let Some(attempt) = attempt else {
        advance(
            &mut copy,
            Event::Cancel,
            Cause {
                who,
                now,
                reason: None,
            },
        )?;
        copy::save(tx, &copy, now).await?;
        return Ok(Canceled::Done { given_up: None });
    };
    if first_asked {
        copy::save(tx, &copy, now).await?;
        copy = copy::load(tx, copy.id).await?;
    }
    let held = (attempt.id, attempt.printer);
    if attempt.state.may_have_started() {
        return Ok(Canceled::AtPrinter {
            attempt: held.0,
            printer: held.1,
        });
    }
    // Nothing was started: the try ends unstarted, and the wish turns its copy into a canceled one.
    let nothing = Observed::default();
    apply::apply(tx, attempt, copy, tries::Event::GiveUp, &nothing, who, now).await?;
    Ok(Canceled::Done {
        given_up: Some(held),
    })
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
