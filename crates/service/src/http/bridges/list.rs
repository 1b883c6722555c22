//! `GET /v1/bridges`.

use crate::http::door::Caller;
use crate::http::dto::bridge::BridgeShown;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

/// The bridges of the organisation, oldest first.
#[utoipa::path(get, path = "/v1/bridges", tag = "bridges",
    responses((status = 200, body = Vec<BridgeShown>)))]
pub async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
) -> Result<Json<Vec<BridgeShown>>, Failure> {
    let bridges = service.store.bridges(caller.org()).list().await?;
    let shown = |bridge: fluxprint_store::service::bridge::Bridge| {
        let connected = service.hub.is_connected(caller.org(), bridge.id);
        BridgeShown::new(bridge, connected)
    };
    Ok(Json(bridges.into_iter().map(shown).collect()))
}
