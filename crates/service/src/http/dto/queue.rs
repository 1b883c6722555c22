//! The queue as it is shown.

use super::estimate::EstimateShown;
use super::expected::ExpectedShown;
use super::job::Allowed;
use super::printer::ProgressShown;
use super::{JobWord, Moment, PriorityWord, ReasonShown};
use crate::http::door::Caller;
use fluxprint_domain::id::{JobId, PrinterId, ProjectId};
use fluxprint_domain::role::Act;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The queue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Queue)]
pub struct QueueShown {
    /// Whether printing is on hold for the whole organisation.
    pub on_hold: bool,
    /// The version of its order: whoever moves a job says which one was seen.
    pub version: i64,
    /// What the caller may do with the whole of it.
    pub allowed: Vec<QueueAct>,
    /// The jobs that are not over, in their order.
    pub entries: Vec<QueueEntry>,
    /// What those that the caller may see will take together.
    pub totals: Totals,
}

/// Something a caller may do with the whole queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueAct {
    /// Change its order.
    Reorder,
    /// Cancel everything that waits.
    Clear,
}

impl QueueAct {
    /// What this caller may do.
    #[must_use]
    pub fn allowed(caller: &Caller) -> Vec<Self> {
        match caller.may(Act::Operate) {
            Ok(()) => vec![Self::Reorder, Self::Clear],
            Err(_) => Vec::new(),
        }
    }
}

/// Where a job is to stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QueueOrder)]
pub struct OrderSaid {
    /// The version of the order that the caller has seen.
    pub version: i64,
    /// The job that is moved.
    #[schema(value_type = String)]
    pub job: JobId,
    /// It is to stand right before this one; name one here or in `after`.
    #[schema(value_type = Option<String>)]
    pub before: Option<JobId>,
    /// It is to stand right after this one.
    #[schema(value_type = Option<String>)]
    pub after: Option<JobId>,
}

/// What became of the wish to clear the queue.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = QueueCleared)]
pub struct Cleared {
    /// Copies that were canceled.
    pub copies: u32,
    /// What was not touched, and why.
    pub left: Vec<Left>,
}

/// What became of the wish to let things go on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QueueReleased)]
pub struct Released {
    /// Copies that wait for a printer again.
    pub copies: u32,
}

/// A copy that clearing the queue did not touch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QueueLeft)]
pub struct Left {
    /// Of which job.
    #[schema(value_type = String)]
    pub job: JobId,
    /// What people call it.
    pub name: String,
    /// The copy's number inside the job, from 1.
    pub copy: u32,
    /// Its state.
    pub state: JobWord,
    /// Why it was left alone.
    pub because: ReasonShown,
}

/// What is still to be printed of the jobs that the caller may see.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Totals {
    /// Copies that are not over.
    pub copies: u32,
    /// Time on machines, of whole copies.
    pub duration_s: u64,
    /// Filament.
    pub filament_g: f64,
    /// Money, in millionths of the currency's unit.
    pub price_micros: u64,
    /// ISO 4217; null while nothing has a price.
    pub currency: Option<String>,
    /// Jobs that nobody can say this of; they are not in the sums.
    pub without_estimate: u32,
}

/// One job in the queue. Of another project's job only its place is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueEntry {
    /// Its place, from 1.
    pub place: u32,
    /// Which job; absent for another project's.
    #[schema(value_type = Option<String>)]
    pub job: Option<JobId>,
    /// Whose project; absent for another project's.
    #[schema(value_type = Option<String>)]
    pub project: Option<ProjectId>,
    /// What people call it; absent for another project's.
    pub name: Option<String>,
    /// What the host that made it calls it by; absent for another project's.
    pub reference: Option<String>,
    /// Who wants it; absent for another project's.
    pub person: Option<String>,
    /// Whether it belongs to a project that is not the caller's to see.
    pub other_project: bool,
    /// How urgent it is.
    pub priority: PriorityWord,
    /// When it was made.
    pub created_at: Moment,
    /// Its state.
    pub state: JobWord,
    /// What all its copies take; absent for another project's, and as long as nobody can say.
    #[schema(value_type = Option<EstimateShown>)]
    pub estimate: Option<Box<RawValue>>,
    /// When it may begin and be done; absent for another project's.
    pub expected: Option<ExpectedShown>,
    /// What the caller may do with it now.
    pub allowed: Vec<Allowed>,
    /// Its copies that are not over.
    pub copies: Vec<QueueCopy>,
}

/// One copy in the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueCopy {
    /// Its number inside the job, from 1.
    pub number: u32,
    /// Its state.
    pub state: JobWord,
    /// Since when.
    pub since: Moment,
    /// The printer it was given to.
    #[schema(value_type = Option<String>)]
    pub printer: Option<PrinterId>,
    /// What it waits for.
    pub waits_for: Option<ReasonShown>,
    /// How far it has got, while it is printed.
    pub progress: Option<ProgressShown>,
}
