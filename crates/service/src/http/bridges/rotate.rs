//! `POST /v1/bridges/{bridge}/token-rotation`.

use crate::http::door::Caller;
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::rotation;
use crate::service::Service;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::BridgeId;
use std::sync::Arc;

/// Gives a bridge another token: now if it is connected, else when it comes back. The old one is
/// good until the bridge uses the new one.
#[utoipa::path(post, path = "/v1/bridges/{bridge}/token-rotation", tag = "bridges",
    params(("bridge" = String, Path)), responses((status = 202, description = "Will be done")))]
pub async fn rotate(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(bridge): Named<BridgeId>,
) -> Result<StatusCode, Failure> {
    let bridges = service.store.bridges(caller.org());
    let now = service.clock.now();
    let wanted = bridges.want_rotation(bridge, caller.who(), now).await;
    wanted.map_err(Thing::Bridge.missing())?;
    if service.hub.is_connected(caller.org(), bridge) {
        rotation::begin(&service, caller.org(), bridge);
    }
    Ok(StatusCode::ACCEPTED)
}
