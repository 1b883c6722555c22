//! `/api/organisations/{organisation}` and its members.

use super::link::{self, LinkMade, Wish};
use super::me::OrganisationShown;
use crate::http::door::Caller;
use crate::http::shown::{Moment, RoleWord};
use crate::http::{Failure, Named, Thing};
use crate::limits::RESET_LINK_S;
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::Refusal;
use fluxprint_domain::id::PersonId;
use fluxprint_domain::role::{Act, Role};
use fluxprint_http::{Json as Body, Problem};
use fluxprint_store::StoreError;
use fluxprint_store::studio::link::Purpose;
use fluxprint_store::studio::member::Member;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// An organisation of the caller's.
#[utoipa::path(get, path = "/api/organisations/{organisation}", tag = "organisation",
    params(("organisation" = String, Path)), responses((status = 200, body = OrganisationShown)))]
pub(crate) async fn show(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
) -> Result<Json<OrganisationShown>, Failure> {
    let particulars = studio.store.particulars(caller.org).await?;
    Ok(Json(OrganisationShown {
        id: caller.org,
        name: particulars.name,
        role: RoleWord(caller.role),
    }))
}

/// Somebody of an organisation or a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberPerson)]
struct PersonShown {
    #[schema(value_type = String)]
    id: PersonId,
    name: String,
    /// Only owners and managers of the organisation see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(crate) struct MemberShown {
    person: PersonShown,
    role: RoleWord,
    since: Moment,
    /// What the caller may do with this member: `change_role`, `remove`, `reset_password`.
    #[schema(value_type = Vec<String>)]
    allowed: Vec<&'static str>,
}

/// The members.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Members {
    pub members: Vec<MemberShown>,
}

impl MemberShown {
    /// A member as `caller` sees them.
    pub(crate) fn to(caller: &Caller, member: Member, allowed: Vec<&'static str>) -> Self {
        let sees_email = caller.may(Act::ManageMembers).is_ok() || member.person == caller.person;
        Self {
            person: PersonShown {
                id: member.person,
                name: member.name,
                email: sees_email.then_some(member.email),
            },
            role: RoleWord(member.role),
            since: Moment(member.since),
            allowed,
        }
    }
}

/// What `caller` may do with a member of the organisation: managers nothing with owners.
fn allowed(caller: &Caller, member: &Member) -> Vec<&'static str> {
    let manages = caller.may(Act::ManageMembers).is_ok();
    let owner_only = member.role == Role::Owner && caller.role != Role::Owner;
    match (manages && !owner_only, member.person == caller.person) {
        (true, true) => vec!["change_role", "remove"],
        (true, false) => vec!["change_role", "remove", "reset_password"],
        (false, true) => vec!["remove"],
        (false, false) => vec![],
    }
}

/// Who belongs to the organisation.
#[utoipa::path(get, path = "/api/organisations/{organisation}/members", tag = "organisation",
    params(("organisation" = String, Path)), responses((status = 200, body = Members)))]
pub(crate) async fn members(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
) -> Result<Json<Members>, Failure> {
    let members = studio.store.members(caller.org).list().await?;
    let shown = members.into_iter().map(|member| {
        let allowed = allowed(&caller, &member);
        MemberShown::to(&caller, member, allowed)
    });
    Ok(Json(Members {
        members: shown.collect(),
    }))
}

/// A role to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleWanted {
    pub role: RoleWord,
}

/// Gives a member another role.
#[utoipa::path(put, path = "/api/organisations/{organisation}/members/{person}",
    tag = "organisation", params(("organisation" = String, Path), ("person" = String, Path)),
    request_body = RoleWanted, responses((status = 200, body = MemberShown)))]
pub(crate) async fn set_role(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Named(person): Named<PersonId>,
    Body(wanted): Body<RoleWanted>,
) -> Result<Json<MemberShown>, Failure> {
    let members = studio.store.members(caller.org);
    let by = (caller.who(), caller.role);
    let set = members
        .set_role(person, wanted.role.0, by, studio.clock.now())
        .await;
    set.map_err(Thing::Member.missing())?;
    studio.changes.membership_changed(caller.org, person);
    let member = members.get(person).await.map_err(Thing::Member.missing())?;
    let allowed = allowed(&caller, &member);
    Ok(Json(MemberShown::to(&caller, member, allowed)))
}

/// Takes somebody out of the organisation, or leaves it oneself.
#[utoipa::path(delete, path = "/api/organisations/{organisation}/members/{person}",
    tag = "organisation", params(("organisation" = String, Path), ("person" = String, Path)),
    responses((status = 204)))]
pub(crate) async fn remove(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Named(person): Named<PersonId>,
) -> Result<StatusCode, Failure> {
    if person != caller.person {
        caller.may(Act::ManageMembers)?;
    }
    let members = studio.store.members(caller.org);
    let by = (caller.who(), caller.role);
    let removed = members.remove(person, by, studio.clock.now()).await;
    removed.map_err(Thing::Member.missing())?;
    studio.changes.membership_changed(caller.org, person);
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a link by which a member chooses a new password.
#[utoipa::path(post, path = "/api/organisations/{organisation}/members/{person}/password-reset",
    tag = "organisation", params(("organisation" = String, Path), ("person" = String, Path)),
    responses((status = 201, body = LinkMade)))]
pub(crate) async fn password_reset(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Named(person): Named<PersonId>,
) -> Result<(StatusCode, Json<LinkMade>), Failure> {
    let member = studio.store.members(caller.org).get(person).await;
    let member = member.map_err(Thing::Member.missing())?;
    if member.role == Role::Owner && caller.role != Role::Owner {
        let needs = &[Role::Owner];
        return Err(StoreError::from(Refusal::RoleTooLow { needs }).into());
    }
    // An account opens every organisation of its person: nobody gets into another one by this.
    if studio.store.people().memberships(person).await?.len() > 1 {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "MEMBER_ELSEWHERE_TOO",
            "This person belongs to another organisation too.",
            "Ask whoever runs the studio to make this link.",
        )
        .into());
    }
    let wish = Wish {
        purpose: Purpose::Reset,
        role: None,
        project: None,
        person: Some(person),
        email: None,
        lives_s: RESET_LINK_S,
    };
    let (_, made) = link::make(&studio, caller.org, wish, caller.who()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
