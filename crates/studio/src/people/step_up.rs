//! `PUT /api/session/step-up`: a person shows the password again, in the midst of a session (S-17).
//!
//! What cannot easily be taken back (who may do what, keys that open something) asks for it when the
//! password was shown too long ago. The studio refuses before it passes anything on: sessions and
//! passwords are here, so the service need not know of them.

use super::browser::Browser;
use super::proof::prove;
use crate::http::door::Caller;
use crate::http::{Failure, Thing};
use crate::studio::Studio;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_http::Json as Body;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// One's password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepUp {
    password: String,
}

/// Shows the password again: for five minutes this session may do what asks for it.
#[utoipa::path(put, path = "/api/session/step-up", tag = "people", request_body = StepUp,
    responses((status = 204)))]
pub(crate) async fn step_up(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    browser: Browser,
    Body(shown): Body<StepUp>,
) -> Result<StatusCode, Failure> {
    prove(&studio, &browser, &caller.email, &shown.password).await?;
    let sessions = studio.store.sessions();
    let proved = sessions.prove(caller.session, studio.clock.now()).await;
    proved.map_err(Thing::Session.missing())?;
    Ok(StatusCode::NO_CONTENT)
}
