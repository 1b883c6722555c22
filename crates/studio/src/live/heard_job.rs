//! A job as the service tells of it, by itself or in the queue, as far as the studio's picture of
//! prints needs it.

use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{FileId, JobId, ProjectId};
use fluxprint_domain::job::State;
use fluxprint_store::studio::print::Print;
use serde::Deserialize;

/// A job.
#[derive(Debug, Deserialize)]
pub(crate) struct HeardJob {
    /// An entry of the queue calls it `job`.
    #[serde(alias = "job")]
    id: JobId,
    project: Option<ProjectId>,
    /// What the studio wrote into it: the file's id.
    reference: Option<String>,
    state: State,
    place: Option<u32>,
    created_at: String,
}

impl HeardJob {
    /// The picture of it at change number `seq`; `None` for a job that is no file's of ours.
    pub fn print(&self, progress_pct: Option<f64>, seq: i64, now: Timestamp) -> Option<Print> {
        let file: FileId = self.reference.as_deref()?.parse().ok()?;
        let made_at: jiff::Timestamp = self.created_at.parse().ok()?;
        let runs = matches!(self.state, State::Printing | State::Paused);
        Some(Print {
            job: self.id,
            project: self.project?,
            file,
            state: self.state,
            progress_pct: progress_pct.filter(|_| runs),
            place: self.place.filter(|_| !self.state.is_over()),
            made_at: Timestamp(made_at.as_microsecond()),
            heard_at: now,
            seq,
        })
    }

    /// Which one.
    pub fn id(&self) -> JobId {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::id::Id;
    use serde_json::{Value, json};

    fn heard(job: Value) -> Option<Print> {
        let heard: HeardJob = serde_json::from_value(job).ok()?;
        heard.print(Some(40.0), 7, Timestamp(9))
    }

    #[test]
    fn a_job_is_a_files_print_by_its_reference() {
        let (job, project, file): (JobId, ProjectId, FileId) = (
            Id::new(Timestamp(0), 1),
            Id::new(Timestamp(0), 2),
            Id::new(Timestamp(0), 3),
        );
        let mut said = json!({
            "job": job, "project": project, "reference": file, "state": "printing", "place": 1,
            "created_at": "2026-01-01T00:00:00.000001Z", "something": "new",
        });
        let print = heard(said.clone()).unwrap();
        assert_eq!((print.job, print.project, print.file), (job, project, file));
        assert_eq!((print.progress_pct, print.seq), (Some(40.0), 7));
        assert_eq!(print.made_at, Timestamp(1_767_225_600_000_001));
        said["state"] = json!("queued");
        assert_eq!(heard(said.clone()).unwrap().progress_pct, None);
        for (field, odd) in [
            ("reference", json!("order 7")),
            ("reference", Value::Null),
            ("project", Value::Null),
            ("state", json!("exploded")),
            ("created_at", json!("yesterday")),
        ] {
            let mut odd_job = said.clone();
            odd_job[field] = odd;
            assert_eq!(heard(odd_job), None, "{field}");
        }
    }
}
