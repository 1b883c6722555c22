//! What the session and the attendants of the printers know of each other.
//!
//! The session reads only what is in memory here: a disk that hesitates never keeps an emergency
//! stop waiting.

use crate::credentials::Credentials;
use crate::journal::Journal;
use crate::limits::Pace;
use crate::local_limits::LocalLimits;
use crate::run::OwnPrinter;
use crate::staging::Depot;
use crate::words;
use fluxprint_domain::Clock;
use fluxprint_domain::Monotonic;
use fluxprint_domain::alert::Alarm;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::control::Targets;
use fluxprint_domain::id::AttemptId;
use fluxprint_domain::printer::{Activity, Build, Heaters, Observation, PrinterState};
use fluxprint_link::{
    Answer, AttemptReport, ByHand, LocalPrinter, Refused, SafeAnswer, Stage, Start, StartGate,
};
use fluxprint_printers::{Printer, PrinterError};
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc, oneshot};

/// How the bridge waits: on the time of the machine, or on that of a simulation.
pub trait Patience: Send + Sync {
    /// Ends after so many milliseconds.
    fn wait_ms(&self, ms: u64) -> BoxFuture<'static, ()>;
}

/// What all attendants share.
pub struct Office {
    /// Names this run of the program.
    pub run: u64,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// What is shown to the service.
    pub credentials: Arc<Credentials>,
    /// What must not be forgotten.
    pub journal: Journal,
    /// Where print files come from and are kept.
    pub depot: Depot,
    /// The times to keep.
    pub pace: Pace,
    /// How it waits.
    pub patience: Arc<dyn Patience>,
    /// Rings when there is something to tell the service.
    pub news: Notify,
    gate: Mutex<Option<StartGate>>,
    journal_failed: Mutex<bool>,
}

impl Office {
    /// An office without a session.
    pub fn new(
        (clock, credentials): (Arc<dyn Clock>, Arc<Credentials>),
        journal: Journal,
        depot: Depot,
        pace: Pace,
        patience: Arc<dyn Patience>,
    ) -> Self {
        let half = clock.random() >> 64;
        Self {
            run: u64::try_from(half).unwrap_or_default(),
            patience,
            clock,
            credentials,
            journal,
            depot,
            pace,
            news: Notify::new(),
            gate: Mutex::new(None),
            journal_failed: Mutex::new(false),
        }
    }

    /// The gate of the session that is open, if one is.
    pub fn gate(&self) -> Option<StartGate> {
        *lock(&self.gate)
    }

    /// Opens or shuts the gate for starts.
    pub fn set_gate(&self, gate: Option<StartGate>) {
        *lock(&self.gate) = gate;
    }

    /// The journal could not be written: what was asked has not been done, and only a new session,
    /// with a full report of what the journal does prove, can say so.
    pub fn journal_failed(&self) {
        *lock(&self.journal_failed) = true;
        self.news.notify_one();
    }

    /// Whether the journal has failed since this was last asked.
    pub fn take_journal_failed(&self) -> bool {
        std::mem::take(&mut *lock(&self.journal_failed))
    }
}

/// One printer as the session sees it.
pub struct Desk {
    /// Name in the local configuration.
    pub name: String,
    /// Its size, and no more heat than the local limits allow.
    pub build: Build,
    /// What is allowed here.
    pub limits: LocalLimits,
    /// Whether the configuration calls it a simulation.
    pub said_virtual: bool,
    /// Its program.
    pub printer: Arc<dyn Printer>,
    /// The line before its attendant.
    pub orders: mpsc::Sender<Order>,
    face: Mutex<Face>,
    preheat: Mutex<Option<Preheat>>,
}

/// A preheat that was asked for by hand: the consent of a person for warm heaters without a print.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preheat {
    /// How warm.
    pub targets: Targets,
    /// When.
    pub at: Monotonic,
}

/// What the attendant last knew.
#[derive(Clone, Debug)]
pub struct Face {
    /// The last look.
    pub observation: Observation,
    /// Whether it has proved to be a simulation.
    pub is_virtual: bool,
    /// The highest epoch that was accepted.
    pub epoch: Epoch,
    /// Doubt about the bed that the service may not have heard of; the number tells doubts apart.
    pub doubt: Option<u64>,
    /// What is wrong now.
    pub alarms: BTreeSet<Alarm>,
    /// The tries the service has not settled, as the journal has them.
    pub attempts: BTreeMap<AttemptId, AttemptReport>,
    doubts: u64,
    changed: BTreeSet<AttemptId>,
    report_due: bool,
    look_due: bool,
}

/// What a session has to send about a printer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// A report about these tries.
    pub report: Option<BTreeSet<AttemptId>>,
    /// The newest look.
    pub look: bool,
}

impl Desk {
    /// A printer nobody has looked at yet.
    pub fn new(own: OwnPrinter, orders: mpsc::Sender<Order>) -> Self {
        let face = Face {
            observation: nothing_seen(PrinterState::Unknown, None),
            is_virtual: false,
            epoch: Epoch(0),
            doubt: None,
            alarms: BTreeSet::new(),
            attempts: BTreeMap::new(),
            doubts: 0,
            changed: BTreeSet::new(),
            report_due: false,
            look_due: false,
        };
        Self {
            name: own.name,
            build: own.build,
            limits: own.limits,
            said_virtual: own.is_virtual,
            printer: own.printer,
            orders,
            face: Mutex::new(face),
            preheat: Mutex::new(None),
        }
    }

    /// What is known now.
    pub fn face(&self) -> Face {
        lock(&self.face).clone()
    }

    /// How the printer is announced.
    pub fn announced(&self) -> LocalPrinter {
        LocalPrinter {
            name: self.name.clone(),
            is_virtual: lock(&self.face).is_virtual,
            build: self.build.clone(),
        }
    }

    /// Notes whether it is a simulation.
    pub fn set_virtual(&self, is_virtual: bool) {
        lock(&self.face).is_virtual = is_virtual;
    }

    /// Notes an accepted epoch.
    pub fn set_epoch(&self, epoch: Epoch) {
        let mut face = lock(&self.face);
        face.epoch = face.epoch.max(epoch);
    }

    /// The preheat that a person asked for here, if nobody has switched it off since.
    pub fn preheat(&self) -> Option<Preheat> {
        *lock(&self.preheat)
    }

    /// Notes that a person has asked for this, or that it is over.
    pub fn set_preheat(&self, preheat: Option<Preheat>) {
        *lock(&self.preheat) = preheat;
    }

    /// Notes a look, and whether it is time to hand it on.
    pub fn set_observation(&self, observation: Observation, hand_on: bool) {
        let mut face = lock(&self.face);
        face.observation = observation;
        face.look_due |= hand_on;
    }

    /// Notes what is wrong now. `true` when that is something else than before.
    pub fn set_alarms(&self, alarms: &BTreeSet<Alarm>) -> bool {
        let mut face = lock(&self.face);
        let new = face.alarms != *alarms;
        if new {
            face.alarms.clone_from(alarms);
            face.report_due = true;
        }
        new
    }

    /// Raises doubt about the bed.
    pub fn raise_doubt(&self) {
        let mut face = lock(&self.face);
        face.doubts += 1;
        face.doubt = Some(face.doubts);
        face.report_due = true;
    }

    /// The service has heard of this doubt. `true` when it was the last one.
    pub fn doubt_was_told(&self, doubt: u64) -> bool {
        lock(&self.face)
            .doubt
            .take_if(|last| *last == doubt)
            .is_some()
    }

    /// The journal says this about a try now.
    pub fn set_attempt(&self, report: AttemptReport) {
        let mut face = lock(&self.face);
        face.changed.insert(report.attempt);
        face.report_due = true;
        face.attempts.insert(report.attempt, report);
    }

    /// The service has settled a try.
    pub fn forget_attempt(&self, attempt: AttemptId) {
        lock(&self.face).attempts.remove(&attempt);
    }

    /// Whether an unsettled try is on this printer.
    pub fn has_attempt(&self, attempt: AttemptId) -> bool {
        lock(&self.face).attempts.contains_key(&attempt)
    }

    /// Takes what has to be sent.
    pub fn take_due(&self) -> Due {
        let mut face = lock(&self.face);
        let changed = std::mem::take(&mut face.changed);
        Due {
            report: std::mem::take(&mut face.report_due).then_some(changed),
            look: std::mem::take(&mut face.look_due),
        }
    }
}

/// A look at a printer whose program tells nothing.
pub fn nothing_seen(state: PrinterState, message: Option<String>) -> Observation {
    Observation {
        state,
        activity: Activity::Idle,
        job: None,
        heaters: Heaters::default(),
        message,
    }
}

/// What an attendant is asked to do, in its turn.
pub enum Order {
    /// Fetch and store.
    Stage(Stage, Reply),
    /// Start, once.
    Start(Start, Reply),
    /// Pause a try.
    Pause(AttemptId, Reply),
    /// Go on with a try.
    Resume(AttemptId, Reply),
    /// Cancel a try.
    Cancel(AttemptId, Reply),
    /// Heat, move or connect, once.
    ByHand(ByHand, Reply),
    /// Delete what ended tries have left behind.
    Tidy(Reply),
    /// Forget a try.
    Settled(AttemptId),
    /// The service has heard of this doubt.
    DoubtTold(u64),
    /// Look now and say when done.
    Look(oneshot::Sender<()>),
}

/// Where the answer to a command goes.
#[derive(Clone)]
pub struct Reply {
    /// Number of the command's frame.
    pub to: u64,
    /// The session it came in; answers to one that is over are dropped.
    pub out: mpsc::Sender<Answer>,
}

impl Reply {
    /// The command was given to the printer.
    pub fn given(&self) {
        self.send(SafeAnswer::Given);
    }

    /// The command was not given, and why.
    pub fn refused(&self, why: impl Into<Refused>) {
        self.send(SafeAnswer::Refused(why.into()));
    }

    /// The printer's program failed: either certainly nothing was done, or nobody knows.
    pub fn failed(&self, error: &PrinterError) {
        let why = words::printer(error);
        self.send(match error.nothing_happened() {
            true => SafeAnswer::Refused(why),
            false => SafeAnswer::Unknown(why),
        });
    }

    fn send(&self, answer: SafeAnswer) {
        // A full line means a session that is about to end; the service says safe things again.
        let _ = self.out.try_send(Answer {
            to: self.to,
            answer,
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
