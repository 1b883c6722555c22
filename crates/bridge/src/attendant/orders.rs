//! What an attendant does with its orders.

use super::cleaning::{self, Which};
use super::{Attendant, stagings};
use crate::desk::{Order, Reply};
use crate::error::BridgeError;
use crate::failpoint;
use crate::journal::Row;
use crate::local_limits::Class;
use crate::words::{self, Why};
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::AttemptId;
use fluxprint_domain::printer::{Activity, Observation};
use fluxprint_domain::{Refusal, Sha256};
use fluxprint_link::limits::ATTEMPTS_PER_PRINTER_MAX;
use fluxprint_link::{Stage, Start};

impl Attendant {
    /// Does what it is asked.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn take(&mut self, order: Order) -> Result<(), BridgeError> {
        match order {
            Order::Stage(stage, reply) => self.stage(stage, &reply).await,
            Order::Start(start, reply) => self.start(start, &reply).await,
            Order::Pause(attempt, reply) => self.pause(attempt, &reply).await,
            Order::Resume(attempt, reply) => self.resume(attempt, &reply).await,
            Order::Cancel(attempt, reply) => self.cancel(attempt, &reply).await,
            Order::ByHand(order, reply) => self.by_hand(order, &reply).await,
            Order::Tidy(reply) => self.tidy(&reply).await,
            Order::Settled(attempt) => self.settled(attempt).await,
            Order::DoubtTold(doubt) => self.doubt_was_told(doubt).await,
            Order::Look(done) => {
                let looked = self.look().await;
                // Nobody waits any more when the session has gone on without this look.
                let _ = done.send(());
                looked
            }
        }
    }

    async fn stage(&mut self, stage: Stage, reply: &Reply) -> Result<(), BridgeError> {
        let journal = self.office.journal.clone();
        let (attempt, printer) = (stage.attempt, self.desk.name.clone());
        let want = (stage.sha256, stage.size_bytes);
        if !self.begin(attempt, want, reply).await? {
            return Ok(());
        }
        match journal.row(attempt).await? {
            Some(row) if row.printer != printer || row.sha256 != stage.sha256 => {
                reply.refused(words::refusal(&Refusal::OtherBytes));
            }
            Some(row) => {
                if row.phase == Phase::Staging {
                    self.begin_staging(&row);
                }
                // Said again: answered from the journal.
                self.tell(attempt).await?;
            }
            None => {}
        }
        Ok(())
    }

    /// Makes sure that the journal knows the try. `false`: it has too many, and says so.
    async fn begin(
        &self,
        attempt: AttemptId,
        (sha256, size_bytes): (Sha256, u64),
        reply: &Reply,
    ) -> Result<bool, BridgeError> {
        let journal = &self.office.journal;
        let known = journal.row(attempt).await?.is_some();
        if !known && self.rows().await?.len() >= ATTEMPTS_PER_PRINTER_MAX {
            reply.refused(Why::TooManyTries);
            return Ok(false);
        }
        journal
            .begin(attempt, &self.desk.name, sha256, size_bytes)
            .await?;
        Ok(true)
    }

    async fn tidy(&mut self, reply: &Reply) -> Result<(), BridgeError> {
        let done = cleaning::clean(&self.desk, &self.office, Which::All).await?;
        answer(reply, done);
        Ok(())
    }

    async fn settled(&self, attempt: AttemptId) -> Result<(), BridgeError> {
        if self.office.journal.settle(attempt).await? {
            self.desk.forget_attempt(attempt);
        }
        Ok(())
    }

    async fn doubt_was_told(&self, doubt: u64) -> Result<(), BridgeError> {
        if self.desk.doubt_was_told(doubt) {
            self.office.journal.doubt_was_told(&self.desk.name).await?;
        }
        Ok(())
    }

    /// A staging has come to this.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn staged(&mut self, ended: stagings::Ended) -> Result<(), BridgeError> {
        let (attempt, stored) = ended;
        self.stagings.is_over(attempt);
        match stored {
            Ok(stored) => {
                let (sha1, build) = (stored.sha1.as_deref(), &self.desk.build);
                if self.office.journal.staged(attempt, sha1, build).await? {
                    failpoint::reach(failpoint::AFTER_STAGE);
                    tracing::info!(printer = self.desk.name, %attempt, "staged");
                    self.tell(attempt).await?;
                }
                Ok(())
            }
            Err(because) => self
                .prove(attempt, Phase::NothingTried, Some(because))
                .await
                .map(drop),
        }
    }

    async fn start(&mut self, start: Start, reply: &Reply) -> Result<(), BridgeError> {
        let (journal, attempt) = (self.office.journal.clone(), start.attempt);
        // A try nobody staged here gets a row too: the refusal is proved by the journal.
        if !self.begin(attempt, (start.sha256, 0), reply).await? {
            return Ok(());
        }
        let Some(row) = journal.row(attempt).await? else {
            return Ok(());
        };
        if row.printer != self.desk.name {
            reply.refused(Why::UnknownTry);
            return Ok(());
        }
        if row.phase != Phase::Staged && row.phase != Phase::Staging {
            // Said before: answered from the journal, never done again.
            return self.tell(attempt).await;
        }
        let busy =
            self.starting_attempt.is_some() || self.rows().await?.iter().any(Row::may_be_printing);
        let refused = match (row.phase, busy) {
            (Phase::Staging, _) => Some(Why::NotStaged.into()),
            (_, true) => Some(words::refusal(&Refusal::PrinterBusy)),
            _ => None,
        };
        match refused {
            // The start that is under way already is this one.
            Some(_) if self.starting_attempt == Some(attempt) => {}
            Some(because) => {
                self.stagings.call_off(attempt);
                self.prove(attempt, Phase::NothingTried, Some(because))
                    .await?;
            }
            None => self.begin_start(start, row),
        }
        Ok(())
    }

    async fn pause(&mut self, attempt: AttemptId, reply: &Reply) -> Result<(), BridgeError> {
        let seen = self.printing_this(attempt, reply).await;
        let moves = |activity| {
            matches!(
                activity,
                Activity::Starting | Activity::Printing | Activity::Resuming
            )
        };
        match seen {
            Some(seen) if moves(seen.activity) => {
                // Before the call: the pause may be seen before its answer.
                self.sight.pause_asked = true;
                answer(reply, self.desk.printer.pause().await);
            }
            Some(seen) if matches!(seen.activity, Activity::Pausing | Activity::Paused) => {
                reply.given();
            }
            Some(_) => reply.refused(Why::NotPrintingThis),
            None => {}
        }
        Ok(())
    }

    /// Unsafe, so at most once: only from a pause that is seen right now, and never said again.
    async fn resume(&mut self, attempt: AttemptId, reply: &Reply) -> Result<(), BridgeError> {
        match self.printing_this(attempt, reply).await {
            Some(seen) if seen.activity == Activity::Paused => {
                if let Err(why) = self.permitted(Class::Resume) {
                    reply.refused(why);
                    return Ok(());
                }
                let resumed = self.desk.printer.resume().await;
                self.sight.pause_asked &= resumed.is_err();
                answer(reply, resumed);
            }
            Some(_) => reply.refused(Why::NotPrintingThis),
            None => {}
        }
        Ok(())
    }

    async fn cancel(&mut self, attempt: AttemptId, reply: &Reply) -> Result<(), BridgeError> {
        let journal = self.office.journal.clone();
        let Some(row) = journal.row(attempt).await? else {
            reply.refused(Why::UnknownTry);
            return Ok(());
        };
        if row.phase.is_last() {
            reply.refused(words::refusal(&Refusal::AlreadyEnded));
            return Ok(());
        }
        // From here on no INTENT can be written for it, and a print of it is cancelled when seen.
        journal.ask_cancel(attempt).await?;
        if matches!(row.phase, Phase::Staging | Phase::Staged) {
            self.stagings.call_off(attempt);
            let because = Why::CanceledBeforeStart.into();
            let over = self
                .prove(attempt, Phase::NothingTried, Some(because))
                .await?;
            if over {
                reply.given();
                return Ok(());
            }
        }
        if let Some(seen) = self.printing_this(attempt, reply).await {
            if seen.activity != Activity::Cancelling {
                let given = self.desk.printer.cancel().await;
                self.sight.cancel_said(attempt, self.now());
                answer(reply, given);
            } else {
                reply.given();
            }
        }
        Ok(())
    }

    /// A fresh look at this very try at work; otherwise the order is refused (N-11).
    async fn printing_this(&mut self, attempt: AttemptId, reply: &Reply) -> Option<Observation> {
        let path = fluxprint_printers::OwnPath::of(attempt).to_string();
        match self.desk.printer.look().await {
            Ok(seen) if seen.activity != Activity::Idle && selects(&seen, &path) => Some(seen),
            Ok(_) => {
                reply.refused(Why::NotPrintingThis);
                None
            }
            Err(error) => {
                reply.refused(words::printer(&error));
                None
            }
        }
    }
}

/// Whether the selected file is `path`.
pub(super) fn selects(seen: &Observation, path: &str) -> bool {
    seen.job.as_ref().is_some_and(|job| job.path == path)
}

pub(super) fn answer(reply: &Reply, done: Result<(), fluxprint_printers::PrinterError>) {
    match done {
        Ok(()) => reply.given(),
        Err(error) => reply.failed(&error),
    }
}
