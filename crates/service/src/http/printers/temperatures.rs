//! `GET /v1/printers/{printer}/temperatures`.

use crate::http::door::Caller;
use crate::http::dto::printer::{TemperaturesShown, temperatures};
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::PrinterId;
use fluxprint_http::{Moment, Query};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which temperatures to read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TemperaturesWanted {
    /// Only those after this moment; without it all that are remembered.
    #[param(value_type = Option<String>)]
    since: Option<Moment>,
}

/// The course of a printer's temperatures, oldest first: every minute of the last four hours, and
/// every two seconds of the last ten minutes. Forgotten when the service restarts.
#[utoipa::path(get, path = "/v1/printers/{printer}/temperatures", tag = "printers",
    params(("printer" = String, Path), TemperaturesWanted),
    responses((status = 200, body = TemperaturesShown)))]
pub async fn course(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
    Query(wanted): Query<TemperaturesWanted>,
) -> Result<Json<TemperaturesShown>, Failure> {
    let known = service.store.printers(caller.org()).get(printer).await;
    known.map_err(Thing::Printer.missing())?;
    let since = wanted.since.map(|since| since.0);
    Ok(Json(temperatures(service.history.of(printer, since))))
}
