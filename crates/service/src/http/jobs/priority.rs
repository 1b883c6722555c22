//! `PUT /v1/jobs/{job}/priority`.

use super::{detail, load};
use crate::http::door::Caller;
use crate::http::dto::job::JobDetail;
use crate::http::dto::job_said::PrioritySaid;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::JobId;
use fluxprint_domain::limits::RAISED_JOBS_MAX;
use fluxprint_http::Json as Body;
use fluxprint_store::service::job::Prioritised;
use std::sync::Arc;

/// Makes a job that waits more or less urgent: it becomes the last of those.
#[utoipa::path(put, path = "/v1/jobs/{job}/priority", tag = "jobs",
    params(("job" = String, Path)), request_body = PrioritySaid,
    responses((status = 200, body = JobDetail)))]
pub async fn prioritise(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(id): Named<JobId>,
    Body(said): Body<PrioritySaid>,
) -> Result<Json<JobDetail>, Failure> {
    load(&service, &caller, id).await?;
    let jobs = service.store.jobs(caller.org());
    let now = service.clock.now();
    let set = jobs.prioritise(id, said.priority.0, RAISED_JOBS_MAX, caller.who(), now);
    match set.await? {
        Prioritised::Done => {}
        Prioritised::TooMany => return Err(Failure::TooManyRaised),
    }
    service.changed();
    detail(&service, &caller, id).await.map(Json)
}
