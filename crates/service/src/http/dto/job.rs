//! Jobs as they are shown.

use super::estimate::EstimateShown;
use super::expected::ExpectedShown;
use super::timeline::Happened;
use super::{
    AttemptWord, ColourWord, JobWord, MaterialWord, Moment, PriorityWord, QualityWord, ReasonShown,
};
use crate::choice::Choice;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{AttemptId, CopyId, JobId, PrinterId, ProjectId};
use fluxprint_store::service::attempt::Attempt;
use fluxprint_store::service::copy::Copy;
use fluxprint_store::service::job::Job;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobShown {
    /// Which one.
    #[schema(value_type = String, example = "job_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f")]
    pub id: JobId,
    /// Whose project.
    #[schema(value_type = Option<String>)]
    pub project: Option<ProjectId>,
    /// Who wants it.
    pub person: String,
    /// What people call it.
    pub name: String,
    /// What the host that made it calls it by.
    pub reference: Option<String>,
    /// Its state, derived from its copies.
    pub state: JobWord,
    /// Its place in the queue, from 1; null when it is over.
    pub place: Option<u32>,
    /// When it was made.
    pub created_at: Moment,
    /// The model.
    #[schema(value_type = String)]
    pub model: Sha256,
    /// What was chosen.
    pub choice: Option<ChoiceShown>,
    /// The only printer that will do.
    #[schema(value_type = Option<String>)]
    pub printer: Option<PrinterId>,
    /// The colour that was asked for; null for any.
    pub colour: Option<ColourWord>,
    /// What its printer has to be tagged with.
    pub tags: Vec<String>,
    /// How urgent it is.
    pub priority: PriorityWord,
    /// Words for the operator.
    pub notes: String,
    /// What it will take; null as long as nobody can say.
    #[schema(value_type = Option<EstimateShown>)]
    pub estimate: Option<Box<RawValue>>,
    /// Its copies.
    pub copies: Vec<CopyShown>,
    /// What the caller may do with it now.
    pub allowed: Vec<Allowed>,
}

/// A job with every try of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobDetail {
    /// The job.
    #[serde(flatten)]
    pub job: JobShown,
    /// How far it is, 0 to 100: the mean of its copies; null before the first has begun.
    pub progress_pct: Option<f64>,
    /// When it may begin and be done; null when it is over.
    pub expected: Option<ExpectedShown>,
    /// Its tries, oldest first.
    pub attempts: Vec<AttemptShown>,
    /// What happened to it, oldest first; of a long past only the newer part.
    pub timeline: Vec<Happened>,
}

/// What was chosen in the print dialog.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Choice)]
pub struct ChoiceShown {
    /// The filament.
    pub material: MaterialWord,
    /// How fine.
    pub quality: QualityWord,
    /// How full inside.
    pub infill_pct: u8,
    /// Whether overhangs are supported.
    pub supports: bool,
}

impl From<Choice> for ChoiceShown {
    fn from(choice: Choice) -> Self {
        Self {
            material: MaterialWord(choice.material),
            quality: QualityWord(choice.quality),
            infill_pct: choice.infill_pct,
            supports: choice.supports,
        }
    }
}

/// Something a caller may do with a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Allowed {
    /// Cancel it.
    Cancel,
    /// Pause the print.
    Pause,
    /// Go on with the print.
    Resume,
    /// Hold it back.
    Hold,
    /// Let it go on.
    Release,
    /// Give it another place in the queue.
    Move,
    /// Make it more or less urgent.
    Prioritise,
    /// Start it by hand.
    Start,
    /// Say how a copy ended that needs attention.
    Settle,
}

/// One copy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Copy)]
pub struct CopyShown {
    /// Which one.
    #[schema(value_type = String)]
    pub id: CopyId,
    /// Its number, from 1.
    pub number: u32,
    /// Its state.
    pub state: JobWord,
    /// Since when.
    pub since: Moment,
    /// Why it is held, failed or needs attention.
    pub reason: Option<ReasonShown>,
    /// The newest try of it.
    #[schema(value_type = Option<String>)]
    pub attempt: Option<AttemptId>,
    /// Whether somebody asked to cancel it and the printer has not done so yet.
    pub cancel_requested: bool,
}

impl From<Copy> for CopyShown {
    fn from(copy: Copy) -> Self {
        Self {
            id: copy.id,
            number: copy.number,
            state: JobWord(copy.state),
            since: Moment(copy.state_at),
            reason: copy.reason.map(ReasonShown::from),
            attempt: copy.attempt,
            cancel_requested: copy.cancel_requested_at.is_some(),
        }
    }
}

/// One try.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub struct AttemptShown {
    /// Which one.
    #[schema(value_type = String)]
    pub id: AttemptId,
    /// Of which copy.
    #[schema(value_type = String)]
    pub copy: CopyId,
    /// On which printer.
    #[schema(value_type = String)]
    pub printer: PrinterId,
    /// The approved bytes: what is printed, and nothing else.
    #[schema(value_type = String)]
    pub gcode: Sha256,
    /// How far it got.
    pub state: AttemptWord,
    /// When the printer was found.
    pub created_at: Moment,
    /// When the printer was first seen in it.
    pub started_at: Option<Moment>,
    /// When it was over.
    pub ended_at: Option<Moment>,
    /// Whether it is paused.
    pub paused: bool,
    /// Why it ended or is unsure.
    pub reason: Option<ReasonShown>,
    /// Per cent of the file.
    pub completion_pct: Option<f64>,
    /// Seconds printed.
    pub print_time_s: Option<u64>,
}

impl From<Attempt> for AttemptShown {
    fn from(attempt: Attempt) -> Self {
        Self {
            id: attempt.id,
            copy: attempt.copy,
            printer: attempt.printer,
            gcode: attempt.gcode_sha256,
            state: AttemptWord(attempt.state),
            created_at: Moment(attempt.created_at),
            started_at: attempt.started_at.map(Moment),
            ended_at: attempt.ended_at.map(Moment),
            paused: attempt.paused,
            reason: attempt.reason.map(ReasonShown::from),
            completion_pct: attempt.completion_pct,
            print_time_s: attempt.print_time_s,
        }
    }
}

impl JobShown {
    /// A job for a caller who may do `allowed` with it.
    #[must_use]
    pub fn new(job: Job, allowed: Vec<Allowed>) -> Self {
        let state = job.state();
        Self {
            id: job.id,
            project: job.project,
            person: job.person,
            name: job.name,
            reference: job.reference,
            state: JobWord(state),
            place: job.place,
            created_at: Moment(job.created_at),
            model: job.model_sha256,
            choice: serde_json::from_str(&job.choice)
                .ok()
                .map(|choice: Choice| choice.into()),
            printer: job.printer,
            colour: job.colour.map(ColourWord),
            tags: job.tags.words().map(str::to_owned).collect(),
            priority: PriorityWord(job.priority),
            notes: job.notes,
            estimate: job
                .estimate
                .and_then(|estimate| RawValue::from_string(estimate).ok()),
            copies: job.copies.into_iter().map(CopyShown::from).collect(),
            allowed,
        }
    }
}

/// One page of jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobsPage {
    /// The jobs.
    pub jobs: Vec<JobShown>,
    /// Send this as `after` for the next page; absent on the last one.
    pub next: Option<String>,
}
