//! Jobs: what people want printed, in the order of the queue.

pub mod cancel;
pub mod change;
pub mod create;
pub mod deeds;
pub mod order;
pub mod page;
pub mod settle;
pub(crate) mod told;
pub mod waiting;

use crate::db::transaction;
use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::attempt::{self, Attempt};
use crate::service::copy::{self, Copy, copy_columns};
use crate::service::handle;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::colour::Colour;
use fluxprint_domain::id::{JobId, PrinterId, ProjectId, SliceId};
use fluxprint_domain::job::State;
use fluxprint_domain::print_choice::Material;
use fluxprint_domain::queue::Priority;
use fluxprint_domain::tags::Tags;
use fluxprint_domain::{Sha256, Timestamp};

pub use cancel::{Canceled, Swept};
pub use change::{HELD_AFTER_ABSENCE, Target};
pub use create::{Created, JobLimits, NewJob};
pub use deeds::BedWord;
pub use order::{Beside, Prioritised, Reordered};
pub use page::JobPage;
pub use settle::Settled;
pub use waiting::Waiting;

macro_rules! job_columns {
    () => {
        "j.id, j.project_id, j.person, j.name, j.model_sha256, j.slice_id, j.choice, j.material,
        j.printer_id, j.colour, j.tags, j.priority, j.position, j.notes, j.estimate, j.reference, j.created_at"
    };
}
/// The place of a job (`j`) among those that are not over, from 1.
macro_rules! place {
    () => {
        "CASE WHEN j.state IN ('completed', 'failed', 'canceled') THEN NULL ELSE 1 + (SELECT COUNT(*)
        FROM jobs o WHERE o.org_id = $1 AND o.state NOT IN ('completed', 'failed', 'canceled')
        AND (o.priority, o.position) < (j.priority, j.position)) END AS place"
    };
}
pub(crate) use {job_columns, place};

statements! {
    GET = concat!("SELECT ", job_columns!(), ", ", place!(), " FROM jobs j WHERE j.org_id = $1 AND j.id = $2");
    QUEUE = concat!("SELECT ", job_columns!(), ", j.place, ", copy_columns!(), " FROM (SELECT j.*,
        ROW_NUMBER() OVER (ORDER BY j.priority, j.position) AS place FROM jobs j WHERE j.org_id = $1
        AND j.state NOT IN ('completed', 'failed', 'canceled') ORDER BY j.priority, j.position LIMIT +$2) j
        JOIN copies c ON c.org_id = j.org_id AND c.job_id = j.id ORDER BY j.place, c.number");
    PREPARING = concat!("SELECT ", job_columns!(), ", CAST(NULL AS BIGINT) AS place FROM jobs j
        WHERE j.org_id = $1 AND j.id IN (SELECT o.job_id FROM copies o WHERE o.org_id = $1
        AND o.state = 'preparing' AND o.state NOT IN ('completed', 'failed', 'canceled')) ORDER BY j.priority, j.position LIMIT +$2");
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
    /// The colour that was asked for; `None` for any.
    pub colour: Option<Colour>,
    /// What its printer has to be tagged with.
    pub tags: Tags,
    /// How urgent it is.
    pub priority: Priority,
    /// What decides about its place among those of its priority; smaller is earlier.
    pub position: i64,
    /// A person's words for the operator.
    pub notes: String,
    /// What it will cost and take, JSON.
    pub estimate: Option<String>,
    /// What the host that made it calls it by.
    pub reference: Option<String>,
    /// Its place in the queue, from 1; `None` when it is over (or nobody asked for it).
    pub place: Option<u32>,
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
pub(crate) fn together(rows: &[Row]) -> Result<Vec<Job>> {
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
        colour: row.get("colour")?,
        tags: row.get("tags")?,
        priority: row.get("priority")?,
        position: row.get("position")?,
        notes: row.get("notes")?,
        estimate: row.get("estimate")?,
        reference: row.get("reference")?,
        place: row.get("place")?,
        created_at: row.get("created_at")?,
        copies,
    })
}
