//! `GET /v1/jobs/{job}`.

use super::detail;
use crate::http::door::Caller;
use crate::http::dto::job::JobDetail;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::JobId;
use std::sync::Arc;

/// One job, its copies and every try of them.
#[utoipa::path(get, path = "/v1/jobs/{job}", tag = "jobs",
    params(("job" = String, Path)), responses((status = 200, body = JobDetail)))]
pub async fn get(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(job): Named<JobId>,
) -> Result<Json<JobDetail>, Failure> {
    detail(&service, &caller, job).await.map(Json)
}
