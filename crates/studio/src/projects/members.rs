//! `/api/projects/{project}/members`: to whom a project was opened.

use crate::http::door::{Caller, Here};
use crate::http::{Failure, Named, Thing};
use crate::people::organisation::{MemberShown, Members, RoleWanted};
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::PersonId;
use fluxprint_domain::role::{Act, Role};
use fluxprint_http::Json as Body;
use fluxprint_store::studio::member::Member;
use std::sync::Arc;

/// Who manages a project may change and remove everybody; everybody may leave.
fn allowed(role: Role, is_self: bool) -> Vec<&'static str> {
    match (Act::ManageProject.allow(role).is_ok(), is_self) {
        (true, _) => vec!["change_role", "remove"],
        (false, true) => vec!["remove"],
        (false, false) => vec![],
    }
}

fn shown(caller: &Caller, here: Here, member: Member) -> MemberShown {
    let allowed = allowed(here.role, member.person == caller.person);
    MemberShown::to(caller, member, allowed)
}

/// The people a project was opened to. Owners and managers of the organisation see it anyway.
#[utoipa::path(get, path = "/api/projects/{project}/members", tag = "projects",
    params(("project" = String, Path)), responses((status = 200, body = Members)))]
pub(crate) async fn list(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
) -> Result<Json<Members>, Failure> {
    let projects = studio.store.projects(caller.org);
    let there = projects.get(here.project).await;
    there.map_err(Thing::Project.missing())?;
    let members = projects.members(here.project).await?;
    let members = members.into_iter().map(|m| shown(&caller, here, m));
    Ok(Json(Members {
        members: members.collect(),
    }))
}

/// Opens a project to a member of the organisation, or changes the role there.
#[utoipa::path(put, path = "/api/projects/{project}/members/{person}", tag = "projects",
    params(("project" = String, Path), ("person" = String, Path)), request_body = RoleWanted,
    responses((status = 200, body = MemberShown)))]
pub(crate) async fn set(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Named(person): Named<PersonId>,
    Body(wanted): Body<RoleWanted>,
) -> Result<Json<MemberShown>, Failure> {
    let projects = studio.store.projects(caller.org);
    let there = projects.get(here.project).await;
    there.map_err(Thing::Project.missing())?;
    let now = studio.clock.now();
    let opened = projects.open_to(here.project, person, wanted.role.0, caller.who(), now);
    opened.await.map_err(Thing::Member.missing())?;
    studio.changes.membership_changed(caller.org, person);
    let members = projects.members(here.project).await?;
    let member = members.into_iter().find(|member| member.person == person);
    let member = member.ok_or(Failure::NotThere(Thing::Member))?;
    Ok(Json(shown(&caller, here, member)))
}

/// Closes a project to somebody, or leaves it oneself.
#[utoipa::path(delete, path = "/api/projects/{project}/members/{person}", tag = "projects",
    params(("project" = String, Path), ("person" = String, Path)),
    responses((status = 204)))]
pub(crate) async fn remove(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Named(person): Named<PersonId>,
) -> Result<StatusCode, Failure> {
    if person != caller.person {
        caller.may_in(Act::ManageProject, here.project)?;
    }
    let projects = studio.store.projects(caller.org);
    let closed = projects.close_to(here.project, person, caller.who(), studio.clock.now());
    closed.await.map_err(Thing::Member.missing())?;
    studio.changes.membership_changed(caller.org, person);
    Ok(StatusCode::NO_CONTENT)
}
