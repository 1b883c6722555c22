//! `PUT /v1/pairing/codes/{code}/confirmation`.

use super::{Typed, with_code};
use crate::http::door::Caller;
use crate::http::dto::pairing::{ConfirmationSaid, Confirmed};
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::BridgeId;
use fluxprint_http::{Json as Body, names};
use std::sync::Arc;

/// Takes the bridge that waits under a code into the organisation. Whoever stands before the service
/// has made sure that the person showed the password just now.
#[utoipa::path(put, path = "/v1/pairing/codes/{code}/confirmation", tag = "bridges",
    params(("code" = String, Path)), request_body = ConfirmationSaid,
    responses((status = 200, body = Confirmed)))]
pub async fn confirm(
    State(service): State<Arc<Service>>,
    caller: Caller,
    code: Named<Typed>,
    Body(said): Body<ConfirmationSaid>,
) -> Result<Json<Confirmed>, Failure> {
    let clock = service.clock.as_ref();
    let name = said.name.as_deref().map(|name| names::name(name, "name"));
    let new = (BridgeId::fresh(clock), name.transpose()?);
    let bridges = service.store.bridges(caller.org());
    let confirmed = |code| bridges.confirm_pairing(code, new, caller.who(), clock.now());
    let bridge = with_code(&service, &caller, code, confirmed).await?;
    service.changed();
    Ok(Json(Confirmed { bridge }))
}
