//! Telling of jobs: what hosts and pages have to know when a copy moved on, written in the
//! transaction that moved it.

use crate::error::Result;
use crate::outbox;
use crate::row::Row;
use crate::service::copy::Copy;
use crate::service::job::place;
use crate::service::reason::Reason;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{JobId, PrinterId, ProjectId};
use fluxprint_domain::job::{State, derive, progress_pct};
use serde_json::{Value as Json, json};

statements! {
    TOLD = concat!("SELECT j.project_id, j.person, j.name, j.reference, ", place!(),
        " FROM jobs j WHERE j.org_id = $1 AND j.id = $2");
    COPIES = "SELECT c.state, a.completion_pct FROM copies c LEFT JOIN attempts a
        ON a.org_id = c.org_id AND a.id = c.attempt_id
        WHERE c.org_id = $1 AND c.job_id = $2 ORDER BY c.number";
    FOLLOW = "UPDATE jobs SET state = $3 WHERE org_id = $1 AND id = $2 AND state <> $3";
    PRINTER = "SELECT printer_id FROM attempts WHERE org_id = $1 AND id = $2";
}

/// The job shows what its copies are now, and everybody is told: that it was made (without a
/// copy), or that this copy of it was changed.
pub(crate) async fn tell(
    tx: &mut Tx,
    id: JobId,
    copy: Option<&Copy>,
    now: Timestamp,
) -> Result<()> {
    let copies = tx.all(COPIES, args![tx.org, id]).await?;
    let copies: Vec<(State, Option<f64>)> = copies
        .iter()
        .map(|row| Ok((row.get("state")?, row.get("completion_pct")?)))
        .collect::<Result<_>>()?;
    let states: Vec<State> = copies.iter().map(|(state, _)| *state).collect();
    let status = derive(&states);
    let moved = tx.run(FOLLOW, args![tx.org, id, status]).await? == 1;
    let job = tx.one(TOLD, args![tx.org, id]).await?;
    let mut event = facts(&job, id, status)?;
    if let (Some(copy), Some(event)) = (copy, event.as_object_mut()) {
        event.insert("copy".to_owned(), of_copy(tx, copy).await?);
    }
    if let Some(event) = event.as_object_mut() {
        event.insert("progress_pct".to_owned(), json!(progress_pct(&copies)));
        event.insert("place".to_owned(), json!(job.get::<Option<u32>>("place")?));
    }
    outbox::append(tx, now, outbox::PRINT_STATUS, &event).await?;
    if moved || copy.is_none() {
        let event = facts(&job, id, status)?;
        match status {
            State::Completed => {
                outbox::append(tx, now, outbox::PRINT_COMPLETED, &event).await?;
            }
            State::Failed => failed(tx, event, copy, now).await?,
            _ => {}
        }
        let event =
            json!({ "job_id": id, "project_id": job.get::<Option<ProjectId>>("project_id")? });
        outbox::append(tx, now, outbox::QUEUE_UPDATED, &event).await?;
    }
    Ok(())
}

fn facts(job: &Row, id: JobId, status: State) -> Result<Json> {
    Ok(json!({
        "job_id": id,
        "reference": job.get::<Option<String>>("reference")?,
        "project_id": job.get::<Option<ProjectId>>("project_id")?,
        "name": job.get::<String>("name")?,
        "person": job.get::<String>("person")?,
        "status": status,
    }))
}

async fn of_copy(tx: &mut Tx, copy: &Copy) -> Result<Json> {
    let printer: Option<PrinterId> = match copy.attempt {
        Some(attempt) => Some(
            tx.one(PRINTER, args![tx.org, attempt])
                .await?
                .get("printer_id")?,
        ),
        None => None,
    };
    Ok(json!({
        "id": copy.id,
        "number": copy.number,
        "state": copy.state,
        "attempt": copy.attempt,
        "printer": printer,
        "reason": copy.reason.as_ref().map(|reason| &reason.code),
    }))
}

async fn failed(tx: &mut Tx, mut event: Json, copy: Option<&Copy>, now: Timestamp) -> Result<()> {
    let reason = copy.and_then(|copy| copy.reason.as_ref());
    let reason = reason.map(Reason::facts);
    if let Some(event) = event.as_object_mut() {
        event.insert("reason".to_owned(), json!(reason));
    }
    outbox::append(tx, now, outbox::PRINT_FAILED, &event).await
}
