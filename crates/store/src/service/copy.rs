//! Copies: each of a job's parts lives by itself. Every change of one goes through [`advance`].

use crate::error::Result;
use crate::row::Row;
use crate::service::job::told;
use crate::service::reason::{Reason, columns};
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{AttemptId, CopyId, JobId, ProjectId};
use fluxprint_domain::job::{self, Event, State};

/// The columns of a copy (`c`). Beside them stand the id and the project of its job (`j`).
macro_rules! copy_columns {
    () => {
        "c.id AS copy_id, c.number, c.state, c.state_at, c.state_by, c.reason_code,
        c.reason_sentence, c.reason_remedy, c.attempt_id, c.not_started_count,
        c.cancel_requested_at, c.version"
    };
}
pub(crate) use copy_columns;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT j.id, j.project_id, ",
            copy_columns!(),
            " FROM copies c JOIN jobs j ON j.org_id = c.org_id AND j.id = c.job_id
            WHERE c.org_id = $1 ",
            $rest
        )
    };
}

statements! {
    GET = select!("AND c.id = $2");
    OF_JOB = select!("AND c.job_id = $2 ORDER BY c.number");
    SAVE = "UPDATE copies SET state = $4, state_at = $5, state_by = $6, reason_code = $7,
        reason_sentence = $8, reason_remedy = $9, attempt_id = $10, not_started_count = $11,
        cancel_requested_at = $12, version = version + 1
        WHERE org_id = $1 AND id = $2 AND version = $3";
}

/// One copy of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Which one.
    pub id: CopyId,
    /// Of which job.
    pub job: JobId,
    /// The project of that job.
    pub project: Option<ProjectId>,
    /// Its number inside the job, from 1.
    pub number: u32,
    /// Its state.
    pub state: State,
    /// Since when.
    pub state_at: Timestamp,
    /// By whom.
    pub state_by: String,
    /// Why it is held, failed or needs attention.
    pub reason: Option<Reason>,
    /// The newest try of it.
    pub attempt: Option<AttemptId>,
    /// Tries in a row that ended without having started.
    pub not_started_count: u32,
    /// When somebody asked to cancel it while its try was out of our hands.
    pub cancel_requested_at: Option<Timestamp>,
    version: i64,
}

/// Who moves a copy on, when, and what is to be said about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause<'a> {
    pub(crate) who: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) reason: Option<&'a Reason>,
}

/// Moves a copy on and tells of it; returns whether its state changed. The caller saves it.
pub(crate) fn advance(copy: &mut Copy, event: Event, cause: Cause<'_>) -> Result<bool> {
    let after = job::step(copy.state, event)?;
    if after == copy.state {
        return Ok(false);
    }
    copy.state = after;
    copy.state_at = cause.now;
    cause.who.clone_into(&mut copy.state_by);
    copy.reason = cause.reason.cloned();
    Ok(true)
}

/// Writes a copy as it is now, unless somebody else has changed it, and tells of it.
pub(crate) async fn save(tx: &mut Tx, copy: &Copy, now: Timestamp) -> Result<()> {
    let [code, sentence, remedy] = columns(copy.reason.as_ref());
    let values = args![
        tx.org,
        copy.id,
        copy.version,
        copy.state,
        copy.state_at,
        &copy.state_by,
        code,
        sentence,
        remedy,
        copy.attempt,
        copy.not_started_count,
        copy.cancel_requested_at
    ];
    tx.swap(SAVE, values).await?;
    told::tell(tx, copy.job, Some(copy), now).await
}

/// One copy as the transaction sees it.
pub(crate) async fn load(tx: &mut Tx, id: CopyId) -> Result<Copy> {
    copy(&tx.one(GET, args![tx.org, id]).await?)
}

/// The copies of a job by number.
pub(crate) async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Copy>> {
    tx.all(OF_JOB, args![tx.org, job])
        .await?
        .iter()
        .map(copy)
        .collect()
}

pub(crate) fn copy(row: &Row) -> Result<Copy> {
    Ok(Copy {
        id: row.get("copy_id")?,
        job: row.get("id")?,
        project: row.get("project_id")?,
        number: row.get("number")?,
        state: row.get("state")?,
        state_at: row.get("state_at")?,
        state_by: row.get("state_by")?,
        reason: Reason::read(row, Reason::REASON)?,
        attempt: row.get("attempt_id")?,
        not_started_count: row.get("not_started_count")?,
        cancel_requested_at: row.get("cancel_requested_at")?,
        version: row.get("version")?,
    })
}
