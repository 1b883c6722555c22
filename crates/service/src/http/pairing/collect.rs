//! `POST /v1/pairing/tokens`.

use crate::http::dto::bridge::Paired;
use crate::http::dto::pairing::{PairingWaits, TokenWanted};
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, RequestExt};
use fluxprint_http::Json as Body;
use fluxprint_store::service::bridge::pairing::Polled;
use fluxprint_tokens::{bearer, device};
use std::sync::Arc;

/// Gives a bridge its token, once, when a person has confirmed it; until then it says how long to
/// wait.
#[utoipa::path(post, path = "/v1/pairing/tokens", tag = "bridges", request_body = TokenWanted,
    responses((status = 201, body = Paired), (status = 202, body = PairingWaits)), security(()))]
pub async fn collect(
    State(service): State<Arc<Service>>,
    mut request: Request,
) -> Result<Response, Failure> {
    let parts = request.extract_parts::<axum::http::request::Parts>().await;
    let Ok(parts) = parts;
    let Body(wanted) = Body::<TokenWanted>::from_request(request, &()).await?;
    let polled = match known(&service, &wanted).await {
        Err(Failure::NotThere(thing)) => {
            let (now, proxies) = (service.clock.monotonic(), &service.settings.trusted_proxies);
            service.gate.strangers.tries(&parts, proxies, now)?;
            Err(Failure::NotThere(thing))
        }
        known => known,
    };
    let (polled, token) = polled?;
    let waits = |state, interval_s| {
        let waits = PairingWaits { state, interval_s };
        Ok((StatusCode::ACCEPTED, Json(waits)).into_response())
    };
    match polled {
        Polled::Waiting { interval_s } => waits("waiting", interval_s),
        Polled::TooSoon { interval_s } => waits("slow_down", interval_s),
        Polled::Refused => Err(Failure::PairingRefused),
        Polled::Paired(bridge) => {
            // Whoever was connected as this bridge held a token that is worth nothing now.
            service.hub.close(bridge.id);
            service.changed();
            let paired = Paired {
                bridge: bridge.id,
                token: token.text().to_owned(),
            };
            Ok((StatusCode::CREATED, Json(paired)).into_response())
        }
    }
}

/// How the pairing stands of whoever holds both the code and the key.
async fn known(
    service: &Service,
    wanted: &TokenWanted,
) -> Result<(Polled, bearer::Bearer), Failure> {
    let missing = Thing::UserCode.missing();
    if !bearer::Bearer::has_shape(bearer::DEVICE, &wanted.device_code) {
        return Err(Failure::NotThere(Thing::UserCode));
    }
    let (clock, code) = (service.clock.as_ref(), bearer::hash(&wanted.device_code));
    let key = service.store.pairing_key(code).await.map_err(&missing)?;
    let text = fluxprint_link::proof::pairing(&wanted.device_code);
    if !device::has_signed(&key, &text, &wanted.proof) {
        return Err(Failure::NotThere(Thing::UserCode));
    }
    let token = bearer::Bearer::mint(bearer::BRIDGE, clock);
    let hash = bearer::hash(token.text());
    let polled = service.store.poll_pairing(code, hash, clock.now()).await;
    Ok((polled.map_err(missing)?, token))
}
