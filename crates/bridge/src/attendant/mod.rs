//! One task for each printer: takes its orders in turn, and watches what the machine does.
//!
//! A staging and a start run beside the loop, so that a pause or a cancel never waits for an
//! upload or for a start that is being observed. Heaters off and the emergency stop do not even
//! come here: the session gives them to the printer's program at once.

mod hearing;
mod orders;
mod seeing;
mod sight;
mod stagings;

use crate::desk::{Desk, Office, Order};
use crate::error::BridgeError;
use crate::start::{self, Started};
use fluxprint_domain::Monotonic;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::AttemptId;
use fluxprint_link::{Refused, Start};
use fluxprint_printers::Watch;
use sight::Sight;
use stagings::Stagings;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

/// The task of one printer.
pub struct Attendant {
    desk: Arc<Desk>,
    office: Arc<Office>,
    orders: mpsc::Receiver<Order>,
    watch: Watch,
    sight: Sight,
    stagings: Stagings,
    /// The start that is being carried out: at most one (R-06's mutex).
    starting: JoinSet<Started>,
    starting_attempt: Option<AttemptId>,
}

impl Attendant {
    /// Takes up the work where the journal says it was left.
    ///
    /// # Errors
    /// [`BridgeError::Journal`] when it cannot be read.
    pub async fn new(
        desk: Arc<Desk>,
        office: Arc<Office>,
        orders: mpsc::Receiver<Order>,
    ) -> Result<Self, BridgeError> {
        let remembered = office.journal.printer(&desk.name).await?;
        desk.set_epoch(remembered.epoch);
        if remembered.doubt {
            desk.raise_doubt();
        }
        let watch = desk.printer.watch();
        let mut attendant = Self {
            sight: Sight::new(remembered.mark),
            stagings: Stagings::default(),
            starting: JoinSet::new(),
            starting_attempt: None,
            desk,
            office,
            orders,
            watch,
        };
        for row in attendant.rows().await? {
            attendant.desk.set_attempt(row.report());
            if row.phase == Phase::Staging {
                attendant
                    .stagings
                    .begin(&attendant.desk, &attendant.office, &row);
            }
        }
        Ok(attendant)
    }

    /// Works until nobody can give orders any more.
    pub async fn work(mut self) {
        let mut tick = tokio::time::interval(Duration::from_millis(self.office.pace.tick_ms));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                biased;
                order = self.orders.recv() => match order {
                    Some(order) => self.take(order).await,
                    None => return,
                },
                Some(ended) = self.starting.join_next() => self.started(ended).await,
                Some(ended) = self.stagings.next() => self.staged(ended).await,
                seen = self.watch.next() => self.saw(seen).await,
                _ = tick.tick() => self.looked_at_the_clock().await,
            };
            if let Err(error) = done {
                tracing::error!(printer = self.desk.name, code = error.code(), "{error}");
                self.office.journal_failed();
            }
        }
    }

    fn now(&self) -> Monotonic {
        self.office.clock.monotonic()
    }

    async fn rows(&self) -> Result<Vec<crate::journal::Row>, BridgeError> {
        self.office.journal.rows_of(&self.desk.name, false).await
    }

    /// Writes down what is proved now and lets the service know.
    async fn prove(
        &mut self,
        attempt: AttemptId,
        phase: Phase,
        because: Option<Refused>,
    ) -> Result<bool, BridgeError> {
        let code = because.as_ref().map(|because| because.code.clone());
        let changed = self.office.journal.advance(attempt, phase, because).await?;
        if changed {
            tracing::info!(printer = self.desk.name, %attempt, ?phase, code, "a print has moved on");
            self.tell(attempt).await?;
        }
        Ok(changed)
    }

    /// Lets the service know what the journal says about a try.
    async fn tell(&self, attempt: AttemptId) -> Result<(), BridgeError> {
        let row = self.office.journal.row(attempt).await?;
        if let Some(row) = row.filter(|row| !row.settled) {
            self.desk.set_attempt(row.report());
            self.office.news.notify_one();
        }
        Ok(())
    }

    fn begin_start(&mut self, start: Start, row: crate::journal::Row) {
        self.starting_attempt = Some(start.attempt);
        let (office, desk) = (self.office.clone(), self.desk.clone());
        self.starting
            .spawn(async move { start::carry_out(&office, &desk, &start, &row).await });
    }

    async fn started(
        &mut self,
        ended: Result<Started, tokio::task::JoinError>,
    ) -> Result<(), BridgeError> {
        let Some(attempt) = self.starting_attempt.take() else {
            return Ok(());
        };
        match ended {
            Ok(Started::Nothing(because)) => {
                self.prove(attempt, Phase::NothingTried, Some(because))
                    .await?;
            }
            Ok(Started::JournalFailed(error)) => return Err(error),
            // A task that died may have made the call: look.
            Ok(Started::Look) | Err(_) => {
                self.sight.wait_anew(attempt, self.now());
                self.look().await?;
            }
        }
        Ok(())
    }
}
