//! `GET /v1/printers/{printer}/camera/snapshot`.

use super::look;
use crate::camera::Look;
use crate::http::door::Caller;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use fluxprint_domain::id::PrinterId;
use std::sync::Arc;

/// One picture, as the camera sees it now.
#[utoipa::path(get, path = "/v1/printers/{printer}/camera/snapshot", tag = "printers",
    params(("printer" = String, Path)),
    responses((status = 200, body = String, content_type = "image/jpeg")))]
pub async fn snapshot(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
) -> Result<Response, Failure> {
    let mut viewer = look(&service, &caller, printer, 0).await?;
    match viewer.first().await {
        Look::Picture(shot) => {
            let jpeg = [(CONTENT_TYPE, "image/jpeg")];
            Ok((jpeg, shot.jpeg.clone()).into_response())
        }
        Look::Trouble(trouble) => Err(Failure::Camera(trouble)),
        Look::Gone => Err(Failure::NoCamera),
    }
}
