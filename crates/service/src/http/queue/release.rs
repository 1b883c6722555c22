//! `DELETE /v1/queue/hold`.

use crate::http::door::Caller;
use crate::http::dto::queue::Released;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

/// Lets everything go on that is held because its printer was out of sight. What a person holds
/// back stays held.
#[utoipa::path(delete, path = "/v1/queue/hold", tag = "jobs",
    responses((status = 200, body = Released)))]
pub async fn release(
    State(service): State<Arc<Service>>,
    caller: Caller,
) -> Result<Json<Released>, Failure> {
    let jobs = service.store.jobs(caller.org());
    let now = service.clock.now();
    let copies = jobs.release_after_absence(caller.who(), now).await?;
    service.changed();
    Ok(Json(Released { copies }))
}
