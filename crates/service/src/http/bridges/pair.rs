//! `POST /v1/pairing`: the one call that needs no token. The code is the proof.

use crate::http::dto::bridge::{Paired, Pairing};
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::{Json, RequestExt};
use fluxprint_http::Json as Body;
use fluxprint_http::names;
use fluxprint_tokens::{PairingCode, bearer};
use serde_json::json;
use std::sync::Arc;

/// Trades a pairing code for a bridge's token, once.
#[utoipa::path(post, path = "/v1/pairing", tag = "bridges", request_body = Pairing,
    responses((status = 201, body = Paired)), security(()))]
pub async fn pair(
    State(service): State<Arc<Service>>,
    mut request: Request,
) -> Result<(StatusCode, Json<Paired>), Failure> {
    let parts = request.extract_parts::<axum::http::request::Parts>().await;
    let Ok(parts) = parts;
    let (clock, proxies) = (service.clock.as_ref(), &service.settings.trusted_proxies);
    let address = service
        .gate
        .strangers
        .tries(&parts, proxies, clock.monotonic())?;
    let Body(said) = Body::<Pairing>::from_request(request, &()).await?;
    let name = said
        .name
        .as_deref()
        .map(|name| names::name(name, "name"))
        .transpose()?;
    let code = PairingCode::read(&said.code).ok_or(Failure::NotThere(Thing::Code))?;
    let token = bearer::Bearer::mint(bearer::BRIDGE, clock);
    let (code, hash) = (bearer::hash(code.digits()), bearer::hash(token.text()));
    let paired = service
        .store
        .redeem_bridge_code(code, (hash, said.key), clock.now())
        .await;
    let bridge = paired.map_err(Thing::Code.missing())?;
    service.gate.strangers.was_right(address);
    if let Some(name) = name {
        let audit = service.store.audit(bridge.org);
        let (who, object) = (format!("bridge:{}", bridge.id), bridge.id.to_string());
        let facts = json!({ "calls_itself": name });
        audit
            .note(
                clock.now(),
                &who,
                "bridge introduced itself",
                &object,
                &facts,
            )
            .await?;
    }
    let paired = Paired {
        bridge: bridge.id,
        token: token.text().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(paired)))
}
