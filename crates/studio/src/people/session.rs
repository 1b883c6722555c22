//! `/api/session` and `/api/sessions`: signing in and out, and what else is open.

use super::browser::{Browser, Ticket};
use super::email::email;
use super::link::{open, spent};
use super::me::{Me, me};
use super::proof::prove;
use super::welcome::{end, welcome};
use crate::http::cookie::SESSION;
use crate::http::door::{Caller, too_old};
use crate::http::shown::Moment;
use crate::http::{Failure, Named, Thing};
use crate::studio::Studio;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use fluxprint_domain::id::{OrganisationId, SignInId};
use fluxprint_http::{Fault, Json as Body};
use fluxprint_store::studio::link::Purpose;
use fluxprint_store::studio::session::Session;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Who is signed in, if anybody is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Seat {
    /// What `GET /api/me` tells; null when nobody is signed in.
    me: Option<Me>,
}

/// Says who is signed in. Nobody is an answer too: the first question of a page never fails.
#[utoipa::path(get, path = "/api/session", tag = "people",
    responses((status = 200, body = Seat)), security(()))]
pub(crate) async fn look(
    State(studio): State<Arc<Studio>>,
    browser: Browser,
) -> Result<Json<Seat>, Failure> {
    let Some(secret) = browser.session else {
        return Ok(Json(Seat { me: None }));
    };
    let me = match Caller::by_secret(&studio, secret, None).await {
        Ok(caller) => Some(me(&studio, &caller).await?),
        // Whoever was taken out of their last organisation is nobody here.
        Err(Failure::NotSignedIn | Failure::NoOrganisation) => None,
        Err(failure) => return Err(failure),
    };
    Ok(Json(Seat { me }))
}

/// Either an e-mail address and its password, or the secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    email: Option<String>,
    password: Option<String>,
    /// The secret of a link that signs in.
    link: Option<String>,
}

/// Signs in.
#[utoipa::path(post, path = "/api/session", tag = "people", request_body = SignIn,
    responses((status = 201, body = Me)), security(()))]
pub(crate) async fn begin(
    State(studio): State<Arc<Studio>>,
    browser: Browser,
    Body(wanted): Body<SignIn>,
) -> Result<Response, Failure> {
    match (wanted.email, wanted.password, wanted.link) {
        (Some(address), Some(password), None) => {
            by_password(&studio, &browser, &address, &password).await
        }
        (None, None, Some(secret)) => by_link(&studio, &browser, &secret).await,
        _ => Err(Fault::BadField {
            field: "email",
            rule: "Send an e-mail address and its password, or the secret of a link.",
        }
        .into()),
    }
}

async fn by_password(
    studio: &Studio,
    browser: &Browser,
    address: &str,
    password: &str,
) -> Result<Response, Failure> {
    let person = prove(studio, browser, &email(address)?, password).await?;
    let memberships = studio.store.people().memberships(person.id).await?;
    let first = memberships.first().ok_or(Failure::NoOrganisation)?;
    let ticket = Ticket::new(browser, studio);
    let sessions = studio.store.sessions();
    let now = studio.clock.now();
    sessions
        .begin(first.org, person.id, &ticket.session(), now)
        .await?;
    welcome(studio, browser, ticket, first.org).await
}

async fn by_link(studio: &Studio, browser: &Browser, secret: &str) -> Result<Response, Failure> {
    let link = open(studio, secret, &[Purpose::SignIn]).await?;
    let ticket = Ticket::new(browser, studio);
    let links = studio.store.links(link.org);
    let (session, now) = (ticket.session(), studio.clock.now());
    links.sign_in(&link, &session, now).await.map_err(spent)?;
    welcome(studio, browser, ticket, link.org).await
}

/// Signs out.
#[utoipa::path(delete, path = "/api/session", tag = "people", responses((status = 204)))]
pub(crate) async fn sign_out(
    State(studio): State<Arc<Studio>>,
    Extension(session): Extension<Session>,
) -> Result<Response, Failure> {
    let org = session.org.ok_or(Failure::NoOrganisation)?;
    end(&studio, org, session.person, session.id).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([SESSION.clear()])).into_response())
}

/// Which organisation to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    #[schema(value_type = String)]
    organisation: OrganisationId,
}

/// Looks at another organisation from now on.
#[utoipa::path(put, path = "/api/session/organisation", tag = "people", request_body = Turn,
    responses((status = 200, body = Me)))]
pub(crate) async fn turn(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Body(wanted): Body<Turn>,
) -> Result<Json<Me>, Failure> {
    let there = caller.at(&studio, wanted.organisation).await?;
    let sessions = studio.store.sessions();
    let turned = sessions.turn_to(caller.session, there.org).await;
    turned.map_err(Thing::Session.missing())?;
    Ok(Json(me(&studio, &there).await?))
}

/// A browser in which one is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionShown {
    #[schema(value_type = String)]
    id: SignInId,
    /// The browser, in words.
    device: String,
    created_at: Moment,
    seen_at: Moment,
    /// Whether it is the one that asks.
    current: bool,
}

/// Where one is signed in, the one used last first.
#[utoipa::path(get, path = "/api/sessions", tag = "people",
    responses((status = 200, body = Vec<SessionShown>)))]
pub(crate) async fn list(
    State(studio): State<Arc<Studio>>,
    Extension(session): Extension<Session>,
) -> Result<Json<Vec<SessionShown>>, Failure> {
    let sessions = studio.store.sessions();
    let seats = sessions
        .list(session.person, too_old(studio.clock.now()))
        .await?;
    let shown = seats.into_iter().map(|seat| SessionShown {
        current: seat.id == session.id,
        id: seat.id,
        device: seat.device,
        created_at: Moment(seat.created_at),
        seen_at: Moment(seat.seen_at),
    });
    Ok(Json(shown.collect()))
}

/// Signs out somewhere else.
#[utoipa::path(delete, path = "/api/sessions/{session}", tag = "people",
    params(("session" = String, Path)), responses((status = 204)))]
pub(crate) async fn revoke(
    State(studio): State<Arc<Studio>>,
    Extension(session): Extension<Session>,
    Named(other): Named<SignInId>,
) -> Result<StatusCode, Failure> {
    let org = session.org.ok_or(Failure::NoOrganisation)?;
    end(&studio, org, session.person, other).await?;
    Ok(StatusCode::NO_CONTENT)
}
