//! `GET /v1/printers`.

use super::with;
use crate::http::door::Caller;
use crate::http::dto::printer::PrinterShown;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use std::collections::HashMap;
use std::sync::Arc;

/// The printers of the organisation, by name.
#[utoipa::path(get, path = "/v1/printers", tag = "printers",
    responses((status = 200, body = Vec<PrinterShown>)))]
pub async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
) -> Result<Json<Vec<PrinterShown>>, Failure> {
    Ok(Json(all(&service, &caller).await?))
}

/// The printers as this caller may see them.
pub async fn all(service: &Service, caller: &Caller) -> Result<Vec<PrinterShown>, Failure> {
    let printers = service.store.printers(caller.org()).list().await?;
    let held = service.store.attempts(caller.org()).held().await?;
    let mut held: HashMap<_, _> = held.into_iter().map(|held| (held.printer, held)).collect();
    let shown = printers.into_iter().map(|printer| {
        let held = held.remove(&printer.id);
        with(service, caller.org(), printer, held).for_caller(caller)
    });
    Ok(shown.collect())
}
