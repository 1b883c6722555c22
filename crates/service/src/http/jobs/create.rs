//! `POST /v1/jobs`.

use super::{detail, with_past};
use crate::choice::Choice;
use crate::http::door::Caller;
use crate::http::dto::job::JobDetail;
use crate::http::dto::job_said::NewJobSaid;
use crate::http::estimates;
use crate::http::failure::{Failure, Thing};
use crate::pricing;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{CopyId, JobId};
use fluxprint_domain::role::Act;
use fluxprint_http::{Fault, JsonBytes, idempotency_key, names};
use fluxprint_store::service::job::{Created, JobLimits, NewJob};
use fluxprint_store::service::model::ModelState;
use sha2::Digest;
use std::sync::Arc;

/// Makes a job: once for each `Idempotency-Key`, however often it is sent.
#[utoipa::path(post, path = "/v1/jobs", tag = "jobs", request_body = NewJobSaid,
    params(("idempotency-key" = String, Header, description = "1 to 128 visible characters")),
    responses((status = 201, body = JobDetail)))]
pub async fn create(
    State(service): State<Arc<Service>>,
    caller: Caller,
    headers: HeaderMap,
    JsonBytes(said, body): JsonBytes<NewJobSaid>,
) -> Result<(StatusCode, Json<JobDetail>), Failure> {
    let choice = said.choice();
    estimates::check(choice, said.copies)?;
    caller.may_in(Act::Print, said.project)?;
    let clock = service.clock.as_ref();
    let copies: Vec<CopyId> = (0..said.copies).map(|_| CopyId::fresh(clock)).collect();
    let chosen = serde_json::to_string(&choice).map_err(|_| Failure::Broken)?;
    let tags = names::tags(&said.tags)?;
    let mut new = NewJob {
        id: JobId::fresh(clock),
        copies: &copies,
        project: said.project,
        person: caller.who(),
        name: names::name(&said.name, "name")?,
        model_sha256: said.model,
        choice: &chosen,
        material: Some(choice.material),
        printer: said.printer,
        colour: said.colour.map(|colour| colour.0),
        tags: &tags,
        notes: names::notes(&said.notes)?,
        estimate: None,
        reference: said
            .reference
            .as_deref()
            .map(names::reference)
            .transpose()?,
        key: idempotency_key(&headers)?,
        body_sha256: Sha256(sha2::Sha256::digest(&body).into()),
    };
    let estimate = printable(&service, &caller, &said, choice).await;
    new.estimate = estimate.as_ref().ok().and_then(Option::as_deref);
    let limits = if estimate.is_ok() {
        limits(&service, &caller)
    } else {
        NONE_NEW
    };
    let created = service
        .store
        .jobs(caller.org())
        .create(&new, limits, clock.now())
        .await?;
    let job = match (created, estimate) {
        (Created::Made(job), _) => {
            service.changed();
            // As it was made: by now the worker may have moved it on.
            with_past(&service, &caller, *job, Vec::new()).await?
        }
        (Created::Replayed(id), _) => detail(&service, &caller, id).await?,
        (Created::KeyReused, _) => return Err(Fault::KeyReused.into()),
        (_, Err(failure)) => return Err(failure),
        (Created::TooManyOpen, Ok(_)) => return Err(Failure::TooManyOpenJobs),
        (Created::LimitReached { retry_after_s }, Ok(_)) => {
            return Err(Failure::TooOften { retry_after_s });
        }
    };
    Ok((StatusCode::CREATED, Json(job)))
}

/// With these nothing new is made, but a call that was answered before is answered the same way:
/// what stands in its way now did not then.
const NONE_NEW: JobLimits = JobLimits {
    per_hour: 0,
    open_max: 0,
};

fn limits(service: &Service, caller: &Caller) -> JobLimits {
    let limits = &service.settings.limits;
    let per_hour = if caller.is_person() {
        limits.jobs_per_hour
    } else {
        limits.other_calls_per_hour
    };
    JobLimits {
        per_hour,
        open_max: limits.open_jobs,
    }
}

/// The quick estimate of what can be printed. A model that is still being checked has none yet,
/// but may wait in the queue.
async fn printable(
    service: &Service,
    caller: &Caller,
    said: &NewJobSaid,
    choice: Choice,
) -> Result<Option<String>, Failure> {
    if let Some(printer) = said.printer {
        let printer = service.store.printers(caller.org()).get(printer).await;
        printer.map_err(Thing::Printer.missing())?;
    }
    let model = service.store.models(caller.org()).get(said.model).await;
    let model = model.map_err(Thing::Model.missing())?;
    if model.state == ModelState::Received {
        return Ok(None);
    }
    let report = estimates::report(&model)?;
    let estimate = pricing::of_model(&report, choice, said.copies);
    Ok(estimate.and_then(|estimate| serde_json::to_string(&estimate).ok()))
}
