//! The queue: `GET /v1/queue` here, its order and its clearing beside it.

pub mod clear;
pub mod order;
pub mod release;

use super::door::Caller;
use super::dto::printer::ProgressShown;
use super::dto::queue::{QueueAct, QueueCopy, QueueEntry, QueueShown, Totals};
use super::dto::{JobWord, Moment, PriorityWord, ReasonShown};
use super::failure::Failure;
use super::jobs::rights;
use super::outlook::{self, Outlook};
use super::waits::Floor;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::job;
use fluxprint_estimate::Estimate;
use fluxprint_store::service::copy::Copy;
use fluxprint_store::service::job::Job;
use serde_json::value::RawValue;
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
    let outlook = Outlook::of(service, &floor, &jobs);
    let mut totals = Totals::default();
    let entries = jobs.into_iter().map(|job| {
        if caller.role_in(job.project).is_some() {
            add(&mut totals, &job);
            own(service, caller, &floor, &outlook, job)
        } else {
            foreign(service, &floor, &job)
        }
    });
    Ok(QueueShown {
        on_hold: floor.on_hold,
        version: floor.order_version.0,
        allowed: QueueAct::allowed(caller),
        entries: entries.collect(),
        totals,
    })
}

fn add(totals: &mut Totals, job: &Job) {
    let open = job.copies.iter().filter(|copy| !copy.state.is_over());
    let open = u32::try_from(open.count()).unwrap_or(u32::MAX);
    totals.copies = totals.copies.saturating_add(open);
    let estimate = job.estimate.as_deref();
    let estimate = estimate.and_then(|text| serde_json::from_str::<Estimate>(text).ok());
    let Some(estimate) = estimate else {
        totals.without_estimate += 1;
        return;
    };
    let left = estimate.one_copy.times(open);
    totals.duration_s = totals.duration_s.saturating_add(left.duration_s);
    totals.filament_g += left.filament_g;
    totals.price_micros = totals.price_micros.saturating_add(left.price.total_micros);
    totals.currency = Some(left.price.currency);
}

/// An entry with nothing but what everybody may know.
fn foreign(service: &Service, floor: &Floor, job: &Job) -> QueueEntry {
    QueueEntry {
        place: job.place.unwrap_or_default(),
        job: None,
        project: None,
        name: None,
        reference: None,
        person: None,
        other_project: true,
        priority: PriorityWord(job.priority),
        created_at: Moment(job.created_at),
        state: JobWord(job.state()),
        estimate: None,
        expected: None,
        allowed: Vec::new(),
        copies: open_copies(service, floor, job, false),
    }
}

fn own(
    service: &Service,
    caller: &Caller,
    floor: &Floor,
    outlook: &Outlook,
    job: Job,
) -> QueueEntry {
    let nameless = foreign(service, floor, &job);
    QueueEntry {
        job: Some(job.id),
        project: job.project,
        other_project: false,
        expected: outlook.shown(service, job.id),
        allowed: rights::allowed(caller, &job),
        copies: open_copies(service, floor, &job, true),
        estimate: job
            .estimate
            .and_then(|estimate| RawValue::from_string(estimate).ok()),
        name: Some(job.name),
        reference: job.reference,
        person: Some(job.person),
        ..nameless
    }
}

fn open_copies(service: &Service, floor: &Floor, job: &Job, seen: bool) -> Vec<QueueCopy> {
    let open = job.copies.iter().filter(|copy| !copy.state.is_over());
    open.map(|copy| waiting(service, floor, copy, seen))
        .collect()
}

/// A copy. A reason that was written down with it may speak of the model: it is for those who may
/// see the job; the obstacle in front of it is for everybody.
fn waiting(service: &Service, floor: &Floor, copy: &Copy, seen: bool) -> QueueCopy {
    let kept = copy.reason.clone().filter(|_| seen).map(ReasonShown::from);
    let attempt = floor.attempt(copy);
    let runs = attempt.filter(|_| matches!(copy.state, job::State::Printing | job::State::Paused));
    QueueCopy {
        number: copy.number,
        state: JobWord(copy.state),
        since: Moment(copy.state_at),
        printer: attempt.map(|attempt| attempt.printer),
        waits_for: floor
            .why(service, copy)
            .as_ref()
            .map(ReasonShown::from)
            .or(kept),
        progress: runs
            .and_then(|attempt| outlook::seen_of(service, attempt))
            .map(ProgressShown::from),
    }
}
