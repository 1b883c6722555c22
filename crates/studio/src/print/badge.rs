//! The badge of a file: how its newest print stands.

use crate::http::shown::Moment;
use fluxprint_domain::id::JobId;
use fluxprint_domain::job::State;
use fluxprint_store::studio::print::Print;
use serde::Serialize;
use utoipa::ToSchema;

/// The words of a badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BadgeWord {
    /// It was never printed.
    Idle,
    /// It waits, or is being prepared.
    Queued,
    /// It is on a printer now.
    Printing,
    /// The part is done.
    Printed,
    /// The print broke off, or could not be prepared.
    Failed,
    /// Somebody cancelled it.
    Canceled,
    /// A person has to look.
    NeedsYou,
}

/// How the newest print of a file stands, as the studio last heard.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Badge {
    /// In a word.
    pub state: BadgeWord,
    /// How far the print is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress_pct: Option<f64>,
    /// Its place in the queue, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// Which job.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub job: Option<JobId>,
    /// When this was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

impl Badge {
    /// The badge of a file whose newest print is this.
    #[must_use]
    pub fn of(newest: Option<&Print>) -> Self {
        let Some(print) = newest else {
            return Self {
                state: BadgeWord::Idle,
                progress_pct: None,
                place: None,
                job: None,
                at: None,
            };
        };
        let state = word(print.state);
        Self {
            state,
            progress_pct: print.progress_pct.filter(|_| state == BadgeWord::Printing),
            place: print.place.filter(|_| state == BadgeWord::Queued),
            job: Some(print.job),
            at: Some(Moment(print.heard_at)),
        }
    }
}

fn word(state: State) -> BadgeWord {
    match state {
        State::Preparing | State::Held | State::Queued | State::Assigned => BadgeWord::Queued,
        State::Printing | State::Paused => BadgeWord::Printing,
        State::Completed => BadgeWord::Printed,
        State::Failed => BadgeWord::Failed,
        State::Canceled => BadgeWord::Canceled,
        State::NeedsAttention => BadgeWord::NeedsYou,
    }
}
