//! Cancelling: by word as long as nothing was started, at the printer afterwards.

use crate::audit;
use crate::db::transaction;
use crate::error::Result;
use crate::service::attempt::{self, Observed, apply};
use crate::service::copy::{self, Cause, Copy, advance};
use crate::service::job::Jobs;
use crate::service::job::change::{Target, targeted};
use crate::tx::Tx;
use fluxprint_domain::Timestamp;
use fluxprint_domain::attempt as tries;
use fluxprint_domain::id::{AttemptId, CopyId, PrinterId};
use fluxprint_domain::job::{Event, State};
use serde_json::json;

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

/// What became of a copy when everything that waits was canceled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swept {
    /// It was canceled. Where a file was on its way to a printer, that try is given up.
    Canceled {
        /// The try that was given up and its printer.
        given_up: Option<(AttemptId, PrinterId)>,
    },
    /// It no longer waits, but is in this state: it was left alone.
    Left(State),
    /// It was over before.
    Over,
}

impl Jobs<'_> {
    /// Cancels those of these copies that wait, and only those: what has been started goes on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn cancel_waiting(
        &self,
        copies: &[CopyId],
        who: &str,
        now: Timestamp,
    ) -> Result<Vec<(CopyId, Swept)>> {
        transaction!(self.db.write(self.org), |tx| {
            let mut answers = Vec::new();
            for id in copies {
                let copy = copy::load(tx, *id).await?;
                answers.push((*id, sweep(tx, copy, who, now).await?));
            }
            Ok(answers)
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
}

async fn sweep(tx: &mut Tx, copy: Copy, who: &str, now: Timestamp) -> Result<Swept> {
    let waits = match (copy.state, copy.attempt) {
        (State::Preparing | State::Held | State::Queued, _) => true,
        (State::Assigned, Some(id)) => !attempt::load(tx, id).await?.state.may_have_started(),
        _ => false,
    };
    let state = copy.state;
    if !waits {
        return Ok(match state.is_over() {
            true => Swept::Over,
            false => Swept::Left(state),
        });
    }
    Ok(match cancel(tx, copy, who, now).await? {
        Canceled::Done { given_up } => Swept::Canceled { given_up },
        Canceled::AlreadyOver => Swept::Over,
        Canceled::AtPrinter { .. } | Canceled::NeedsAttention => Swept::Left(state),
    })
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
