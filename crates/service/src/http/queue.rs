//! `GET /v1/queue`.

use super::door::Caller;
use super::dto::queue::{QueueCopy, QueueEntry, QueueShown};
use super::dto::{JobWord, Moment, ReasonShown};
use super::failure::Failure;
use super::waits::Floor;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_store::service::copy::Copy;
use fluxprint_store::service::job::Job;
use std::sync::Arc;

/// The jobs that are not over, in their order, and what each waits for. Of other projects' jobs
/// only their place is shown.
#[utoipa::path(get, path = "/v1/queue", tag = "jobs", responses((status = 200, body = QueueShown)))]
pub async fn queue(
    State(service): State<Arc<Service>>,
    caller: Caller,
) -> Result<Json<QueueShown>, Failure> {
    Ok(Json(all(&service, &caller).await?))
}

/// The queue as this caller may see it.
pub async fn all(service: &Service, caller: &Caller) -> Result<QueueShown, Failure> {
    let jobs = service.store.jobs(caller.org()).queue().await?;
    let floor = Floor::look(service, caller.org()).await?;
    let entries = (1..)
        .zip(jobs)
        .map(|(place, job)| entry(service, caller, &floor, place, job));
    Ok(QueueShown {
        on_hold: floor.on_hold,
        entries: entries.collect(),
    })
}

fn entry(service: &Service, caller: &Caller, floor: &Floor, place: u32, job: Job) -> QueueEntry {
    let seen = caller.role_in(job.project).is_some();
    let state = JobWord(job.state());
    let open = job.copies.iter().filter(|copy| !copy.state.is_over());
    QueueEntry {
        place,
        copies: open
            .map(|copy| waiting(service, floor, copy, seen))
            .collect(),
        job: seen.then_some(job.id),
        project: job.project.filter(|_| seen),
        name: seen.then_some(job.name),
        reference: job.reference.filter(|_| seen),
        person: seen.then_some(job.person),
        other_project: !seen,
        created_at: Moment(job.created_at),
        state,
    }
}

/// A copy. A reason that was written down with it may speak of the model: it is for those who may
/// see the job; the obstacle in front of it is for everybody.
fn waiting(service: &Service, floor: &Floor, copy: &Copy, seen: bool) -> QueueCopy {
    let kept = copy.reason.clone().filter(|_| seen).map(ReasonShown::from);
    QueueCopy {
        number: copy.number,
        state: JobWord(copy.state),
        since: Moment(copy.state_at),
        printer: floor.attempt(copy).map(|attempt| attempt.printer),
        waits_for: floor
            .why(service, copy)
            .as_ref()
            .map(ReasonShown::from)
            .or(kept),
    }
}
