//! `POST /v1/bridges`.

use crate::http::door::Caller;
use crate::http::dto::Moment;
use crate::http::dto::bridge::{BridgeCode, NewBridgeSaid};
use crate::http::failure::Failure;
use crate::limits::PAIRING_CODE_S;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::BridgeId;
use fluxprint_http::Json as Body;
use fluxprint_http::names;
use fluxprint_store::service::bridge::NewBridge;
use fluxprint_tokens::{PairingCode, bearer};
use std::sync::Arc;

/// Adds a bridge and shows the code it is paired with, once.
#[utoipa::path(post, path = "/v1/bridges", tag = "bridges", request_body = NewBridgeSaid,
    responses((status = 201, body = BridgeCode)))]
pub async fn create(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Body(said): Body<NewBridgeSaid>,
) -> Result<(StatusCode, Json<BridgeCode>), Failure> {
    let clock = service.clock.as_ref();
    let (code, now) = (PairingCode::mint(clock), clock.now());
    let new = NewBridge {
        id: BridgeId::fresh(clock),
        name: names::name(&said.name, "name")?,
        code_sha256: bearer::hash(code.digits()),
        code_expires_at: now.plus_s(PAIRING_CODE_S),
    };
    service
        .store
        .bridges(caller.org())
        .create_with_code(&new, caller.who(), now)
        .await?;
    let shown = BridgeCode {
        id: new.id,
        code: code.shown(),
        expires_at: Moment(new.code_expires_at),
    };
    Ok((StatusCode::CREATED, Json(shown)))
}
