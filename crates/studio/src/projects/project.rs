//! `/api/projects` and `/api/projects/{project}`.

use crate::files::forget_bytes;
use crate::http::door::{Caller, Here};
use crate::http::shown::{Moment, RoleWord};
use crate::http::{Failure, Thing};
use crate::limits::PROJECTS_MAX;
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::ProjectId;
use fluxprint_domain::role::{Act, Role};
use fluxprint_http::{Json as Body, Problem, names};
use fluxprint_store::studio::project::{Made, Project};
use fluxprint_tokens::Projects;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A project as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Project)]
pub(crate) struct ProjectShown {
    #[schema(value_type = String)]
    id: ProjectId,
    name: String,
    /// Whether these are somebody's drafts, which nobody else is invited to.
    is_drafts: bool,
    /// The caller's role in it.
    role: RoleWord,
    created_at: Moment,
    /// How many files are in it.
    files: u64,
    /// What the caller may do: `upload`, `print`, `rename`, `delete`, `manage_members`.
    #[schema(value_type = Vec<String>)]
    allowed: Vec<&'static str>,
}

/// The projects.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectList {
    projects: Vec<ProjectShown>,
}

/// What is allowed in a project, and the act behind it; the last three not with drafts.
const ALLOWED: [(&str, Act); 5] = [
    ("upload", Act::Upload),
    ("print", Act::Print),
    ("rename", Act::ManageProject),
    ("delete", Act::ManageProject),
    ("manage_members", Act::ManageProject),
];

fn shown(project: Project, role: Role) -> ProjectShown {
    let is_drafts = project.drafts_of.is_some();
    let may = |act: Act| act.allow(role).is_ok() && !(is_drafts && act == Act::ManageProject);
    let allowed = ALLOWED.iter().filter(|(_, act)| may(*act));
    ProjectShown {
        id: project.id,
        name: project.name,
        is_drafts,
        role: RoleWord(role),
        created_at: Moment(project.created_at),
        files: project.files,
        allowed: allowed.map(|(word, _)| *word).collect(),
    }
}

/// The projects that the caller sees, newest first; of drafts only the caller's own.
#[utoipa::path(get, path = "/api/projects", tag = "projects",
    responses((status = 200, body = ProjectList)))]
pub(crate) async fn list(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
) -> Result<Json<ProjectList>, Failure> {
    let all = caller.projects() == Projects::All;
    let projects = studio.store.projects(caller.org);
    let projects = projects.list(caller.person, all).await?;
    let shown = projects.into_iter().filter_map(|project| {
        let role = caller.role_in(project.id)?;
        Some(shown(project, role))
    });
    let projects = shown.collect();
    Ok(Json(ProjectList { projects }))
}

/// The name of a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectWanted {
    /// 1 to 200 characters.
    name: String,
}

/// Makes a project, of which the caller is the owner.
#[utoipa::path(post, path = "/api/projects", tag = "projects", request_body = ProjectWanted,
    responses((status = 201, body = ProjectShown)))]
pub(crate) async fn create(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Body(wanted): Body<ProjectWanted>,
) -> Result<(StatusCode, Json<ProjectShown>), Failure> {
    let name = names::name(&wanted.name, "name")?;
    let (id, now) = (ProjectId::fresh(studio.clock.as_ref()), studio.clock.now());
    let projects = studio.store.projects(caller.org);
    let made = projects.create(id, name, caller.person, PROJECTS_MAX, now);
    if made.await? == Made::TooMany {
        return Err(too_many());
    }
    studio.changes.membership_changed(caller.org, caller.person);
    let shown = shown(projects.get(id).await?, Role::Owner);
    Ok((StatusCode::CREATED, Json(shown)))
}

fn too_many() -> Failure {
    Problem::new(
        StatusCode::CONFLICT,
        "TOO_MANY_PROJECTS",
        "The organisation has as many projects as it may have.",
        "Delete some that nobody needs any more.",
    )
    .into()
}

/// One of them.
#[utoipa::path(get, path = "/api/projects/{project}", tag = "projects",
    params(("project" = String, Path)), responses((status = 200, body = ProjectShown)))]
pub(crate) async fn show(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
) -> Result<Json<ProjectShown>, Failure> {
    let project = studio.store.projects(caller.org).get(here.project).await;
    let project = project.map_err(Thing::Project.missing())?;
    Ok(Json(shown(project, here.role)))
}

/// Another name.
#[utoipa::path(put, path = "/api/projects/{project}", tag = "projects",
    params(("project" = String, Path)), request_body = ProjectWanted,
    responses((status = 200, body = ProjectShown)))]
pub(crate) async fn rename(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Body(wanted): Body<ProjectWanted>,
) -> Result<Json<ProjectShown>, Failure> {
    let name = names::name(&wanted.name, "name")?;
    let projects = studio.store.projects(caller.org);
    let now = studio.clock.now();
    let renamed = projects.rename(here.project, name, caller.who(), now).await;
    renamed.map_err(Thing::Project.missing())?;
    let project = projects.get(here.project).await;
    let project = project.map_err(Thing::Project.missing())?;
    Ok(Json(shown(project, here.role)))
}

/// Deletes a project and its files, unless something is still being printed for it.
#[utoipa::path(delete, path = "/api/projects/{project}", tag = "projects",
    params(("project" = String, Path)), responses((status = 204)))]
pub(crate) async fn delete(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
) -> Result<StatusCode, Failure> {
    let projects = studio.store.projects(caller.org);
    let deleted = projects.delete(here.project, caller.who(), studio.clock.now());
    let remains = deleted.await.map_err(Thing::Project.missing())?;
    for person in remains.people {
        studio.changes.membership_changed(caller.org, person);
    }
    forget_bytes(&studio, caller.org, &remains.orphans).await;
    studio.live.poke();
    Ok(StatusCode::NO_CONTENT)
}
