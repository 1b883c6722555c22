//! Attempts: tries to print one copy on one printer.

pub mod apply;
pub mod assign;
pub mod held;
pub mod start;

use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::row::Row;
use crate::service::handle;
use crate::service::reason::{Reason, columns};
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::attempt::State;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::id::{AttemptId, BedTokenId, BridgeId, CopyId, JobId, PrinterId, SessionId};
use fluxprint_domain::{Sha256, Timestamp};

pub use apply::{Applied, Observed};
pub use assign::NewAttempt;
pub use held::Held;
pub use start::Issued;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.job_id, a.copy_id, a.printer_id, a.state, a.gcode_sha256, a.size_bytes, a.epoch,
            a.bed_token, a.session, a.not_after, a.created_at, a.started_at, a.ended_at, a.paused,
            a.reason_code, a.reason_sentence, a.reason_remedy, a.completion_pct, a.print_time_s, a.version
            FROM attempts a WHERE a.org_id = $1 ",
            $rest
        )
    };
}

statements! {
    GET = select!("AND a.id = $2");
    OF_JOB = select!("AND a.job_id = $2 ORDER BY a.created_at, a.id LIMIT +$3");
    OPEN = select!("AND a.state NOT IN ('completed', 'failed', 'canceled', 'not_started')
        ORDER BY a.created_at, a.id LIMIT +$2");
    OPEN_AT_BRIDGE = select!("AND a.state NOT IN ('completed', 'failed', 'canceled', 'not_started')
        AND a.printer_id IN (SELECT id FROM printers WHERE org_id = $1 AND bridge_id = $2)
        ORDER BY a.created_at, a.id LIMIT +$3");
    OPEN_ON_PRINTER = select!("AND a.state NOT IN ('completed', 'failed', 'canceled', 'not_started')
        AND a.printer_id = $2");
    SAVE = "UPDATE attempts SET state = $4, epoch = $5, bed_token = $6, session = $7, not_after = $8,
        started_at = $9, ended_at = $10, paused = $11, reason_code = $12, reason_sentence = $13,
        reason_remedy = $14, completion_pct = $15, print_time_s = $16, version = version + 1
        WHERE org_id = $1 AND id = $2 AND version = $3";
}

handle!(
    /// The attempts of an organisation.
    Attempts
);

/// One try to print one copy on one printer.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Which one.
    pub id: AttemptId,
    /// For which job.
    pub job: JobId,
    /// For which of its copies.
    pub copy: CopyId,
    /// On which printer.
    pub printer: PrinterId,
    /// How far it has got.
    pub state: State,
    /// The approved bytes.
    pub gcode_sha256: Sha256,
    /// How many of them.
    pub gcode_bytes: u64,
    /// The epoch of its start, once issued.
    pub epoch: Option<Epoch>,
    /// The word its start used up.
    pub bed_token: Option<BedTokenId>,
    /// The session its start is good in.
    pub session: Option<SessionId>,
    /// After this moment its start is refused.
    pub not_after: Option<Timestamp>,
    /// When it was matched.
    pub created_at: Timestamp,
    /// When the printer was first seen in it.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Whether it is paused.
    pub paused: bool,
    /// Why it ended or is unsure.
    pub reason: Option<Reason>,
    /// Per cent of the file, as of its last change of state.
    pub completion_pct: Option<f64>,
    /// Seconds printed, as of its last change of state.
    pub print_time_s: Option<u64>,
    version: i64,
}

impl Attempts<'_> {
    /// One of them.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn get(&self, id: AttemptId) -> Result<Attempt> {
        let values = args![self.org, id];
        attempt(&self.db.look_at(self.org, GET, values).await?)
    }

    /// Those that are not over, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open(&self) -> Result<Vec<Attempt>> {
        let values = args![self.org, ROWS_MAX];
        let rows = self.db.look(self.org, OPEN, values).await?;
        rows.iter().map(attempt).collect()
    }

    /// Those on the printers of one bridge that are not over, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open_at_bridge(&self, bridge: BridgeId) -> Result<Vec<Attempt>> {
        let values = args![self.org, bridge, ROWS_MAX];
        let rows = self.db.look(self.org, OPEN_AT_BRIDGE, values).await?;
        rows.iter().map(attempt).collect()
    }

    /// The one that holds this printer.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open_on_printer(&self, printer: PrinterId) -> Result<Option<Attempt>> {
        let values = args![self.org, printer];
        let rows = self.db.look(self.org, OPEN_ON_PRINTER, values).await?;
        rows.first().map(attempt).transpose()
    }
}

/// One attempt as the transaction sees it.
pub(crate) async fn load(tx: &mut Tx, id: AttemptId) -> Result<Attempt> {
    attempt(&tx.one(GET, args![tx.org, id]).await?)
}

/// Every attempt of a job, oldest first.
pub(crate) async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Attempt>> {
    tx.all(OF_JOB, args![tx.org, job, ROWS_MAX])
        .await?
        .iter()
        .map(attempt)
        .collect()
}

/// The attempt that holds a printer.
pub(crate) async fn open_on_printer(tx: &mut Tx, printer: PrinterId) -> Result<Option<Attempt>> {
    let row = tx.maybe(OPEN_ON_PRINTER, args![tx.org, printer]).await?;
    row.as_ref().map(attempt).transpose()
}

/// Writes an attempt as it is now, unless somebody else has changed it.
pub(crate) async fn save(tx: &mut Tx, attempt: &Attempt) -> Result<()> {
    let [code, sentence, remedy] = columns(attempt.reason.as_ref());
    let values = args![
        tx.org,
        attempt.id,
        attempt.version,
        attempt.state,
        attempt.epoch,
        attempt.bed_token,
        attempt.session,
        attempt.not_after,
        attempt.started_at,
        attempt.ended_at,
        attempt.paused,
        code,
        sentence,
        remedy,
        attempt.completion_pct,
        attempt.print_time_s
    ];
    tx.swap(SAVE, values).await
}

fn attempt(row: &Row) -> Result<Attempt> {
    Ok(Attempt {
        id: row.get("id")?,
        job: row.get("job_id")?,
        copy: row.get("copy_id")?,
        printer: row.get("printer_id")?,
        state: row.get("state")?,
        gcode_sha256: row.get("gcode_sha256")?,
        gcode_bytes: row.get("size_bytes")?,
        epoch: row.get("epoch")?,
        bed_token: row.get("bed_token")?,
        session: row.get("session")?,
        not_after: row.get("not_after")?,
        created_at: row.get("created_at")?,
        started_at: row.get("started_at")?,
        ended_at: row.get("ended_at")?,
        paused: row.get("paused")?,
        reason: Reason::read(row, Reason::REASON)?,
        completion_pct: row.get("completion_pct")?,
        print_time_s: row.get("print_time_s")?,
        version: row.get("version")?,
    })
}
