//! `POST /v1/pairing/codes`.

use crate::http::dto::pairing::{PairingBegun, PairingWanted};
use crate::http::failure::Failure;
use crate::limits::{PAIRING_CODE_S, PAIRING_POLL_S};
use crate::service::Service;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::{Json, RequestExt};
use fluxprint_http::{Json as Body, names};
use fluxprint_store::service::bridge::pairing::NewPairing;
use fluxprint_tokens::{UserCode, bearer};
use std::sync::Arc;

/// Begins the pairing of a bridge. Anybody may; it leads nowhere until a person types the code.
#[utoipa::path(post, path = "/v1/pairing/codes", tag = "bridges", request_body = PairingWanted,
    responses((status = 201, body = PairingBegun)), security(()))]
pub async fn begin(
    State(service): State<Arc<Service>>,
    mut request: Request,
) -> Result<(StatusCode, Json<PairingBegun>), Failure> {
    let parts = request.extract_parts::<axum::http::request::Parts>().await;
    let Ok(parts) = parts;
    let (clock, proxies) = (service.clock.as_ref(), &service.settings.trusted_proxies);
    let strangers = &service.gate.strangers;
    let address = strangers.begins(&parts, proxies, clock.monotonic())?;
    let Body(wanted) = Body::<PairingWanted>::from_request(request, &()).await?;
    let device_code = bearer::Bearer::mint(bearer::DEVICE, clock);
    let user_code = UserCode::mint(clock);
    let address = address.map(|address| address.to_string());
    let now = clock.now();
    let new = NewPairing {
        device_sha256: bearer::hash(device_code.text()),
        user_sha256: bearer::hash(user_code.letters()),
        device_key: wanted.key,
        name: names::name(&wanted.name, "name")?,
        host: names::name(&wanted.host, "host")?,
        address: address.as_deref(),
        expires_at: now.plus_s(PAIRING_CODE_S),
        interval_s: PAIRING_POLL_S,
    };
    service.store.begin_pairing(&new, now).await?;
    let begun = PairingBegun {
        device_code: device_code.text().to_owned(),
        user_code: user_code.shown(),
        page: service.settings.pairing_page.clone(),
        expires_in_s: PAIRING_CODE_S,
        interval_s: PAIRING_POLL_S,
    };
    Ok((StatusCode::CREATED, Json(begun)))
}
