//! The invariants again, as questions to a live database.

use crate::db::transaction;
use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::service::handle;
use crate::statement::{Statement, statements};
use crate::value::args;
use uuid::Uuid;

statements! {
    COPY_WITHOUT_TRY = "SELECT c.id AS object FROM copies c WHERE c.org_id = $1
        AND c.state IN ('assigned', 'printing', 'paused') AND NOT EXISTS (SELECT 1 FROM attempts a
        WHERE a.org_id = $1 AND a.id = c.attempt_id AND a.copy_id = c.id
        AND a.state NOT IN ('completed', 'failed', 'canceled', 'not_started', 'unsure')) LIMIT +$2";
    TRY_WITHOUT_COPY = "SELECT a.id AS object FROM attempts a WHERE a.org_id = $1
        AND a.state NOT IN ('completed', 'failed', 'canceled', 'not_started') AND NOT EXISTS (SELECT 1
        FROM copies c WHERE c.org_id = $1 AND c.id = a.copy_id AND c.attempt_id = a.id
        AND c.state IN ('assigned', 'printing', 'paused', 'needs_attention')) LIMIT +$2";
    UNSURE_NOT_SHOWN = "SELECT a.id AS object FROM attempts a JOIN copies c ON c.org_id = a.org_id AND c.id = a.copy_id
        WHERE a.org_id = $1 AND a.state = 'unsure' AND c.state <> 'needs_attention' LIMIT +$2";
    TWO_ON_A_PRINTER = "SELECT a.printer_id AS object FROM attempts a WHERE a.org_id = $1
        AND a.state NOT IN ('completed', 'failed', 'canceled', 'not_started')
        GROUP BY a.printer_id HAVING COUNT(*) > 1 LIMIT +$2";
    START_WITHOUT_TOKEN = "SELECT a.id AS object FROM attempts a WHERE a.org_id = $1
        AND a.state IN ('start_sent', 'accepted', 'starting', 'printing') AND NOT EXISTS (SELECT 1
        FROM bed_tokens t WHERE t.org_id = $1 AND t.id = a.bed_token AND t.spent_by = a.id
        AND t.printer_id = a.printer_id) LIMIT +$2";
    TOKEN_USED_TWICE = "SELECT a.bed_token AS object FROM attempts a WHERE a.org_id = $1
        AND a.bed_token IS NOT NULL AND a.state <> 'not_started'
        GROUP BY a.bed_token HAVING COUNT(*) > 1 LIMIT +$2";
    EPOCH_AHEAD = "SELECT a.id AS object FROM attempts a JOIN printers p ON p.org_id = a.org_id AND p.id = a.printer_id
        WHERE a.org_id = $1 AND a.epoch > p.epoch LIMIT +$2";
    EPOCH_TWICE = "SELECT a.printer_id AS object FROM attempts a WHERE a.org_id = $1 AND a.epoch IS NOT NULL
        GROUP BY a.printer_id, a.epoch HAVING COUNT(*) > 1 LIMIT +$2";
    OTHER_BYTES = "SELECT a.id AS object FROM attempts a JOIN jobs j ON j.org_id = a.org_id AND j.id = a.job_id
        LEFT JOIN slices s ON s.org_id = j.org_id AND s.id = j.slice_id
        WHERE a.org_id = $1 AND (s.gcode_sha256 IS NULL OR s.gcode_sha256 <> a.gcode_sha256) LIMIT +$2";
    QUEUED_UNSLICED = "SELECT c.id AS object FROM copies c JOIN jobs j ON j.org_id = c.org_id AND j.id = c.job_id
        LEFT JOIN slices s ON s.org_id = j.org_id AND s.id = j.slice_id
        WHERE c.org_id = $1 AND c.state IN ('queued', 'assigned', 'printing', 'paused')
        AND (s.state IS NULL OR s.state <> 'done') LIMIT +$2";
    SHOWS_OTHER_STATE = "SELECT j.id AS object FROM jobs j WHERE j.org_id = $1 AND j.state <> (SELECT c.state
        FROM copies c WHERE c.org_id = $1 AND c.job_id = j.id ORDER BY CASE c.state WHEN 'needs_attention' THEN 0
        WHEN 'printing' THEN 1 WHEN 'paused' THEN 2 WHEN 'assigned' THEN 3 WHEN 'held' THEN 4 WHEN 'queued' THEN 5
        WHEN 'preparing' THEN 6 WHEN 'failed' THEN 7 WHEN 'completed' THEN 8 ELSE 9 END LIMIT 1) LIMIT +$2";
    JOB_WITHOUT_COPIES = "SELECT j.id AS object FROM jobs j WHERE j.org_id = $1 AND NOT EXISTS (SELECT 1
        FROM copies c WHERE c.org_id = $1 AND c.job_id = j.id) LIMIT +$2";
}

const INVARIANTS: [(&str, Statement); 12] = [
    (
        "a copy with a printer has an open try (R-01)",
        COPY_WITHOUT_TRY,
    ),
    (
        "an open try has a copy that waits for it (R-01)",
        TRY_WITHOUT_COPY,
    ),
    (
        "an unsure try is shown to a person (N-13)",
        UNSURE_NOT_SHOWN,
    ),
    ("a printer has one open try (N-02)", TWO_ON_A_PRINTER),
    (
        "a start has used up a word for its own bed (N-04)",
        START_WITHOUT_TOKEN,
    ),
    (
        "a word for a bed is used up by one start (R-03)",
        TOKEN_USED_TWICE,
    ),
    (
        "no start is ahead of its printer's epoch (R-02)",
        EPOCH_AHEAD,
    ),
    ("an epoch belongs to one start (R-02)", EPOCH_TWICE),
    ("what is printed is what was approved (N-06)", OTHER_BYTES),
    ("what waits for a printer is sliced", QUEUED_UNSLICED),
    ("a job has copies", JOB_WITHOUT_COPIES),
    ("a job shows the state of its copies", SHOWS_OTHER_STATE),
];

handle!(
    /// The check of an organisation's invariants.
    Doctor
);

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule that is broken.
    pub rule: &'static str,
    /// The row it is broken by.
    pub object: Uuid,
}

impl Doctor<'_> {
    /// Looks for whatever must never be. An empty answer is a healthy one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn check(&self) -> Result<Vec<Violation>> {
        transaction!(self.db.read(self.org), |tx| {
            let mut violations = Vec::new();
            for (rule, statement) in INVARIANTS {
                for row in tx.all(statement, args![tx.org, ROWS_MAX]).await? {
                    violations.push(Violation {
                        rule,
                        object: row.get("object")?,
                    });
                }
            }
            Ok(violations)
        })
    }
}
