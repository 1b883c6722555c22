//! Jobs: what people want printed, in the order of the queue.

pub mod cancel;
pub mod change;
pub mod create;
pub mod settle;
pub mod waiting;

use crate::db::transaction;
use crate::error::Result;
use crate::limits::{PAGE_ROWS_MAX, ROWS_MAX};
use crate::row::Row;
use crate::service::attempt::{self, Attempt};
use crate::service::copy::{self, Copy, select_copies};
use crate::service::handle;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{JobId, PrinterId, ProjectId, SliceId};
use fluxprint_domain::job::State;
use fluxprint_domain::print_choice::Material;
use fluxprint_domain::{Sha256, Timestamp};
use std::collections::HashMap;

pub use cancel::Canceled;
pub use change::Target;
pub use create::{Created, JobLimits, NewJob};
pub use settle::Settled;
pub use waiting::Waiting;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT j.id, j.project_id, j.person, j.name, j.model_sha256, j.slice_id, j.choice,
            j.material, j.printer_id, j.position, j.notes, j.estimate, j.created_at FROM jobs j
            WHERE j.org_id = $1 ",
            $rest
        )
    };
}
statements! {
    GET = select!("AND j.id = $2");
    PAGE = select!("AND ($3 OR j.project_id = $4) AND (j.created_at, j.id) < ($5, $6)
        ORDER BY j.created_at DESC, j.id DESC LIMIT $2");
    PAGE_COPIES = select_copies!("AND c.job_id IN (SELECT id FROM jobs p WHERE p.org_id = $1
        AND ($3 OR p.project_id = $4) AND (p.created_at, p.id) < ($5, $6)
        ORDER BY p.created_at DESC, p.id DESC LIMIT $2) ORDER BY c.job_id, c.number");
    QUEUE = select!("AND j.id IN (SELECT o.job_id FROM copies o WHERE o.org_id = $1
        AND o.state NOT IN ('completed', 'failed', 'canceled')) ORDER BY j.position LIMIT $2");
    QUEUE_COPIES = select_copies!("AND c.job_id IN (SELECT q.id FROM jobs q WHERE q.org_id = $1
        AND q.id IN (SELECT o.job_id FROM copies o WHERE o.org_id = $1
        AND o.state NOT IN ('completed', 'failed', 'canceled')) ORDER BY q.position LIMIT $2)
        ORDER BY c.job_id, c.number");
    PREPARING = select!("AND j.id IN (SELECT o.job_id FROM copies o WHERE o.org_id = $1
        AND o.state = 'preparing') ORDER BY j.position LIMIT $2");
    SET_ESTIMATE = "UPDATE jobs SET estimate = $3 WHERE org_id = $1 AND id = $2";
}

handle!(
    /// The jobs of an organisation.
    Jobs
);

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Which one.
    pub id: JobId,
    /// Whose project; `None` for none.
    pub project: Option<ProjectId>,
    /// The `sub` of who wants it.
    pub person: String,
    /// What people call it.
    pub name: String,
    /// The model.
    pub model_sha256: Sha256,
    /// The slice that is printed; `None` while preparing.
    pub slice: Option<SliceId>,
    /// What was chosen in the print dialog, JSON.
    pub choice: String,
    /// The filament; `None` for G-code that names none.
    pub material: Option<Material>,
    /// The only printer that will do; `None` for any.
    pub printer: Option<PrinterId>,
    /// Its place in the queue; smaller is earlier.
    pub position: i64,
    /// A person's words for the operator.
    pub notes: String,
    /// What it will cost and take, JSON.
    pub estimate: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its copies by number.
    pub copies: Vec<Copy>,
}

impl Job {
    /// The state it shows, derived from its copies.
    #[must_use]
    pub fn state(&self) -> State {
        let states: Vec<State> = self.copies.iter().map(|copy| copy.state).collect();
        fluxprint_domain::job::derive(&states)
    }
}

/// One page of jobs, newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct JobPage {
    /// Only of this project; `None` for all.
    pub project: Option<ProjectId>,
    /// Only those that come after this one.
    pub after: Option<(Timestamp, JobId)>,
    /// At most so many; cut to [`PAGE_ROWS_MAX`].
    pub limit: u32,
}

impl Jobs<'_> {
    /// One of them with its copies, and every try of them, oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn get(&self, id: JobId) -> Result<(Job, Vec<Attempt>)> {
        transaction!(self.db.read(self.org), |tx| {
            Ok((load(tx, id).await?, attempt::of_job(tx, id).await?))
        })
    }

    /// One page of them, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self, page: JobPage) -> Result<Vec<Job>> {
        let limit = page.limit.min(PAGE_ROWS_MAX);
        let last = JobId::from_uuid(uuid::Uuid::max());
        let (at, id) = page.after.unwrap_or((Timestamp(i64::MAX), last));
        let values = || {
            args![
                self.org,
                limit,
                page.project.is_none(),
                page.project,
                at,
                id
            ]
        };
        transaction!(self.db.read(self.org), |tx| {
            let jobs = tx.all(PAGE, values()).await?;
            together(&jobs, &tx.all(PAGE_COPIES, values()).await?)
        })
    }

    /// The jobs that are not over, in the order of the queue, at most [`ROWS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn queue(&self) -> Result<Vec<Job>> {
        transaction!(self.db.read(self.org), |tx| {
            let jobs = tx.all(QUEUE, args![tx.org, ROWS_MAX]).await?;
            let copies = tx.all(QUEUE_COPIES, args![tx.org, ROWS_MAX]).await?;
            together(&jobs, &copies)
        })
    }

    /// The jobs with copies that wait for check or slice, in the order of the queue. Their copies
    /// are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn preparing(&self) -> Result<Vec<Job>> {
        let rows = transaction!(self.db.read(self.org), |tx| {
            tx.all(PREPARING, args![tx.org, ROWS_MAX]).await
        })?;
        together(&rows, &[])
    }

    /// Keeps a (better) estimate.
    ///
    /// # Errors
    /// [`crate::StoreError::Stale`] without such a job.
    pub async fn set_estimate(&self, id: JobId, estimate: &str) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.swap(SET_ESTIMATE, args![tx.org, id, estimate]).await
        })
    }
}

/// A job with its copies, as the transaction sees it.
pub(crate) async fn load(tx: &mut Tx, id: JobId) -> Result<Job> {
    let row = tx.one(GET, args![tx.org, id]).await?;
    job(&row, copy::of_job(tx, id).await?)
}

fn together(jobs: &[Row], copies: &[Row]) -> Result<Vec<Job>> {
    let mut by_job: HashMap<JobId, Vec<Copy>> = HashMap::new();
    for row in copies {
        let copy = copy::copy(row)?;
        by_job.entry(copy.job).or_default().push(copy);
    }
    jobs.iter()
        .map(|row| job(row, by_job.remove(&row.get("id")?).unwrap_or_default()))
        .collect()
}

fn job(row: &Row, copies: Vec<Copy>) -> Result<Job> {
    Ok(Job {
        id: row.get("id")?,
        project: row.get("project_id")?,
        person: row.get("person")?,
        name: row.get("name")?,
        model_sha256: row.get("model_sha256")?,
        slice: row.get("slice_id")?,
        choice: row.get("choice")?,
        material: row.get("material")?,
        printer: row.get("printer_id")?,
        position: row.get("position")?,
        notes: row.get("notes")?,
        estimate: row.get("estimate")?,
        created_at: row.get("created_at")?,
        copies,
    })
}
