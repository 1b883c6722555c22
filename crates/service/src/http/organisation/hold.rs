//! `PUT|DELETE /v1/hold`.

use crate::http::door::Caller;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Holds all printing of the organisation back. What is running goes on and can be stopped.
#[utoipa::path(put, path = "/v1/hold", tag = "organisation",
    responses((status = 204, description = "On hold")))]
pub async fn hold(
    State(service): State<Arc<Service>>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    set(&service, &caller, true).await
}

/// Lets printing go on.
#[utoipa::path(delete, path = "/v1/hold", tag = "organisation",
    responses((status = 204, description = "Going on")))]
pub async fn release(
    State(service): State<Arc<Service>>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    set(&service, &caller, false).await
}

async fn set(service: &Service, caller: &Caller, hold: bool) -> Result<StatusCode, Failure> {
    let organisations = service.store.organisations();
    organisations
        .set_hold(caller.org(), hold, caller.who(), service.clock.now())
        .await?;
    service.changed();
    Ok(StatusCode::NO_CONTENT)
}
