//! What callers say of jobs.

use super::{ColourWord, JobWord, MaterialWord, PriorityWord, QualityWord};
use crate::choice::Choice;
use fluxprint_domain::Sha256;
use fluxprint_domain::attempt::Outcome;
use fluxprint_domain::id::{PrinterId, ProjectId};
use fluxprint_store::service::job::Settled;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// A job to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewJobSaid {
    /// The model: it must have been sent before.
    #[schema(value_type = String)]
    pub model: Sha256,
    /// What people will call it; 1 to 200 characters.
    pub name: String,
    /// The filament.
    pub material: MaterialWord,
    /// How fine.
    pub quality: QualityWord,
    /// How many, 1 to 10.
    pub copies: u32,
    /// Whether overhangs are supported.
    pub supports: bool,
    /// How full inside, 0 to 100.
    pub infill_pct: u8,
    /// Words for the operator, at most 1,000 characters.
    #[serde(default)]
    pub notes: String,
    /// The only printer that will do; null for any that fits.
    #[schema(value_type = Option<String>)]
    pub printer: Option<PrinterId>,
    /// The colour of the filament; null for any.
    pub colour: Option<ColourWord>,
    /// What its printer has to be tagged with, at most 10 words.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The project it belongs to.
    #[schema(value_type = Option<String>)]
    pub project: Option<ProjectId>,
    /// What the host calls it by, at most 200 visible characters; it comes back with the job and
    /// with every event of it.
    pub reference: Option<String>,
}

impl NewJobSaid {
    /// What of it changes the bytes that are printed.
    #[must_use]
    pub fn choice(&self) -> Choice {
        Choice {
            material: self.material.0,
            quality: self.quality.0,
            infill_pct: self.infill_pct,
            supports: self.supports,
        }
    }
}

/// Which jobs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobsWanted {
    /// Only those in this state.
    #[param(inline, value_type = Option<String>)]
    pub state: Option<JobWord>,
    /// Only those of this project.
    #[param(value_type = Option<String>)]
    pub project: Option<ProjectId>,
    /// Only those that the host calls by this.
    pub reference: Option<String>,
    /// At most so many, 1 to 100.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// How urgent a job is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrioritySaid {
    /// How urgent.
    pub priority: PriorityWord,
}

/// Why a job is held back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldSaid {
    /// In the caller's words, 1 to 200 characters.
    pub reason: Option<String>,
}

/// How a person settles a copy that needs attention.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// What became of it.
    pub outcome: SettledAs,
}

/// What became of a copy.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettledAs {
    /// The part is done.
    Completed,
    /// The print broke off.
    Failed,
    /// Somebody cancelled it.
    Canceled,
    /// Nothing was printed: it waits again.
    NotStarted,
    /// Whatever became of it: it waits again.
    PrintAgain,
}

impl From<SettledAs> for Settled {
    fn from(settled: SettledAs) -> Self {
        match settled {
            SettledAs::Completed => Self::As(Outcome::Completed),
            SettledAs::Failed => Self::As(Outcome::Failed),
            SettledAs::Canceled => Self::As(Outcome::Canceled),
            SettledAs::NotStarted => Self::As(Outcome::NotStarted),
            SettledAs::PrintAgain => Self::PrintAgain,
        }
    }
}
