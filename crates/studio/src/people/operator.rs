//! `/api/operator`: what the command line asks of a running studio.

use super::email::email;
use super::link::{self, LinkMade, Wish};
use super::passwords;
use super::setup::email_taken;
use crate::http::door::{OPERATOR, Operator};
use crate::http::shown::RoleWord;
use crate::http::{Failure, Thing};
use crate::limits::{INVITATION_S, RESET_LINK_S, SETUP_LINK_S, SIGN_IN_LINK_S};
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::{OrganisationId, PersonId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_http::{Fault, Json as Body, names};
use fluxprint_store::StoreError;
use fluxprint_store::studio::link::Purpose;
use fluxprint_store::studio::person::NewPerson;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A link to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkWanted {
    /// `setup`, `invitation`, `sign_in` or `reset`.
    purpose: String,
    /// For whom: needed for `sign_in` and `reset`.
    email: Option<String>,
    /// In which role a guest joins: editor, unless it says another.
    role: Option<RoleWord>,
    /// Where: the token's organisation, unless it says another.
    #[schema(value_type = Option<String>)]
    organisation: Option<OrganisationId>,
}

/// Makes a one-time link.
#[utoipa::path(post, path = "/api/operator/links", tag = "operator", request_body = LinkWanted,
    responses((status = 201, body = LinkMade)), security(()))]
pub(crate) async fn make_link(
    State(studio): State<Arc<Studio>>,
    operator: Operator,
    Body(wanted): Body<LinkWanted>,
) -> Result<(StatusCode, Json<LinkMade>), Failure> {
    let org = wanted.organisation.unwrap_or(operator.org);
    let purpose = Purpose::from_word(&wanted.purpose).ok_or(Fault::BadField {
        field: "purpose",
        rule: "Write setup, invitation, sign_in or reset.",
    })?;
    let address = wanted.email.as_deref().map(email).transpose()?;
    let (person, role, lives_s) = match purpose {
        Purpose::Setup => (None, Some(Role::Owner), SETUP_LINK_S),
        Purpose::Invitation => {
            let role = wanted.role.map_or(Role::Editor, |role| role.0);
            (None, Some(role), INVITATION_S)
        }
        Purpose::SignIn => (
            Some(found(&studio, address.as_deref()).await?),
            None,
            SIGN_IN_LINK_S,
        ),
        Purpose::Reset => (
            Some(found(&studio, address.as_deref()).await?),
            None,
            RESET_LINK_S,
        ),
    };
    let org = match person {
        Some(person) if wanted.organisation.is_none() => home(&studio, person, org).await?,
        _ => org,
    };
    let wish = Wish {
        purpose,
        role,
        project: None,
        person,
        email: address.as_deref(),
        lives_s,
    };
    let made = link::make(&studio, org, wish, OPERATOR).await;
    let (_, made) = made.map_err(Thing::Organisation.missing())?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn found(studio: &Studio, address: Option<&str>) -> Result<PersonId, Failure> {
    let address = address.ok_or(Fault::BadField {
        field: "email",
        rule: "Write the e-mail address of the person.",
    })?;
    let person = studio.store.people().by_email(address).await?;
    person
        .map(|person| person.id)
        .ok_or(Failure::NotThere(Thing::Person))
}

/// An organisation that the person belongs to: `first` when it is one of them.
async fn home(
    studio: &Studio,
    person: PersonId,
    first: OrganisationId,
) -> Result<OrganisationId, Failure> {
    let places = studio.store.people().memberships(person).await?;
    let fits = places.iter().find(|place| place.org == first);
    fits.or(places.first())
        .map(|place| place.org)
        .ok_or(Failure::NoOrganisation)
}

/// A person to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonWanted {
    name: String,
    email: String,
    role: RoleWord,
    /// Without one the person comes in by a link.
    password: Option<String>,
    /// Where: the token's organisation, unless it says another.
    #[schema(value_type = Option<String>)]
    organisation: Option<OrganisationId>,
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdMade {
    id: String,
}

/// Makes a person who is a member.
#[utoipa::path(post, path = "/api/operator/people", tag = "operator",
    request_body = PersonWanted, responses((status = 201, body = IdMade)), security(()))]
pub(crate) async fn make_person(
    State(studio): State<Arc<Studio>>,
    operator: Operator,
    Body(wanted): Body<PersonWanted>,
) -> Result<(StatusCode, Json<IdMade>), Failure> {
    let (name, address) = (names::name(&wanted.name, "name")?, email(&wanted.email)?);
    let clock = studio.clock.as_ref();
    let hash = match &wanted.password {
        Some(password) => {
            passwords::check(password, &address, name)?;
            studio.gate.hashing.hash(password, clock).await?
        }
        None => String::new(),
    };
    let new = NewPerson {
        id: PersonId::fresh(clock),
        email: &address,
        name,
        password_hash: &hash,
    };
    let org = wanted.organisation.unwrap_or(operator.org);
    let members = studio.store.members(org);
    let drafts = ProjectId::fresh(clock);
    let added = members.add(&new, wanted.role.0, drafts, OPERATOR, clock.now());
    added.await.map_err(|error| match error {
        StoreError::Conflict(_) => email_taken(),
        StoreError::NotFound => Failure::NotThere(Thing::Organisation),
        other => other.into(),
    })?;
    let id = new.id.to_string();
    Ok((StatusCode::CREATED, Json(IdMade { id })))
}

/// An organisation to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganisationWanted {
    name: String,
}

/// Makes an organisation, still without anybody.
#[utoipa::path(post, path = "/api/operator/organisations", tag = "operator",
    request_body = OrganisationWanted, responses((status = 201, body = IdMade)), security(()))]
pub(crate) async fn make_organisation(
    State(studio): State<Arc<Studio>>,
    _: Operator,
    Body(wanted): Body<OrganisationWanted>,
) -> Result<(StatusCode, Json<IdMade>), Failure> {
    let name = names::name(&wanted.name, "name")?;
    let id = OrganisationId::fresh(studio.clock.as_ref());
    let now = studio.clock.now();
    studio
        .store
        .ensure_organisation(id, name, OPERATOR, now)
        .await?;
    let id = id.to_string();
    Ok((StatusCode::CREATED, Json(IdMade { id })))
}
