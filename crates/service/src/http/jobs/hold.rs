//! `PUT|DELETE /v1/jobs/{job}/hold`.

use super::{detail, load, rights};
use crate::http::door::Caller;
use crate::http::dto::job::JobDetail;
use crate::http::dto::job_said::HoldSaid;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::JobId;
use fluxprint_http::{Fault, MaybeJson, names};
use fluxprint_store::service::job::Target;
use fluxprint_store::service::reason::Reason;
use std::sync::Arc;

/// Holds back what waits of a job, until somebody lets it go on.
#[utoipa::path(put, path = "/v1/jobs/{job}/hold", tag = "jobs",
    params(("job" = String, Path)), request_body = Option<HoldSaid>,
    responses((status = 200, body = JobDetail)))]
pub async fn hold(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(id): Named<JobId>,
    MaybeJson(said): MaybeJson<HoldSaid>,
) -> Result<Json<JobDetail>, Failure> {
    let said = said.and_then(|said| said.reason);
    let reason = said.map(|said| reason(&said)).transpose()?;
    let (job, _) = load(&service, &caller, id).await?;
    rights::control(&caller, &job)?;
    let jobs = service.store.jobs(caller.org());
    let (target, now) = (Target::Job(id), service.clock.now());
    jobs.hold(target, reason.as_ref(), caller.who(), now)
        .await?;
    service.changed();
    detail(&service, &caller, id).await.map(Json)
}

/// What a person gives as the reason.
fn reason(said: &str) -> Result<Reason, Fault> {
    Ok(Reason {
        code: "HELD_BY_PERSON".to_owned(),
        sentence: names::name(said, "reason")?.to_owned(),
        remedy: "Release it when it may go on.".to_owned(),
    })
}

/// Lets what is held of a job go on.
#[utoipa::path(delete, path = "/v1/jobs/{job}/hold", tag = "jobs",
    params(("job" = String, Path)), responses((status = 200, body = JobDetail)))]
pub async fn release(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(id): Named<JobId>,
) -> Result<Json<JobDetail>, Failure> {
    let (job, _) = load(&service, &caller, id).await?;
    rights::control(&caller, &job)?;
    let jobs = service.store.jobs(caller.org());
    jobs.release(Target::Job(id), caller.who(), service.clock.now())
        .await?;
    service.changed();
    detail(&service, &caller, id).await.map(Json)
}
