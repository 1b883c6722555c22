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
use crate::service::copy::{self, Copy, copy_columns};
use crate::service::handle;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::{JobId, PrinterId, ProjectId, SliceId};
use fluxprint_domain::job::State;
use fluxprint_domain::print_choice::Material;
use fluxprint_domain::{Sha256, Timestamp};

pub use cancel::Canceled;
pub use change::Target;
pub use create::{Created, JobLimits, NewJob};
pub use settle::Settled;
pub use waiting::Waiting;

macro_rules! job_columns {
    () => {
        "j.id, j.project_id, j.person, j.name, j.model_sha256, j.slice_id, j.choice, j.material,
        j.printer_id, j.position, j.notes, j.estimate, j.created_at"
    };
}
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            job_columns!(),
            " FROM jobs j WHERE j.org_id = $1 ",
            $rest
        )
    };
}
/// The jobs of a subquery, a row for each copy; the copies of a job follow one another.
macro_rules! with_copies {
    ($jobs:literal, $order:literal) => {
        concat!(
            "SELECT ",
            job_columns!(),
            ", ",
            copy_columns!(),
            " FROM (SELECT * FROM jobs q WHERE q.org_id = $1 ",
            $jobs,
            " LIMIT +$2) j JOIN copies c ON c.org_id = j.org_id AND c.job_id = j.id ORDER BY ",
            $order,
            ", c.number"
        )
    };
}
statements! {
    GET = select!("AND j.id = $2");
    PAGE = with_copies!("AND ($3 OR q.project_id = $4) AND (q.created_at, q.id) < ($5, $6)
        ORDER BY q.created_at DESC, q.id DESC", "j.created_at DESC, j.id DESC");
    QUEUE = with_copies!("AND q.id IN (SELECT o.job_id FROM copies o WHERE o.org_id = $1
        AND o.state NOT IN ('completed', 'failed', 'canceled')) ORDER BY q.position",
        "j.position, j.id");
    PREPARING = select!("AND j.id IN (SELECT o.job_id FROM copies o WHERE o.org_id = $1
        AND o.state = 'preparing') ORDER BY j.position LIMIT +$2");
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
        let values = args![
            self.org,
            limit,
            page.project.is_none(),
            page.project,
            at,
            id
        ];
        together(&self.db.look(self.org, PAGE, values).await?)
    }

    /// The jobs that are not over, in the order of the queue, at most [`ROWS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn queue(&self) -> Result<Vec<Job>> {
        let values = args![self.org, ROWS_MAX];
        together(&self.db.look(self.org, QUEUE, values).await?)
    }

    /// The jobs with copies that wait for check or slice, in the order of the queue. Their copies
    /// are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn preparing(&self) -> Result<Vec<Job>> {
        let values = args![self.org, ROWS_MAX];
        let rows = self.db.look(self.org, PREPARING, values).await?;
        rows.iter().map(|row| job(row, Vec::new())).collect()
    }
}

/// A job with its copies, as the transaction sees it.
pub(crate) async fn load(tx: &mut Tx, id: JobId) -> Result<Job> {
    let row = tx.one(GET, args![tx.org, id]).await?;
    job(&row, copy::of_job(tx, id).await?)
}

/// The jobs of rows that hold a job and one of its copies each.
fn together(rows: &[Row]) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = Vec::new();
    for row in rows {
        let copy = copy::copy(row)?;
        match jobs.last_mut() {
            Some(last) if last.id == copy.job => last.copies.push(copy),
            _ => jobs.push(job(row, vec![copy])?),
        }
    }
    Ok(jobs)
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
