//! What people want: a job and its copies.
//!
//! ```text
//! preparing ─► queued ─► assigned ─► printing ⇄ paused ─► completed | failed | canceled
//!     │          ⇅  ▲        │           │         │
//!     │        held └────────┘           └─────────┴──────► needs_attention ─► (a person)
//!     └─► failed (the model cannot be printed)
//! ```
//!
//! Every copy lives by itself; the job's state is derived from its copies. A copy is moved on by
//! people and by the attempts made for it, never by a timer.

use crate::attempt::{self, Outcome};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The state of a copy; a job shows the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The model is being checked and sliced.
    Preparing,
    /// Waits for a person to release it.
    Held,
    /// Waits for a printer.
    Queued,
    /// A printer was found; the file is on its way, or the start is.
    Assigned,
    /// It is being printed.
    Printing,
    /// The print is paused.
    Paused,
    /// The part is done.
    Completed,
    /// The print broke off, or the model cannot be printed.
    Failed,
    /// Somebody cancelled it.
    Canceled,
    /// Nobody can know how it stands: a person has to look.
    NeedsAttention,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Preparing,
        Self::Held,
        Self::Queued,
        Self::Assigned,
        Self::Printing,
        Self::Paused,
        Self::Completed,
        Self::Failed,
        Self::Canceled,
        Self::NeedsAttention,
    ];

    /// The word of the databases and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Assigned => "assigned",
            Self::Printing => "printing",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::NeedsAttention => "needs_attention",
        }
    }

    /// The state that [`Self::word`] names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether nothing will change any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Canceled)
    }
}

/// What moves a copy on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The model is checked and sliced.
    Prepared,
    /// The model cannot be printed; the reason is kept with the copy.
    CannotBePrepared,
    /// A person (or rule R-08) holds it back.
    Hold,
    /// A person lets it go on.
    Release,
    /// A printer was found.
    Assign,
    /// The attempt made for it now stands so.
    Attempt(attempt::State),
    /// The printer was seen paused in it.
    SeenPaused,
    /// The printer was seen going on with it.
    SeenResumed,
    /// A person cancels it before anything was started.
    Cancel,
    /// A person has looked at a copy that needed attention and wants it printed again.
    PrintAgain,
}

impl Event {
    /// Every event.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Prepared,
            Self::CannotBePrepared,
            Self::Hold,
            Self::Release,
            Self::Assign,
            Self::SeenPaused,
            Self::SeenResumed,
            Self::Cancel,
            Self::PrintAgain,
        ];
        all.extend(attempt::State::ALL.map(Self::Attempt));
        all
    }

    fn asked(self) -> &'static str {
        match self {
            Self::Prepared | Self::CannotBePrepared => "prepare",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Assign | Self::Attempt(_) | Self::PrintAgain => "print",
            Self::SeenPaused => "pause",
            Self::SeenResumed => "resume",
            Self::Cancel => "cancel",
        }
    }
}

/// The state of a copy after `event`; the same state when the event tells nothing new.
///
/// # Errors
/// [`Refusal::AlreadyEnded`] for anything asked of a copy that is over, [`Refusal::NotNow`] for
/// what does not fit its state.
pub fn step(state: State, event: Event) -> Result<State, Refusal> {
    match (state, event) {
        (State::Preparing, Event::Prepared)
        | (State::Held, Event::Release)
        | (State::NeedsAttention, Event::PrintAgain) => Ok(State::Queued),
        (State::Preparing, Event::CannotBePrepared) => Ok(State::Failed),
        (State::Queued | State::Held, Event::Hold) => Ok(State::Held),
        (State::Queued, Event::Assign) => Ok(State::Assigned),
        (State::Preparing | State::Held | State::Queued | State::Assigned, Event::Cancel) => {
            Ok(State::Canceled)
        }
        (State::Printing | State::Paused, Event::SeenPaused) => Ok(State::Paused),
        (State::Printing | State::Paused, Event::SeenResumed) => Ok(State::Printing),
        (State::NeedsAttention, Event::Attempt(attempt::State::Ended(outcome))) => {
            Ok(settled(outcome))
        }
        (State::Assigned | State::Printing | State::Paused, Event::Attempt(attempt)) => {
            after_attempt(state, attempt)
        }
        (State::Completed | State::Failed | State::Canceled, _) => Err(Refusal::AlreadyEnded),
        _ => Err(Refusal::NotNow {
            asked: event.asked(),
            while_it_is: state.word(),
        }),
    }
}

fn after_attempt(state: State, attempt: attempt::State) -> Result<State, Refusal> {
    use attempt::State as A;
    Ok(match (attempt, state) {
        (A::Ended(Outcome::NotStarted), State::Assigned) => State::Queued,
        (A::Ended(Outcome::NotStarted), _) => State::NeedsAttention,
        (A::Ended(outcome), _) => settled(outcome),
        (A::Unsure, _) => State::NeedsAttention,
        (A::Starting | A::Printing, State::Assigned) => State::Printing,
        (
            A::Pending
            | A::Staging
            | A::Staged
            | A::StartSent
            | A::Accepted
            | A::Starting
            | A::Printing,
            _,
        ) => state,
    })
}

/// What a try's end means to its copy. "Not started" said of a copy that needed attention puts it
/// back into the queue: a person has seen that nothing was printed.
fn settled(outcome: Outcome) -> State {
    match outcome {
        Outcome::Completed => State::Completed,
        Outcome::Failed => State::Failed,
        Outcome::Canceled => State::Canceled,
        Outcome::NotStarted => State::Queued,
    }
}

/// The state a job shows, derived from its copies: what needs a person first, then what is most
/// alive; when all are over, the worst news first. A job without copies counts as over.
#[must_use]
pub fn derive(copies: &[State]) -> State {
    const ORDER: [State; 10] = [
        State::NeedsAttention,
        State::Printing,
        State::Paused,
        State::Assigned,
        State::Held,
        State::Queued,
        State::Preparing,
        State::Failed,
        State::Completed,
        State::Canceled,
    ];
    ORDER
        .into_iter()
        .find(|state| copies.contains(state))
        .unwrap_or(State::Canceled)
}

/// How far a job is, 0 to 100: the mean of its copies that were not given up, each with what the
/// printer says of it. `None` before the first of them has begun.
#[must_use]
pub fn progress_pct(copies: &[(State, Option<f64>)]) -> Option<f64> {
    let counted = copies
        .iter()
        .filter(|(state, _)| !matches!(state, State::Canceled | State::Failed));
    let mut begun = false;
    let (mut sum, mut count) = (0.0, 0.0);
    for (state, completion_pct) in counted {
        count += 1.0;
        sum += match state {
            State::Completed => 100.0,
            State::Printing | State::Paused | State::NeedsAttention => {
                completion_pct.unwrap_or(0.0)
            }
            _ => continue,
        };
        begun = true;
    }
    begun.then_some(sum / count)
}

#[cfg(test)]
#[path = "job_tests.rs"]
mod tests;
