//! What was done to a job, its copies and their tries, and by whom.

use crate::audit::AuditEntry;
use crate::error::Result;
use crate::limits::DEEDS_MAX;
use crate::row::Row;
use crate::service::attempt::Attempt;
use crate::service::job::{Job, Jobs};
use crate::statement::statements;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{AttemptId, JobId, PrinterId};

macro_rules! deeds {
    ($objects:literal) => {
        concat!(
            "SELECT seq, prev_hash, hash, at, who, what, object, facts FROM audit
            WHERE org_id = $1 AND object IN (",
            $objects,
            // The plus keeps SQLite from going through the whole audit by its numbers instead.
            ") ORDER BY +seq DESC LIMIT +$3"
        )
    };
}

statements! {
    DEEDS = deeds!("SELECT value FROM json_each($2)"),
        postgres deeds!("SELECT value FROM json_array_elements_text(($2::text)::json)");
    WORDS = "SELECT a.id, a.printer_id, t.given_by, t.rule, t.given_at FROM attempts a
        JOIN bed_tokens t ON t.org_id = a.org_id AND t.id = a.bed_token
        WHERE a.org_id = $1 AND a.job_id = $2 ORDER BY t.given_at LIMIT +$3";
}

/// Somebody's word for a bed that a start has used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BedWord {
    /// The try whose start used it.
    pub attempt: AttemptId,
    /// Whose bed it was.
    pub printer: PrinterId,
    /// Who gave it.
    pub given_by: String,
    /// The rule in whose name it was given.
    pub rule: Option<String>,
    /// When.
    pub given_at: Timestamp,
}

impl Jobs<'_> {
    /// The audit rows of a job, its copies and these tries of them, the newest [`DEEDS_MAX`],
    /// oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn deeds(&self, job: &Job, attempts: &[Attempt]) -> Result<Vec<AuditEntry>> {
        let mut objects = vec![job.id.to_string()];
        objects.extend(job.copies.iter().map(|copy| copy.id.to_string()));
        objects.extend(attempts.iter().map(|attempt| attempt.id.to_string()));
        let objects = serde_json::json!(objects).to_string();
        let rows = self
            .db
            .look(self.org, DEEDS, args![self.org, objects, DEEDS_MAX]);
        rows.await?.iter().rev().map(crate::audit::entry).collect()
    }

    /// The words for beds that the starts of a job have used up, at most [`DEEDS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn bed_words(&self, job: JobId) -> Result<Vec<BedWord>> {
        let values = args![self.org, job, DEEDS_MAX];
        let rows = self.db.look(self.org, WORDS, values).await?;
        rows.iter().map(bed_word).collect()
    }
}

fn bed_word(row: &Row) -> Result<BedWord> {
    Ok(BedWord {
        attempt: row.get("id")?,
        printer: row.get("printer_id")?,
        given_by: row.get("given_by")?,
        rule: row.get("rule")?,
        given_at: row.get("given_at")?,
    })
}
