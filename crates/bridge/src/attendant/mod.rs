//! One task for each printer: takes its orders in turn, and watches what the machine does.
//!
//! A staging and a start run beside the loop ([`Beside`]), so that a pause or a cancel never waits
//! for an upload or for a start that is being observed. Heaters off and the emergency stop do not
//! even come here: the session gives them to the printer's program at once.
//!
//! The loop is [`Attendant::work`]; its steps are open, so that a simulation can take them one by one.

mod by_hand;
mod cleaning;
mod hearing;
mod orders;
mod seeing;
mod sight;
mod stagings;
mod watching;

use crate::desk::{Desk, Office, Order};
use crate::error::BridgeError;
use crate::start::{self, Started};
use crate::watchdog::Watchdog;
use fluxprint_domain::Monotonic;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::AttemptId;
use fluxprint_link::{Refused, Start};
use futures_util::future::BoxFuture;
use sight::Sight;
pub use stagings::Ended as StagingEnded;
use stagings::Stagings;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

/// Work that goes on beside the turns of an attendant. What it comes to is given back to it.
pub enum Beside {
    /// A start, for [`Attendant::started`].
    Start(BoxFuture<'static, Started>),
    /// A staging, for [`Attendant::staged`]; `None` once it was called off.
    Stage(BoxFuture<'static, Option<stagings::Ended>>),
}

/// The task of one printer.
pub struct Attendant {
    desk: Arc<Desk>,
    office: Arc<Office>,
    sight: Sight,
    watchdog: Watchdog,
    stagings: Stagings,
    /// The start that is being carried out: at most one (R-06's mutex).
    starting_attempt: Option<AttemptId>,
    /// Only ever reached through `&mut self`; the lock makes it sharable in the eyes of the compiler.
    begun: Mutex<Vec<Beside>>,
}

impl Attendant {
    /// Takes up the work where the journal says it was left.
    ///
    /// # Errors
    /// [`BridgeError::Journal`] when it cannot be read.
    pub async fn new(desk: Arc<Desk>, office: Arc<Office>) -> Result<Self, BridgeError> {
        let remembered = office.journal.printer(&desk.name).await?;
        desk.set_epoch(remembered.epoch);
        if remembered.doubt {
            desk.raise_doubt();
        }
        let mut attendant = Self {
            sight: Sight::new(remembered.mark),
            watchdog: Watchdog::new(office.pace.watch),
            stagings: Stagings::default(),
            starting_attempt: None,
            begun: Mutex::default(),
            desk,
            office,
        };
        for row in attendant.rows().await? {
            attendant.desk.set_attempt(row.report());
            if row.phase == Phase::Staging {
                attendant.begin_staging(&row);
            }
        }
        Ok(attendant)
    }

    /// Works until nobody can give orders any more.
    pub async fn work(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut watch = self.desk.printer.watch();
        let (mut starting, mut stagings) = (JoinSet::new(), JoinSet::new());
        let mut tick = tokio::time::interval(Duration::from_millis(self.office.pace.tick_ms));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            for beside in self.take_begun() {
                match beside {
                    Beside::Start(start) => drop(starting.spawn(start)),
                    Beside::Stage(staging) => drop(stagings.spawn(staging)),
                }
            }
            let done = tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(order) => self.take(order).await,
                    None => return,
                },
                Some(ended) = starting.join_next() => self.started(ended.ok()).await,
                Some(ended) = stagings.join_next() => match ended {
                    Ok(Some(ended)) => self.staged(ended).await,
                    // One that was called off, or died, ends without a word; the journal knows.
                    Ok(None) | Err(_) => Ok(()),
                },
                seen = watch.next() => {
                    if seen.is_none() {
                        watch = self.desk.printer.watch();
                    }
                    self.saw(seen).await
                },
                _ = tick.tick() => self.looked_at_the_clock().await,
            };
            if let Err(error) = done {
                self.could_not(&error);
            }
        }
    }

    /// A step did not succeed because the journal failed: the session has to begin anew.
    pub fn could_not(&self, error: &BridgeError) {
        tracing::error!(printer = self.desk.name, code = error.code(), "{error}");
        self.office.journal_failed();
    }

    /// The work that was begun beside the turns since this was last asked.
    #[must_use]
    pub fn take_begun(&mut self) -> Vec<Beside> {
        std::mem::take(self.begun_mut())
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

    fn begin_staging(&mut self, row: &crate::journal::Row) {
        let begun = self.stagings.begin(&self.desk, &self.office, row);
        self.begun_mut().extend(begun.map(Beside::Stage));
    }

    fn begin_start(&mut self, start: Start, row: crate::journal::Row) {
        self.starting_attempt = Some(start.attempt);
        let (office, desk) = (self.office.clone(), self.desk.clone());
        let work = async move { start::carry_out(&office, &desk, &start, &row).await };
        self.begun_mut().push(Beside::Start(Box::pin(work)));
    }

    fn begun_mut(&mut self) -> &mut Vec<Beside> {
        self.begun.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// The start that was under way has come to this; `None`: its task died.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn started(&mut self, ended: Option<Started>) -> Result<(), BridgeError> {
        let Some(attempt) = self.starting_attempt.take() else {
            return Ok(());
        };
        match ended {
            Some(Started::Nothing(because)) => {
                self.prove(attempt, Phase::NothingTried, Some(because))
                    .await?;
            }
            Some(Started::JournalFailed(error)) => return Err(error),
            // A task that died may have made the call: look.
            Some(Started::Look) | None => {
                self.sight.wait_anew(attempt, self.now());
                self.look().await?;
            }
        }
        Ok(())
    }
}
