//! `PUT|DELETE /v1/jobs/{job}/hold`.

use super::{detail, load, rights};
use crate::http::door::Caller;
use crate::http::dto::job::JobDetail;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::JobId;
use fluxprint_store::service::job::Target;
use std::sync::Arc;

/// Holds back what waits of a job, until somebody lets it go on.
#[utoipa::path(put, path = "/v1/jobs/{job}/hold", tag = "jobs",
    params(("job" = String, Path)), responses((status = 200, body = JobDetail)))]
pub async fn hold(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(id): Named<JobId>,
) -> Result<Json<JobDetail>, Failure> {
    let (job, _) = load(&service, &caller, id).await?;
    rights::control(&caller, &job)?;
    let jobs = service.store.jobs(caller.org());
    jobs.hold(Target::Job(id), None, caller.who(), service.clock.now())
        .await?;
    service.changed();
    detail(&service, &caller, id).await.map(Json)
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
