//! `/api/organisations/{organisation}/invitations`.

use super::email::email;
use super::link::{self, ProjectPlace, Wish, project_of};
use crate::http::door::Caller;
use crate::http::shown::{Moment, RoleWord};
use crate::http::{Failure, Named, Thing};
use crate::limits::{INVITATION_S, INVITATIONS_OPEN_MAX};
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::{LinkId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_domain::{Refusal, Timestamp};
use fluxprint_http::{Fault, Json as Body, Problem};
use fluxprint_store::studio::link::{Link, Purpose};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// An invitation that can still be accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(crate) struct InvitationShown {
    #[schema(value_type = String)]
    id: LinkId,
    role: RoleWord,
    /// Only with this e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The project that is opened too.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<ProjectPlace>,
    expires_at: Moment,
    /// The name of whoever made it.
    made_by: String,
}

/// The invitations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invitations {
    invitations: Vec<InvitationShown>,
}

/// The open invitations, newest first.
#[utoipa::path(get, path = "/api/organisations/{organisation}/invitations", tag = "organisation",
    params(("organisation" = String, Path)), responses((status = 200, body = Invitations)))]
pub(crate) async fn list(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
) -> Result<Json<Invitations>, Failure> {
    let links = studio.store.links(caller.org);
    let mut invitations = Vec::new();
    for open in links.invitations(studio.clock.now()).await? {
        invitations.push(shown(&studio, open).await?);
    }
    Ok(Json(Invitations { invitations }))
}

async fn shown(studio: &Studio, link: Link) -> Result<InvitationShown, Failure> {
    Ok(InvitationShown {
        id: link.id,
        role: RoleWord(link.role.ok_or(Failure::Broken)?),
        email: link.email,
        project: project_of(studio, link.org, link.project).await?,
        expires_at: Moment(link.expires_at),
        made_by: name_of(studio, &link.made_by).await?,
    })
}

/// The name of whoever did something: a person's, or the word for a part of the program.
async fn name_of(studio: &Studio, who: &str) -> Result<String, Failure> {
    match who.parse() {
        Ok(person) => Ok(studio.store.people().get(person).await?.name),
        Err(_) => Ok(who.to_owned()),
    }
}

/// An invitation to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationWanted {
    role: RoleWord,
    /// Only with this e-mail address.
    email: Option<String>,
    /// A project to be opened too.
    #[schema(value_type = Option<String>)]
    project: Option<ProjectId>,
    /// The role there.
    project_role: Option<RoleWord>,
}

/// An invitation that was just made: its link is shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationMade {
    invitation: InvitationShown,
    /// The address to send to the guest.
    link: String,
}

/// Invites somebody.
#[utoipa::path(post, path = "/api/organisations/{organisation}/invitations",
    tag = "organisation", params(("organisation" = String, Path)),
    request_body = InvitationWanted, responses((status = 201, body = InvitationMade)))]
pub(crate) async fn create(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Body(wanted): Body<InvitationWanted>,
) -> Result<(StatusCode, Json<InvitationMade>), Failure> {
    let role = wanted.role.0;
    if role == Role::Owner && caller.role != Role::Owner {
        let needs = &[Role::Owner];
        return Err(Refusal::RoleTooLow { needs }.into());
    }
    let address = wanted.email.as_deref().map(email).transpose()?;
    let project = project_wanted(&studio, &caller, &wanted).await?;
    let now = studio.clock.now();
    let open = studio.store.links(caller.org).invitations(now).await?;
    if open.len() >= INVITATIONS_OPEN_MAX {
        return Err(too_many());
    }
    let wish = Wish {
        purpose: Purpose::Invitation,
        role: Some(role),
        project,
        person: None,
        email: address.as_deref(),
        lives_s: INVITATION_S,
    };
    let (id, made) = link::make(&studio, caller.org, wish, caller.who()).await?;
    let expires_at: Timestamp = made.expires_at.0;
    let invitation = InvitationShown {
        id,
        role: wanted.role,
        email: address,
        project: project_of(&studio, caller.org, project).await?,
        expires_at: Moment(expires_at),
        made_by: caller.name.to_string(),
    };
    let link = made.link;
    Ok((
        StatusCode::CREATED,
        Json(InvitationMade { invitation, link }),
    ))
}

/// The project to be opened, which people have to be able to share.
async fn project_wanted(
    studio: &Studio,
    caller: &Caller,
    wanted: &InvitationWanted,
) -> Result<Option<(ProjectId, Role)>, Failure> {
    let (id, role) = match (wanted.project, wanted.project_role) {
        (Some(id), Some(role)) => (id, role.0),
        (None, None) => return Ok(None),
        _ => {
            return Err(Fault::BadField {
                field: "project_role",
                rule: "Send a project and the role there, or neither.",
            }
            .into());
        }
    };
    let project = studio.store.projects(caller.org).get(id).await;
    let project = project.map_err(Thing::Project.missing())?;
    match project.drafts_of {
        None => Ok(Some((id, role))),
        Some(_) => Err(Refusal::DraftsStay.into()),
    }
}

fn too_many() -> Failure {
    Problem::new(
        StatusCode::CONFLICT,
        "TOO_MANY_INVITATIONS",
        "There are as many open invitations as there may be.",
        "Take back some that nobody will use.",
    )
    .into()
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/organisations/{organisation}/invitations/{invitation}",
    tag = "organisation", params(("organisation" = String, Path), ("invitation" = String, Path)),
    responses((status = 204)))]
pub(crate) async fn withdraw(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Named(invitation): Named<LinkId>,
) -> Result<StatusCode, Failure> {
    let links = studio.store.links(caller.org);
    let withdrawn = links.withdraw(invitation, caller.who(), studio.clock.now());
    withdrawn.await.map_err(Thing::Invitation.missing())?;
    Ok(StatusCode::NO_CONTENT)
}
