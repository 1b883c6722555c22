//! `POST /v1/copies/{copy}/settlement`.

use crate::http::door::Caller;
use crate::http::dto::job::JobDetail;
use crate::http::dto::job_said::Settlement;
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::http::jobs;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::CopyId;
use fluxprint_http::Json as Body;
use fluxprint_store::StoreError;
use std::sync::Arc;

/// The caller has looked at a copy that needs attention and says what became of it.
#[utoipa::path(post, path = "/v1/copies/{copy}/settlement", tag = "jobs",
    params(("copy" = String, Path)), request_body = Settlement,
    responses((status = 200, body = JobDetail)))]
pub async fn settle(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(copy): Named<CopyId>,
    Body(said): Body<Settlement>,
) -> Result<Json<JobDetail>, Failure> {
    let (store, now) = (service.store.jobs(caller.org()), service.clock.now());
    let settled = store
        .settle(copy, said.outcome.into(), caller.who(), now)
        .await;
    let copy = settled.map_err(|error| match error {
        StoreError::NotFound => Failure::NotThere(Thing::Copy),
        other => other.into(),
    })?;
    service.changed();
    jobs::detail(&service, &caller, copy.job).await.map(Json)
}
