//! `PUT /v1/printers/{printer}/loaded`.

use super::shown;
use crate::http::door::Caller;
use crate::http::dto::printer::{LoadedSaid, PrinterShown};
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::PrinterId;
use fluxprint_domain::printer::Loaded;
use fluxprint_http::Json as Body;
use std::sync::Arc;

/// The caller says which filament is in the printer.
#[utoipa::path(put, path = "/v1/printers/{printer}/loaded", tag = "printers",
    params(("printer" = String, Path)), request_body = LoadedSaid,
    responses((status = 200, body = PrinterShown)))]
pub async fn load(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
    Body(said): Body<LoadedSaid>,
) -> Result<Json<PrinterShown>, Failure> {
    let loaded = said.material.map(|material| Loaded {
        material: material.0,
        colour: said.colour.map(|colour| colour.0),
    });
    let printers = service.store.printers(caller.org());
    let set = printers
        .set_loaded(printer, loaded, caller.who(), service.clock.now())
        .await;
    set.map_err(Thing::Printer.missing())?;
    service.changed();
    Ok(Json(shown(&service, &caller, printer).await?))
}
