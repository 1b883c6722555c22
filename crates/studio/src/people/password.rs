//! A new password: by whoever knows the old one, or by a link.

use super::browser::{Browser, Ticket};
use super::link::{open, spent};
use super::me::Me;
use super::passwords;
use super::proof::prove;
use super::welcome::welcome;
use crate::http::cookie::{SESSION, Secret};
use crate::http::door::Caller;
use crate::http::{Failure, Thing};
use crate::studio::Studio;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Response};
use fluxprint_domain::id::SignInId;
use fluxprint_http::Json as Body;
use fluxprint_store::studio::link::Purpose;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Passwords {
    current: String,
    new: String,
}

/// Changes one's password. Every other session ends, and this one gets another cookie: read `Me`
/// again for the token of changes.
#[utoipa::path(put, path = "/api/me/password", tag = "people", request_body = Passwords,
    responses((status = 204)))]
pub(crate) async fn change(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    browser: Browser,
    Body(wanted): Body<Passwords>,
) -> Result<Response, Failure> {
    passwords::check(&wanted.new, &caller.email, &caller.name)?;
    prove(&studio, &browser, &caller.email, &wanted.current).await?;
    let clock = studio.clock.as_ref();
    let hash = studio.gate.hashing.hash(&wanted.new, clock).await?;
    let secret = Secret::mint(clock);
    let kept = (caller.session, secret.hash());
    let people = studio.store.people();
    let ended = people.set_password(caller.org, caller.person, &hash, kept, clock.now());
    tell(&studio, &ended.await.map_err(Thing::Session.missing())?);
    let cookies = AppendHeaders([SESSION.set(&secret)]);
    Ok((StatusCode::NO_CONTENT, cookies).into_response())
}

/// The secret of a link, and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reset {
    secret: String,
    password: String,
}

/// Chooses a new password by a link, and signs in. Every other session ends.
#[utoipa::path(post, path = "/api/password-resets", tag = "people", request_body = Reset,
    responses((status = 201, body = Me)), security(()))]
pub(crate) async fn reset(
    State(studio): State<Arc<Studio>>,
    browser: Browser,
    Body(wanted): Body<Reset>,
) -> Result<Response, Failure> {
    let link = open(&studio, &wanted.secret, &[Purpose::Reset]).await?;
    let person = link.person.ok_or(Failure::Broken)?;
    let person = studio.store.people().get(person).await?;
    passwords::check(&wanted.password, &person.email, &person.name)?;
    let clock = studio.clock.as_ref();
    let hash = studio.gate.hashing.hash(&wanted.password, clock).await?;
    let ticket = Ticket::new(&browser, &studio);
    let links = studio.store.links(link.org);
    let session = ticket.session();
    let ended = links.reset(&link, &hash, &session, clock.now());
    tell(&studio, &ended.await.map_err(spent)?);
    welcome(&studio, &browser, ticket, link.org).await
}

fn tell(studio: &Studio, ended: &[SignInId]) {
    for session in ended {
        studio.changes.session_ended(*session);
    }
}
