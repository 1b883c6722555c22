//! Letting somebody in: the session they had ends, the new one's cookie goes out, and they are told
//! who they are.

use super::browser::{Browser, Ticket};
use super::me::me;
use super::proof::remember;
use crate::http::Failure;
use crate::http::cookie::{BROWSER, SESSION, Secret};
use crate::http::door::Caller;
use crate::studio::Studio;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Response};
use fluxprint_domain::id::OrganisationId;

/// The answer to whoever has come in: 201, two cookies, `Me`.
pub(crate) async fn welcome(
    studio: &Studio,
    browser: &Browser,
    ticket: Ticket,
    org: OrganisationId,
) -> Result<Response, Failure> {
    if let Some(before) = &browser.session {
        leave(studio, before).await?;
    }
    let caller = Caller::by_secret(studio, ticket.secret.clone(), Some(org)).await?;
    remember(studio, browser, &caller.email).await?;
    let cookies = [SESSION.set(&ticket.secret), BROWSER.set(&browser.secret)];
    let me = Json(me(studio, &caller).await?);
    Ok((StatusCode::CREATED, AppendHeaders(cookies), me).into_response())
}

/// Ends the session that the browser held until now, whosever it was.
async fn leave(studio: &Studio, secret: &Secret) -> Result<(), Failure> {
    let Ok(before) = Caller::by_secret(studio, secret.clone(), None).await else {
        return Ok(());
    };
    end(studio, &before, before.session).await
}

/// Ends a session of the caller's, and its sockets.
pub(crate) async fn end(
    studio: &Studio,
    caller: &Caller,
    session: fluxprint_domain::id::SignInId,
) -> Result<(), Failure> {
    let ended = studio
        .store
        .sessions()
        .end(caller.org, caller.person, session, studio.clock.now())
        .await;
    ended.map_err(crate::http::Thing::Session.missing())?;
    studio.changes.session_ended(session);
    Ok(())
}
