//! One try to print one copy on one printer.
//!
//! ```text
//! pending ─► staging ─► staged ─► start_sent ─► accepted ─► starting ─► printing ─► ended(outcome)
//!    │          │          │          │             │           │           │
//!    └──────────┴──────────┴──────────┴─ ended(not_started): proof that nothing was tried
//!                                     └─────────────┴───────────┴───────────┴─► unsure
//! ```
//!
//! The service moves an attempt on by what it decides (stage, start, give up) and by what the
//! bridge's journal proves ([`Phase`]). A phase may skip states, never go back; the same phase
//! again changes nothing. Only a person leaves `unsure`.

use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The printer finished the file.
    Completed,
    /// The print broke off.
    Failed,
    /// Somebody cancelled it, here or at the printer.
    Canceled,
    /// It never began, and there is proof of that.
    NotStarted,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [
        Self::Completed,
        Self::Failed,
        Self::Canceled,
        Self::NotStarted,
    ];
}

/// How far a try has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Matched; nothing sent yet.
    Pending,
    /// The bridge was told to fetch and store the file. Safe, may be said again.
    Staging,
    /// The verified bytes lie in the printer's program.
    Staged,
    /// A start was issued: bed token used up, epoch raised, deadline running.
    StartSent,
    /// The bridge has journalled the intent and is about to act, or has acted.
    Accepted,
    /// The printer was seen starting this very file.
    Starting,
    /// The printer was seen printing (or pausing) this very file.
    Printing,
    /// It is over.
    Ended(Outcome),
    /// Nobody can know whether it printed. A person has to look.
    Unsure,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 12] = [
        Self::Pending,
        Self::Staging,
        Self::Staged,
        Self::StartSent,
        Self::Accepted,
        Self::Starting,
        Self::Printing,
        Self::Ended(Outcome::Completed),
        Self::Ended(Outcome::Failed),
        Self::Ended(Outcome::Canceled),
        Self::Ended(Outcome::NotStarted),
        Self::Unsure,
    ];

    /// The word the databases use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Staging => "staging",
            Self::Staged => "staged",
            Self::StartSent => "start_sent",
            Self::Accepted => "accepted",
            Self::Starting => "starting",
            Self::Printing => "printing",
            Self::Ended(Outcome::Completed) => "completed",
            Self::Ended(Outcome::Failed) => "failed",
            Self::Ended(Outcome::Canceled) => "canceled",
            Self::Ended(Outcome::NotStarted) => "not_started",
            Self::Unsure => "unsure",
        }
    }

    /// The state that [`Self::word`] names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether the try still holds its printer and its copy (R-01: one open attempt of each).
    /// An unsure one does, until a person settles it.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Ended(_))
    }

    /// Whether a start has been issued, so that the file may be moving.
    #[must_use]
    pub fn may_have_started(self) -> bool {
        matches!(
            self,
            Self::StartSent | Self::Accepted | Self::Starting | Self::Printing | Self::Unsure
        )
    }

    /// How far along the one-way street this is; phases never lead back.
    fn rank(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Staging => 1,
            Self::Staged => 2,
            Self::StartSent => 3,
            Self::Accepted => 4,
            Self::Starting => 5,
            Self::Printing => 6,
            Self::Unsure => 7,
            Self::Ended(_) => 8,
        }
    }
}

/// What the bridge's journal and eyes prove about a try. The bridge reports phases, not events:
/// the latest one is the whole truth, so a lost or repeated report does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The file is being fetched or stored.
    Staging,
    /// The file is stored and compared.
    Staged,
    /// Staging or the start was refused, and nothing was tried on the printer.
    NothingTried,
    /// INTENT is in the journal; the start call may have gone out.
    Intent,
    /// The printer was seen starting this file.
    Starting,
    /// The printer was seen printing this file.
    Printing,
    /// The printer was seen pausing or paused in this file.
    Paused,
    /// The printer was seen to finish this file.
    Completed,
    /// The print of this file was seen to break off.
    Failed,
    /// The print of this file was seen to be cancelled.
    Canceled,
    /// INTENT without RESULT, and looking gave no answer; or the print was lost from sight.
    Unsure,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 11] = [
        Self::Staging,
        Self::Staged,
        Self::NothingTried,
        Self::Intent,
        Self::Starting,
        Self::Printing,
        Self::Paused,
        Self::Completed,
        Self::Failed,
        Self::Canceled,
        Self::Unsure,
    ];

    /// Whether nothing more will come for this try: the bridge may forget it once the service has
    /// written it down.
    #[must_use]
    pub fn is_last(self) -> bool {
        matches!(
            self,
            Self::NothingTried | Self::Completed | Self::Failed | Self::Canceled | Self::Unsure
        )
    }

    fn shows(self) -> State {
        match self {
            Self::Staging => State::Staging,
            Self::Staged => State::Staged,
            Self::NothingTried => State::Ended(Outcome::NotStarted),
            Self::Intent => State::Accepted,
            Self::Starting => State::Starting,
            Self::Printing | Self::Paused => State::Printing,
            Self::Completed => State::Ended(Outcome::Completed),
            Self::Failed => State::Ended(Outcome::Failed),
            Self::Canceled => State::Ended(Outcome::Canceled),
            Self::Unsure => State::Unsure,
        }
    }
}

/// What moves a try on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The service sends the order to stage.
    Stage,
    /// The service issues the start, in the transaction that uses up the bed token.
    IssueStart,
    /// The service gives up before any start was issued.
    GiveUp,
    /// A bridge of a new session proves (by a full report without this start) that it never tried
    /// the start of an old session; that start can never be carried out any more (R-04).
    StartLost,
    /// The bridge's report about this try.
    Seen(Phase),
    /// The bridge of a new session knows nothing of a try that had been accepted.
    Forgotten,
    /// A person has looked and says how it ended.
    Settle(Outcome),
}

impl Event {
    /// Every event.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Stage,
            Self::IssueStart,
            Self::GiveUp,
            Self::StartLost,
            Self::Forgotten,
        ];
        all.extend(Phase::ALL.map(Self::Seen));
        all.extend(Outcome::ALL.map(Self::Settle));
        all
    }

    fn asked(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::IssueStart => "start",
            Self::GiveUp | Self::StartLost => "give up",
            Self::Seen(_) | Self::Forgotten => "report on",
            Self::Settle(_) => "settle",
        }
    }
}

/// The state after `event`. Returns the same state when the event tells nothing new.
///
/// # Errors
/// [`Refusal::AlreadyEnded`] for a decision about a try that is over, [`Refusal::NotNow`] for one
/// that does not fit its state. Reports ([`Event::Seen`], [`Event::Forgotten`]) are never refused.
pub fn step(state: State, event: Event) -> Result<State, Refusal> {
    let not_now = Err(Refusal::NotNow {
        asked: event.asked(),
        while_it_is: state.word(),
    });
    match (state, event) {
        (_, Event::Seen(phase)) => Ok(after_phase(state, phase)),
        (_, Event::Forgotten) => Ok(after_forgotten(state)),
        (State::Unsure, Event::Settle(outcome)) => Ok(State::Ended(outcome)),
        (State::Ended(_), _) => Err(Refusal::AlreadyEnded),
        (State::Pending | State::Staging, Event::Stage) => Ok(State::Staging),
        (State::Staged, Event::IssueStart) => Ok(State::StartSent),
        (State::Pending | State::Staging | State::Staged, Event::GiveUp)
        | (State::StartSent, Event::StartLost) => Ok(State::Ended(Outcome::NotStarted)),
        _ => not_now,
    }
}

/// Reports only lead forward. Proof that nothing was tried counts until the printer was seen in it:
/// a bridge that has announced its intent may still prove that the call never went out or was
/// refused. What was seen to move and is denied afterwards is a matter for a person.
fn after_phase(state: State, phase: Phase) -> State {
    let shown = phase.shows();
    match (state, phase) {
        (State::Unsure | State::Ended(_), _) => state,
        (State::Starting | State::Printing, Phase::NothingTried) => State::Unsure,
        _ if shown.rank() > state.rank() => shown,
        _ => state,
    }
}

/// The bridge no longer knows the try (for example, its journal is gone).
fn after_forgotten(state: State) -> State {
    match state {
        State::Pending | State::Staging | State::Staged => State::Ended(Outcome::NotStarted),
        State::StartSent | State::Accepted | State::Starting | State::Printing => State::Unsure,
        State::Ended(_) | State::Unsure => state,
    }
}

#[cfg(test)]
#[path = "attempt_tests.rs"]
mod tests;
