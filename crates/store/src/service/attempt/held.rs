//! What holds a printer: the job of the try that is staged or printed on it.

use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::attempt::Attempts;
use crate::statement::statements;
use crate::value::args;
use fluxprint_domain::attempt::State;
use fluxprint_domain::id::{AttemptId, JobId, PrinterId, ProjectId};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.printer_id, a.state, a.job_id, j.project_id, j.name, j.reference
            FROM attempts a JOIN jobs j ON j.org_id = a.org_id AND j.id = a.job_id WHERE a.org_id = $1
            AND a.state NOT IN ('completed', 'failed', 'canceled', 'not_started') ",
            $rest
        )
    };
}

statements! {
    ALL = select!("ORDER BY a.created_at, a.id LIMIT +$2");
    ON_PRINTER = select!("AND a.printer_id = $2");
}

/// A job whose try holds a printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The printer.
    pub printer: PrinterId,
    /// The try.
    pub attempt: AttemptId,
    /// How far it has got.
    pub state: State,
    /// The job.
    pub job: JobId,
    /// Whose project.
    pub project: Option<ProjectId>,
    /// What people call it.
    pub name: String,
    /// What the host that made it calls it by.
    pub reference: Option<String>,
}

impl Attempts<'_> {
    /// What holds each of the printers that are held.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn held(&self) -> Result<Vec<Held>> {
        let rows = self.db.look(self.org, ALL, args![self.org, ROWS_MAX]);
        rows.await?.iter().map(held).collect()
    }

    /// What holds this printer.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn held_on(&self, printer: PrinterId) -> Result<Option<Held>> {
        let rows = self.db.look(self.org, ON_PRINTER, args![self.org, printer]);
        rows.await?.first().map(held).transpose()
    }
}

fn held(row: &Row) -> Result<Held> {
    Ok(Held {
        printer: row.get("printer_id")?,
        attempt: row.get("id")?,
        state: row.get("state")?,
        job: row.get("job_id")?,
        project: row.get("project_id")?,
        name: row.get("name")?,
        reference: row.get("reference")?,
    })
}
