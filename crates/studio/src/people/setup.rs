//! `/api/setup`: the first owner, by a one-time link.

use super::browser::{Browser, Ticket};
use super::email::email;
use super::link::{self, Wish, open, spent};
use super::me::Me;
use super::passwords;
use super::welcome::welcome;
use crate::http::Failure;
use crate::limits::SETUP_LINK_S;
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fluxprint_domain::id::{OrganisationId, PersonId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_http::{Json as Body, Problem, names};
use fluxprint_store::StoreError;
use fluxprint_store::studio::link::{Link, Purpose};
use fluxprint_store::studio::person::NewPerson;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Whether the studio waits for its first owner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Setup {
    open: bool,
}

/// Whether the studio waits for its first owner.
#[utoipa::path(get, path = "/api/setup", tag = "people", responses((status = 200, body = Setup)),
    security(()))]
pub(crate) async fn show(State(studio): State<Arc<Studio>>) -> Result<Json<Setup>, Failure> {
    let open = !studio.store.people().any().await?;
    Ok(Json(Setup { open }))
}

/// Somebody new, who holds a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Newcomer {
    secret: String,
    name: String,
    email: String,
    password: String,
}

/// Makes the first owner, who is signed in then.
#[utoipa::path(post, path = "/api/setup", tag = "people", request_body = Newcomer,
    responses((status = 201, body = Me)), security(()))]
pub(crate) async fn begin(
    State(studio): State<Arc<Studio>>,
    browser: Browser,
    Body(new): Body<Newcomer>,
) -> Result<Response, Failure> {
    let link = open(&studio, &new.secret, &[Purpose::Setup]).await?;
    let address = email(&new.email)?;
    enter(&studio, &browser, &link, &new.name, &address, &new.password).await
}

/// Lets somebody new in by a link.
pub(crate) async fn enter(
    studio: &Studio,
    browser: &Browser,
    link: &Link,
    name: &str,
    email: &str,
    password: &str,
) -> Result<Response, Failure> {
    let name = names::name(name, "name")?;
    passwords::check(password, email, name)?;
    let clock = studio.clock.as_ref();
    let new = NewPerson {
        id: PersonId::fresh(clock),
        email,
        name,
        password_hash: &studio.gate.hashing.hash(password, clock).await?,
    };
    let (drafts, ticket) = (ProjectId::fresh(clock), Ticket::new(browser, studio));
    let (links, session) = (studio.store.links(link.org), ticket.session());
    let entered = links.enter(link, &new, drafts, &session, clock.now());
    entered.await.map_err(|error| match error {
        StoreError::Conflict(_) => email_taken(),
        other => spent(other),
    })?;
    welcome(studio, browser, ticket, link.org).await
}

/// Somebody has this e-mail address already.
pub(crate) fn email_taken() -> Failure {
    Problem::new(
        StatusCode::CONFLICT,
        "EMAIL_TAKEN",
        "There is an account with this e-mail address already.",
        "Sign in with it, or use another address.",
    )
    .into()
}

/// A link to the first owner, for whoever starts the studio; `None` when there is somebody already.
///
/// # Errors
/// Those of the database.
pub async fn first_link(
    studio: &Studio,
    org: OrganisationId,
) -> Result<Option<String>, StoreError> {
    if studio.store.people().any().await? {
        return Ok(None);
    }
    let wish = Wish {
        purpose: Purpose::Setup,
        role: Some(Role::Owner),
        project: None,
        person: None,
        email: None,
        lives_s: SETUP_LINK_S,
    };
    let (_, made) = link::make(studio, org, wish, "start").await?;
    Ok(Some(made.link))
}
