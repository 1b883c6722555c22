//! `POST /api/invitations/acceptance`: somebody who was invited comes in.

use super::browser::{Browser, Ticket};
use super::email::email;
use super::link::{open, spent};
use super::me::{Me, me};
use super::proof::prove;
use super::setup::enter;
use super::welcome::welcome;
use crate::http::Failure;
use crate::http::door::{Caller, open_session};
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fluxprint_domain::id::{PersonId, ProjectId};
use fluxprint_http::{Fault, Json as Body, Problem};
use fluxprint_store::studio::link::{Link, Purpose};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The secret alone from somebody who is signed in; with e-mail address and password from somebody
/// who has an account; with a name too from somebody new.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    secret: String,
    name: Option<String>,
    email: Option<String>,
    password: Option<String>,
}

/// Joins by an invitation.
#[utoipa::path(post, path = "/api/invitations/acceptance", tag = "people",
    request_body = Acceptance, responses((status = 201, body = Me)), security(()))]
pub(crate) async fn accept(
    State(studio): State<Arc<Studio>>,
    browser: Browser,
    Body(said): Body<Acceptance>,
) -> Result<Response, Failure> {
    let link = open(&studio, &said.secret, &[Purpose::Invitation]).await?;
    let (address, password) = match (said.email, said.password) {
        (Some(address), Some(password)) => (email(&address)?, password),
        (None, None) => return as_oneself(&studio, &browser, &link).await,
        _ => return Err(both()),
    };
    is_for(&link, &address)?;
    if studio.store.people().by_email(&address).await?.is_some() {
        let person = prove(&studio, &browser, &address, &password).await?;
        return as_known(&studio, &browser, &link, person.id).await;
    }
    let name = said.name.unwrap_or_default();
    enter(&studio, &browser, &link, &name, &address, &password).await
}

/// Whoever is signed in joins, and looks at the new organisation from now on.
async fn as_oneself(studio: &Studio, browser: &Browser, link: &Link) -> Result<Response, Failure> {
    let secret = browser.session.clone().ok_or_else(both)?;
    let session = open_session(studio, &secret).await?;
    is_for(link, &session.email)?;
    let (drafts, now) = (ProjectId::fresh(studio.clock.as_ref()), studio.clock.now());
    let links = studio.store.links(link.org);
    let joined = links.join(link, session.person, drafts, None, now).await;
    joined.map_err(spent)?;
    studio.changes.membership_changed(link.org, session.person);
    let sessions = studio.store.sessions();
    sessions.turn_to(session.id, link.org).await?;
    let caller = Caller::by_secret(studio, secret, Some(link.org)).await?;
    Ok((StatusCode::CREATED, Json(me(studio, &caller).await?)).into_response())
}

async fn as_known(
    studio: &Studio,
    browser: &Browser,
    link: &Link,
    person: PersonId,
) -> Result<Response, Failure> {
    let ticket = Ticket::new(browser, studio);
    let (drafts, now) = (ProjectId::fresh(studio.clock.as_ref()), studio.clock.now());
    let (links, session) = (studio.store.links(link.org), ticket.session());
    let joined = links.join(link, person, drafts, Some(&session), now).await;
    joined.map_err(spent)?;
    studio.changes.membership_changed(link.org, person);
    welcome(studio, browser, ticket, link.org).await
}

fn is_for(link: &Link, email: &str) -> Result<(), Failure> {
    if link.email.as_deref().is_none_or(|wanted| wanted == email) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::CONFLICT,
        "INVITATION_FOR_ANOTHER",
        "This invitation was made for another e-mail address.",
        "Use the address that it names, or ask for an invitation of your own.",
    )
    .into())
}

fn both() -> Failure {
    Fault::BadField {
        field: "email",
        rule: "Send an e-mail address and a password, or sign in first.",
    }
    .into()
}
