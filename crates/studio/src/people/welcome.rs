//! Letting somebody in: the session they had ends, the new one's cookie goes out, and they are told
//! who they are.

use super::browser::{Browser, Ticket};
use super::me::me;
use super::proof::remember;
use crate::http::cookie::{BROWSER, SESSION, Secret};
use crate::http::door::{Caller, open_session};
use crate::http::{Failure, Thing};
use crate::studio::Studio;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Response};
use fluxprint_domain::id::{OrganisationId, PersonId, SignInId};

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
    let before = match open_session(studio, secret).await {
        Ok(before) => before,
        Err(Failure::NotSignedIn) => return Ok(()),
        Err(failure) => return Err(failure),
    };
    let Some(org) = before.org else {
        return Ok(());
    };
    match end(studio, org, before.person, before.id).await {
        // It has ended meanwhile.
        Err(Failure::NotThere(_)) => Ok(()),
        ended => ended,
    }
}

/// Ends a session of a person's, and its sockets; `org` keeps the record.
pub(crate) async fn end(
    studio: &Studio,
    org: OrganisationId,
    person: PersonId,
    session: SignInId,
) -> Result<(), Failure> {
    let sessions = studio.store.sessions();
    let ended = sessions.end(org, person, session, studio.clock.now()).await;
    ended.map_err(Thing::Session.missing())?;
    studio.changes.session_ended(session);
    Ok(())
}
