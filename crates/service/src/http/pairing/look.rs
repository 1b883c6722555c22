//! `GET /v1/pairing/codes/{code}`.

use super::{Typed, with_code};
use crate::http::door::Caller;
use crate::http::dto::pairing::WaitingShown;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

/// The bridge that waits under a code: to be compared with the one before one's eyes.
#[utoipa::path(get, path = "/v1/pairing/codes/{code}", tag = "bridges", params(("code" = String, Path)),
    responses((status = 200, body = WaitingShown)))]
pub async fn look(
    State(service): State<Arc<Service>>,
    caller: Caller,
    code: Named<Typed>,
) -> Result<Json<WaitingShown>, Failure> {
    let now = service.clock.now();
    let looked = |code| service.store.waiting_pairing(code, now);
    let waiting = with_code(&service, &caller, code, looked).await?;
    Ok(Json(WaitingShown::new(waiting, now)))
}
