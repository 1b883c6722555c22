//! Issuing a start: the one unsafe step. Attempt, bed token, epoch and audit change in
//! one transaction or not at all, so that of any number of calls exactly one gets a start.

use crate::audit;
use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::service::attempt::{Attempt, Attempts, load, save};
use crate::service::copy;
use crate::service::printer::{self, Printer};
use crate::service::{bed, organisation};
use crate::tx::Tx;
use fluxprint_domain::attempt::{Event, State, step};
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::id::{AttemptId, BedTokenId, SessionId};
use fluxprint_domain::limits::START_DEADLINE_S;
use fluxprint_domain::printer::PrinterState;
use fluxprint_domain::{Refusal, Timestamp, job};
use serde_json::json;

/// A start that was issued: what goes to the bridge.
#[derive(Clone, Debug, PartialEq)]
pub struct Issued {
    /// The try.
    pub attempt: Attempt,
    /// Its epoch: the bridge refuses any lower one from now on.
    pub epoch: Epoch,
    /// The word it used up.
    pub bed_token: BedTokenId,
    /// The session it is good in.
    pub session: SessionId,
    /// After this moment it is refused.
    pub not_after: Timestamp,
}

impl Attempts<'_> {
    /// Issues the start of a staged try: uses the bed token up, raises the epoch, sets the deadline.
    ///
    /// When the database does not say whether it committed, the try is read back by its id: the
    /// start counts as issued if it is there, and only then may it be sent.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with the first obstacle (organisation on hold, not staged or already
    /// started, to be cancelled, printer not ready, bed not clear).
    pub async fn issue_start(
        &self,
        id: AttemptId,
        session: SessionId,
        who: &str,
        now: Timestamp,
    ) -> Result<Issued> {
        let issued = transaction!(self.db.write(self.org), |tx| issue(
            tx, id, session, who, now
        )
        .await);
        match issued {
            Err(StoreError::Unknown(error)) => {
                let read_back = self.get(id).await?;
                let is_ours = read_back.state == State::StartSent
                    && read_back.session == Some(session)
                    && read_back.not_after == Some(now.plus_s(START_DEADLINE_S));
                let issued = is_ours.then(|| issued_by(read_back)).flatten();
                issued.ok_or(StoreError::Unknown(error))
            }
            known => known,
        }
    }
}

async fn issue(
    tx: &mut Tx,
    id: AttemptId,
    session: SessionId,
    who: &str,
    now: Timestamp,
) -> Result<Issued> {
    organisation::check_hold(tx).await?;
    let mut attempt = load(tx, id).await?;
    attempt.state = step(attempt.state, Event::IssueStart)?;
    let copy = copy::load(tx, attempt.copy).await?;
    if copy.state != job::State::Assigned || copy.cancel_requested_at.is_some() {
        return Err(Refusal::NotNow {
            asked: "start",
            while_it_is: copy.state.word(),
        }
        .into());
    }
    let printer = printer::load(tx, attempt.printer).await?;
    if printer.session != Some(session) {
        return Err(Refusal::StartOutdated.into());
    }
    check_ready(&printer)?;
    let token = printer.bed.as_ref().ok_or(Refusal::BedNotClear)?;
    token.check(printer.bed_generation, now)?;
    bed::spend(tx, token.id, id, now).await?;
    attempt.epoch = Some(bed::raise_epoch(tx, printer.id, printer.epoch).await?);
    attempt.bed_token = Some(token.id);
    attempt.session = Some(session);
    attempt.not_after = Some(now.plus_s(START_DEADLINE_S));
    save(tx, &attempt).await?;
    let facts = json!({
        "printer": printer.id,
        "epoch": attempt.epoch,
        "bed_token": token.id,
        "session": session,
        "not_after": attempt.not_after,
        "gcode": attempt.gcode_sha256,
    });
    audit::append(tx, now, who, "start issued", id, &facts).await?;
    issued_by(load(tx, id).await?).ok_or(StoreError::Unreadable("start"))
}

fn check_ready(printer: &Printer) -> Result<(), Refusal> {
    match printer.state {
        PrinterState::Ready => Ok(()),
        PrinterState::Offline => Err(Refusal::PrinterOffline),
        PrinterState::Unknown => Err(Refusal::NotReconciled),
        PrinterState::Busy | PrinterState::Paused => Err(Refusal::PrinterBusy),
        PrinterState::Error => Err(Refusal::PrinterInError),
    }
}

fn issued_by(attempt: Attempt) -> Option<Issued> {
    Some(Issued {
        epoch: attempt.epoch?,
        bed_token: attempt.bed_token?,
        session: attempt.session?,
        not_after: attempt.not_after?,
        attempt,
    })
}
