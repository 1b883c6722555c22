//! `DELETE /v1/bridges/{bridge}`.

use crate::http::door::Caller;
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::BridgeId;
use std::sync::Arc;

/// Shuts a bridge out: its token is worth nothing from now on, and its connection ends.
#[utoipa::path(delete, path = "/v1/bridges/{bridge}", tag = "bridges",
    params(("bridge" = String, Path)), responses((status = 204, description = "Shut out")))]
pub async fn revoke(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(bridge): Named<BridgeId>,
) -> Result<StatusCode, Failure> {
    let bridges = service.store.bridges(caller.org());
    let revoked = bridges
        .revoke(bridge, caller.who(), service.clock.now())
        .await;
    revoked.map_err(Thing::Bridge.missing())?;
    service.hub.shut_out(bridge);
    service.changed();
    Ok(StatusCode::NO_CONTENT)
}
