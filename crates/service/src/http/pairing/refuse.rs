//! `DELETE /v1/pairing/codes/{code}`.

use super::{Typed, with_code};
use crate::http::door::Caller;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Refuses the bridge that waits under a code.
#[utoipa::path(delete, path = "/v1/pairing/codes/{code}", tag = "bridges",
    params(("code" = String, Path)), responses((status = 204, description = "Refused")))]
pub async fn refuse(
    State(service): State<Arc<Service>>,
    caller: Caller,
    code: Named<Typed>,
) -> Result<StatusCode, Failure> {
    let bridges = service.store.bridges(caller.org());
    let now = service.clock.now();
    let refused = |code| bridges.refuse_pairing(code, caller.who(), now);
    with_code(&service, &caller, code, refused).await?;
    Ok(StatusCode::NO_CONTENT)
}
