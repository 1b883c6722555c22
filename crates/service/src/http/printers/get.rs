//! `GET /v1/printers/{printer}`.

use super::shown;
use crate::http::door::Caller;
use crate::http::dto::printer::PrinterShown;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::PrinterId;
use std::sync::Arc;

/// One printer.
#[utoipa::path(get, path = "/v1/printers/{printer}", tag = "printers",
    params(("printer" = String, Path)), responses((status = 200, body = PrinterShown)))]
pub async fn get(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
) -> Result<Json<PrinterShown>, Failure> {
    Ok(Json(shown(&service, &caller, printer).await?))
}
