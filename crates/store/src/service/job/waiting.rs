//! The copies that wait for a printer, with what the dispatcher has to know of each.

use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::job::Jobs;
use crate::service::model;
use crate::statement::statements;
use crate::value::args;
use fluxprint_domain::colour::Colour;
use fluxprint_domain::id::{CopyId, JobId, PrinterId};
use fluxprint_domain::print_choice::Material;
use fluxprint_domain::tags::Tags;
use fluxprint_domain::units::SizeMm;
use fluxprint_domain::{Sha256, Timestamp};

statements! {
    // Says twice that they are not over: only so SQLite uses the index of those, and not every copy
    // there ever was.
    WAITING = "SELECT c.id AS copy_id, c.number, c.state_at, j.id AS job_id, j.choice, j.material, j.printer_id, j.colour, j.tags,
        m.x_mm, m.y_mm, m.z_mm, s.gcode_sha256, s.size_bytes, s.facts, s.nozzle_c_max, s.bed_c_max
        FROM copies c
        JOIN jobs j ON j.org_id = c.org_id AND j.id = c.job_id
        JOIN models m ON m.org_id = j.org_id AND m.sha256 = j.model_sha256
        JOIN slices s ON s.org_id = j.org_id AND s.id = j.slice_id
        WHERE c.org_id = $1 AND c.state = 'queued' AND c.state NOT IN ('completed', 'failed', 'canceled')
        ORDER BY j.priority, j.position, c.number LIMIT +$2";
}

/// A copy that waits for a printer.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Which one.
    pub copy: CopyId,
    /// Its number inside the job.
    pub number: u32,
    /// Since when.
    pub since: Timestamp,
    /// Of which job.
    pub job: JobId,
    /// What was chosen in the print dialog, JSON.
    pub choice: String,
    /// The filament.
    pub material: Option<Material>,
    /// The only printer that will do.
    pub printer: Option<PrinterId>,
    /// The colour that was asked for; `None` for any.
    pub colour: Option<Colour>,
    /// What its printer has to be tagged with.
    pub tags: Tags,
    /// Size of the part, as far as the model says.
    pub size: Option<SizeMm>,
    /// The approved bytes.
    pub gcode_sha256: Sha256,
    /// How many of them.
    pub gcode_bytes: u64,
    /// What is known of them, JSON.
    pub facts: String,
    /// Highest nozzle temperature they ask for.
    pub nozzle_c: f64,
    /// Highest bed temperature they ask for.
    pub bed_c: f64,
}

impl Jobs<'_> {
    /// The copies that wait for a printer, in the order of the queue, at most [`ROWS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn waiting(&self) -> Result<Vec<Waiting>> {
        let values = args![self.org, ROWS_MAX];
        let rows = self.db.look(self.org, WAITING, values).await?;
        rows.iter().map(waiting).collect()
    }
}

fn waiting(row: &Row) -> Result<Waiting> {
    Ok(Waiting {
        copy: row.get("copy_id")?,
        number: row.get("number")?,
        since: row.get("state_at")?,
        job: row.get("job_id")?,
        choice: row.get("choice")?,
        material: row.get("material")?,
        printer: row.get("printer_id")?,
        colour: row.get("colour")?,
        tags: row.get("tags")?,
        size: model::size(row)?,
        gcode_sha256: row.get("gcode_sha256")?,
        gcode_bytes: row.get("size_bytes")?,
        facts: row.get("facts")?,
        nozzle_c: row.get("nozzle_c_max")?,
        bed_c: row.get("bed_c_max")?,
    })
}
