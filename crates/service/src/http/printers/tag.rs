//! `PUT /v1/printers/{printer}/tags`.

use super::shown;
use crate::http::door::Caller;
use crate::http::dto::printer::{PrinterShown, TagsSaid};
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::PrinterId;
use fluxprint_http::{Json as Body, names};
use std::sync::Arc;

/// The caller says what the printer is kept for: a job may ask for printers with some tags.
#[utoipa::path(put, path = "/v1/printers/{printer}/tags", tag = "printers",
    params(("printer" = String, Path)), request_body = TagsSaid,
    responses((status = 200, body = PrinterShown)))]
pub async fn tag(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
    Body(said): Body<TagsSaid>,
) -> Result<Json<PrinterShown>, Failure> {
    let tags = names::tags(&said.tags)?;
    let printers = service.store.printers(caller.org());
    let set = printers.set_tags(printer, &tags, caller.who(), service.clock.now());
    set.await.map_err(Thing::Printer.missing())?;
    service.changed();
    Ok(Json(shown(&service, &caller, printer).await?))
}
