//! Moving a try on, and with it its copy, its bed token and the bed of its printer.

use crate::audit;
use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::service::attempt::{Attempt, Attempts, load, save};
use crate::service::copy::{self, Cause, Copy, advance};
use crate::service::reason::Reason;
use crate::service::{bed, printer};
use crate::tx::Tx;
use fluxprint_domain::attempt::{Event, Outcome, Phase, State, step};
use fluxprint_domain::id::{AttemptId, SessionId};
use fluxprint_domain::limits::TRIES_NOT_STARTED_MAX;
use fluxprint_domain::{Timestamp, job};
use serde_json::json;

/// What is known beside the event.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Per cent of the file.
    pub completion_pct: Option<f64>,
    /// Seconds printed.
    pub print_time_s: Option<u64>,
    /// Why it ended or is unsure.
    pub reason: Option<Reason>,
    /// The session it was heard in. A report of an older one than its bridge's newest is stale.
    pub heard_in: Option<SessionId>,
    /// Do not queue the copy again by itself if the try has not started: a person is to be asked.
    pub hold: bool,
}

/// How things stand afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// Whether anything was changed.
    pub changed: bool,
    /// The try.
    pub attempt: Attempt,
    /// Its copy.
    pub copy: Copy,
}

impl Attempts<'_> {
    /// The order to stage is about to be sent. May be said again.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub async fn mark_staging(&self, id: AttemptId, who: &str, now: Timestamp) -> Result<Applied> {
        self.apply(id, Event::Stage, &Observed::default(), who, now)
            .await
    }

    /// Applies one event to a try and everything that follows from it: the copy moves on; a start
    /// that was never tried gives its bed token back; one that may have been tried takes the word
    /// for the bed away when it ends or becomes unsure; a copy that was not started too often is held.
    /// A report that tells nothing new writes nothing. To issue a start, use [`Self::issue_start`].
    ///
    /// # Errors
    /// [`crate::StoreError::Refused`] for a decision that does not fit (reports are never refused),
    /// [`crate::StoreError::NotFound`].
    pub async fn apply(
        &self,
        id: AttemptId,
        event: Event,
        observed: &Observed,
        who: &str,
        now: Timestamp,
    ) -> Result<Applied> {
        transaction!(self.db.write(self.org), |tx| {
            let before = load(tx, id).await?;
            if observed.heard_in.is_some() {
                let printer = printer::load(tx, before.printer).await?;
                if printer.session != observed.heard_in {
                    return Err(StoreError::Stale);
                }
            }
            let copy = copy::load(tx, before.copy).await?;
            apply(tx, before, copy, event, observed, who, now).await
        })
    }
}

/// See [`Attempts::apply`].
pub(crate) async fn apply(
    tx: &mut Tx,
    before: Attempt,
    mut copy: Copy,
    event: Event,
    observed: &Observed,
    who: &str,
    now: Timestamp,
) -> Result<Applied> {
    let event = as_issued(&before, event);
    let mut after = moved(&before, event, observed, now)?;
    if after == before {
        return Ok(Applied {
            changed: false,
            attempt: before,
            copy,
        });
    }
    let cause = Cause {
        who,
        now,
        reason: after.reason.as_ref(),
    };
    let copy_before = copy.clone();
    follow(&mut copy, &before, &after, observed, cause)?;
    save(tx, &after).await?;
    if copy != copy_before {
        copy::save(tx, &copy, now).await?;
    }
    if before.state != after.state {
        settle_bed(tx, &before, &after, who, now).await?;
        let facts = json!({
            "from": before.state.word(),
            "to": after.state.word(),
            "copy": copy.id,
            "copy_state": copy.state,
            "reason": after.reason.as_ref().map(|reason| &reason.code),
        });
        audit::append(tx, now, who, "attempt moved on", after.id, &facts).await?;
    } else if before.paused != after.paused {
        let what = if after.paused {
            "attempt paused"
        } else {
            "attempt resumed"
        };
        audit::append(tx, now, who, what, after.id, &json!({})).await?;
    }
    after = load(tx, after.id).await?;
    copy = copy::load(tx, copy.id).await?;
    Ok(Applied {
        changed: true,
        attempt: after,
        copy,
    })
}

/// A report that a start is under way that was never issued (for example after the database was
/// restored from a backup) is not to be believed as ours: a person has to look.
fn as_issued(attempt: &Attempt, event: Event) -> Event {
    match event {
        Event::Seen(Phase::Intent | Phase::Starting | Phase::Printing | Phase::Paused)
            if attempt.epoch.is_none() =>
        {
            Event::Seen(Phase::Unsure)
        }
        other => other,
    }
}

/// The try after the event. Progress is noted only together with a change, so that a running print
/// costs no writes.
fn moved(before: &Attempt, event: Event, observed: &Observed, now: Timestamp) -> Result<Attempt> {
    let state = step(before.state, event)?;
    let paused = match (state, event) {
        (State::Printing, Event::Seen(Phase::Paused)) => true,
        (State::Printing, Event::Seen(Phase::Printing)) => false,
        (State::Printing, _) => before.paused,
        _ => false,
    };
    if state == before.state && paused == before.paused {
        return Ok(before.clone());
    }
    let seen_moving = matches!(state, State::Starting | State::Printing);
    Ok(Attempt {
        state,
        paused,
        started_at: before.started_at.or(seen_moving.then_some(now)),
        ended_at: before.ended_at.or((!state.is_open()).then_some(now)),
        reason: observed.reason.clone().or_else(|| before.reason.clone()),
        completion_pct: observed.completion_pct.or(before.completion_pct),
        print_time_s: observed.print_time_s.or(before.print_time_s),
        ..before.clone()
    })
}

/// The copy goes where its try went.
fn follow(
    copy: &mut Copy,
    before: &Attempt,
    after: &Attempt,
    observed: &Observed,
    cause: Cause<'_>,
) -> Result<()> {
    if copy.attempt != Some(after.id) || copy.state.is_over() {
        return Ok(());
    }
    if before.state != after.state {
        advance(copy, job::Event::Attempt(after.state), cause)?;
    }
    if before.paused != after.paused && after.state == State::Printing {
        let seen = if after.paused {
            job::Event::SeenPaused
        } else {
            job::Event::SeenResumed
        };
        advance(copy, seen, cause)?;
    }
    if after.state == State::Ended(Outcome::NotStarted) && copy.state == job::State::Queued {
        not_started(copy, observed.hold, cause)?;
    }
    Ok(())
}

/// A copy that is back in the queue: cancelled if somebody wanted that meanwhile, held if it was
/// tried often enough or a person is to be asked.
fn not_started(copy: &mut Copy, hold: bool, cause: Cause<'_>) -> Result<()> {
    copy.not_started_count = copy.not_started_count.saturating_add(1);
    if copy.cancel_requested_at.is_some() {
        advance(copy, job::Event::Cancel, cause)?;
    } else if copy.not_started_count >= TRIES_NOT_STARTED_MAX {
        let reason = repeatedly(cause.reason);
        advance(
            copy,
            job::Event::Hold,
            Cause {
                reason: Some(&reason),
                ..cause
            },
        )?;
    } else if hold {
        advance(copy, job::Event::Hold, cause)?;
    }
    Ok(())
}

/// Why a copy is held after so many tries: with what the last one said, which is what helps.
fn repeatedly(last: Option<&Reason>) -> Reason {
    let times = format!("This print did not start {TRIES_NOT_STARTED_MAX} times in a row.");
    let code = "NOT_STARTED_REPEATEDLY".to_owned();
    match last {
        Some(last) => Reason {
            code,
            sentence: format!("{times} {}", last.sentence),
            remedy: format!("{} Then release the print.", last.remedy),
        },
        None => Reason {
            code,
            sentence: times,
            remedy: "Look at the printer, then release the print.".to_owned(),
        },
    }
}

/// What the end of a try means to the bed. Proof that nothing was tried gives the token back;
/// everything else that may have moved the printer makes the word for the bed worthless.
async fn settle_bed(
    tx: &mut Tx,
    before: &Attempt,
    after: &Attempt,
    who: &str,
    now: Timestamp,
) -> Result<()> {
    match after.state {
        State::Ended(Outcome::NotStarted) => bed::give_back(tx, after, now).await,
        State::Ended(Outcome::Completed | Outcome::Failed | Outcome::Canceled) | State::Unsure
            if before.state != State::Unsure =>
        {
            let reason = format!("attempt {}", after.state.word());
            bed::raise(tx, after.printer, &reason, who, now).await
        }
        _ => Ok(()),
    }
}
