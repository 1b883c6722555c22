//! A job as the service tells of it, as far as the studio's picture of prints needs it.

use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{FileId, JobId, ProjectId};
use fluxprint_domain::job::State;
use fluxprint_store::studio::print::Print;
use serde::Deserialize;

/// A job.
#[derive(Debug, Deserialize)]
pub(crate) struct HeardJob {
    id: JobId,
    project: Option<ProjectId>,
    /// What the studio wrote into it: the file's id.
    #[serde(default)]
    reference: Option<String>,
    state: State,
    created_at: String,
    #[serde(default)]
    progress_pct: Option<f64>,
}

impl HeardJob {
    /// The picture of it at change number `seq`; `None` for a job that is no file's of ours.
    pub fn print(&self, place: Option<u32>, seq: i64, now: Timestamp) -> Option<Print> {
        let file: FileId = self.reference.as_deref()?.parse().ok()?;
        let made_at: jiff::Timestamp = self.created_at.parse().ok()?;
        Some(Print {
            job: self.id,
            project: self.project?,
            file,
            state: self.state,
            progress_pct: self.progress_pct.map(f64::floor),
            place,
            made_at: Timestamp(made_at.as_microsecond()),
            heard_at: now,
            seq,
        })
    }
}
