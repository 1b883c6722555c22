//! One-time links: how they are made, and what is told to whoever opens one.

use crate::http::Failure;
use crate::http::shown::{Moment, RoleWord};
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::{LinkId, OrganisationId, PersonId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_http::{Json as Body, Problem};
use fluxprint_store::StoreError;
use fluxprint_store::studio::link::{Link, NewLink, Purpose};
use fluxprint_tokens::bearer::{self, Bearer};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The prefix of a link's secret.
const PREFIX: &str = "fxl";

/// A link that was just made: its secret is shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkMade {
    /// The address to open. What is behind the `#` stays in the browser.
    pub link: String,
    pub expires_at: Moment,
}

/// What a link shall do.
pub(crate) struct Wish<'a> {
    pub purpose: Purpose,
    pub role: Option<Role>,
    pub project: Option<(ProjectId, Role)>,
    pub person: Option<PersonId>,
    pub email: Option<&'a str>,
    pub lives_s: i64,
}

/// Makes a link of an organisation.
pub(crate) async fn make(
    studio: &Studio,
    org: OrganisationId,
    wish: Wish<'_>,
    who: &str,
) -> Result<(LinkId, LinkMade), StoreError> {
    let (clock, now) = (studio.clock.as_ref(), studio.clock.now());
    let secret = Bearer::mint(PREFIX, clock);
    let new = NewLink {
        id: LinkId::fresh(clock),
        secret_sha256: bearer::hash(secret.text()),
        purpose: wish.purpose,
        role: wish.role,
        project: wish.project,
        person: wish.person,
        email: wish.email,
        expires_at: now.plus_s(wish.lives_s),
    };
    studio.store.links(org).create(&new, who, now).await?;
    let mut address = studio.settings.public_url.clone();
    address.set_path("/link");
    address.set_fragment(Some(secret.text()));
    let made = LinkMade {
        link: address.to_string(),
        expires_at: Moment(new.expires_at),
    };
    Ok((new.id, made))
}

/// The link of this secret, if it can still be spent for one of `purposes`.
///
/// # Errors
/// 410 `LINK_SPENT`.
pub(crate) async fn open(
    studio: &Studio,
    secret: &str,
    purposes: &[Purpose],
) -> Result<Link, Failure> {
    if !Bearer::has_shape(PREFIX, secret) {
        return Err(gone());
    }
    let now = studio.clock.now();
    let found = studio
        .store
        .link_by_secret(bearer::hash(secret), now)
        .await?;
    found
        .filter(|link| purposes.contains(&link.purpose))
        .ok_or_else(gone)
}

/// Somebody was faster.
pub(crate) fn spent(error: StoreError) -> Failure {
    match error {
        StoreError::Stale | StoreError::NotFound => gone(),
        other => other.into(),
    }
}

fn gone() -> Failure {
    Problem::new(
        StatusCode::GONE,
        "LINK_SPENT",
        "This link was used before, or is too old.",
        "Ask whoever sent it for a new one.",
    )
    .into()
}

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secret {
    secret: String,
}

/// What a link is for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Link)]
pub(crate) struct LinkShown {
    /// `setup`, `invitation`, `sign_in` or `reset`.
    #[schema(value_type = String)]
    purpose: &'static str,
    organisation: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<ProjectPlace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleWord>,
    /// For which e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The name of the person it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    expires_at: Moment,
}

/// The organisation of a link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LinkOrganisation)]
struct Place {
    #[schema(value_type = String)]
    id: OrganisationId,
    name: String,
}

/// The project of a link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LinkProject)]
pub(crate) struct ProjectPlace {
    #[schema(value_type = String)]
    pub id: ProjectId,
    pub name: String,
}

/// Says what a link is for, and does not spend it.
#[utoipa::path(post, path = "/api/links", tag = "people", request_body = Secret,
    responses((status = 200, body = LinkShown)), security(()))]
pub(crate) async fn look(
    State(studio): State<Arc<Studio>>,
    Body(Secret { secret }): Body<Secret>,
) -> Result<Json<LinkShown>, Failure> {
    let link = open(&studio, &secret, &Purpose::ALL).await?;
    let organisation = studio.store.particulars(link.org).await?;
    let person = match link.person {
        Some(person) => Some(studio.store.people().get(person).await?),
        None => None,
    };
    let project = project_of(&studio, link.org, link.project).await?;
    Ok(Json(LinkShown {
        purpose: link.purpose.word(),
        organisation: Place {
            id: link.org,
            name: organisation.name,
        },
        project,
        role: link.role.map(RoleWord),
        email: link.email.or(person.as_ref().map(|p| p.email.clone())),
        name: person.map(|person| person.name),
        expires_at: Moment(link.expires_at),
    }))
}

/// The project of a link; `None` when it was deleted meanwhile.
pub(crate) async fn project_of(
    studio: &Studio,
    org: OrganisationId,
    project: Option<(ProjectId, Role)>,
) -> Result<Option<ProjectPlace>, Failure> {
    let Some((id, _)) = project else {
        return Ok(None);
    };
    match studio.store.projects(org).get(id).await {
        Ok(project) => Ok(Some(ProjectPlace {
            id,
            name: project.name,
        })),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
