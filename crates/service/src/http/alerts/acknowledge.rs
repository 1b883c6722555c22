//! `PUT /v1/alerts/{alert}/acknowledgement`.

use crate::http::door::Caller;
use crate::http::dto::alert::AlertShown;
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::AlertId;
use std::sync::Arc;

/// The caller has seen it. One whose end cannot be known is over with that.
#[utoipa::path(put, path = "/v1/alerts/{alert}/acknowledgement", tag = "alerts",
    params(("alert" = String, Path)), responses((status = 200, body = AlertShown)))]
pub async fn acknowledge(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(alert): Named<AlertId>,
) -> Result<Json<AlertShown>, Failure> {
    let alerts = service.store.alerts(caller.org());
    let now = service.clock.now();
    let seen = alerts.acknowledge(alert, caller.who(), now).await;
    service.events.poke();
    let seen = seen.map_err(Thing::Alert.missing())?;
    Ok(Json(AlertShown::new(seen, &caller)))
}
