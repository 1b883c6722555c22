//! Projects, and who sees them.

mod members;
mod project;

use crate::http::door::{Door, table};
use crate::studio::Studio;
use fluxprint_domain::role::Act;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Who may use these routes.
pub(crate) const DOORS: &[Door] = table! {
    GET "/api/projects" Somewhere(Act::Look), Ordinary, Free;
    POST "/api/projects" Organisation(Act::MakeProject), Ordinary, Changes;
    GET "/api/projects/{project}" Project(Act::Look), Ordinary, Free;
    PUT "/api/projects/{project}" Project(Act::ManageProject), Ordinary, Changes;
    DELETE "/api/projects/{project}" Project(Act::ManageProject), Ordinary, Changes;
    GET "/api/projects/{project}/members" Project(Act::Look), Ordinary, Free;
    PUT "/api/projects/{project}/members/{person}"
        Project(Act::ManageProject), Ordinary, Changes;
    DELETE "/api/projects/{project}/members/{person}" Project(Act::Look), Ordinary, Changes;
};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Arc<Studio>> {
    OpenApiRouter::new()
        .routes(routes!(project::list, project::create))
        .routes(routes!(project::show, project::rename, project::delete))
        .routes(routes!(members::list))
        .routes(routes!(members::set, members::remove))
}
