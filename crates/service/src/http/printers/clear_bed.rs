//! `PUT /v1/printers/{printer}/bed-clearance`.

use super::shown;
use crate::http::door::Caller;
use crate::http::dto::printer::{BedClearance, PrinterShown};
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::bed::Witness;
use fluxprint_domain::id::{BedTokenId, PrinterId};
use fluxprint_http::MaybeJson;
use fluxprint_http::names;
use std::sync::Arc;

/// The caller has looked: the bed is clear. One print may start on it.
#[utoipa::path(put, path = "/v1/printers/{printer}/bed-clearance", tag = "printers",
    params(("printer" = String, Path)), request_body = Option<BedClearance>,
    responses((status = 200, body = PrinterShown)))]
pub async fn clear_bed(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
    MaybeJson(said): MaybeJson<BedClearance>,
) -> Result<Json<PrinterShown>, Failure> {
    let rule = said.and_then(|said| said.rule);
    let witness = match &rule {
        Some(rule) => Witness::Rule(names::name(rule, "rule")?.to_owned()),
        None => Witness::Person,
    };
    let token = BedTokenId::fresh(service.clock.as_ref());
    let now = service.clock.now();
    let beds = service.store.beds(caller.org());
    let given = beds
        .clear(printer, token, &witness, caller.who(), now)
        .await;
    given.map_err(Thing::Printer.missing())?;
    service.changed();
    Ok(Json(shown(&service, &caller, printer).await?))
}
