//! The files of projects.

mod bytes;
mod check;
mod content;
mod delete;
mod disposition;
mod get;
mod list;
pub mod shown;
mod versions;

pub(crate) use bytes::forget_bytes;

use crate::http::door::{Door, table};
use crate::studio::Studio;
use fluxprint_domain::role::Act;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Who may do what here. Whose file may be deleted, the handler looks at.
pub(crate) const DOORS: &[Door] = table! {
    GET "/api/projects/{project}/files" Project(Act::Look), Ordinary, Free;
    GET "/api/projects/{project}/files/{file}" Project(Act::Look), Ordinary, Free;
    DELETE "/api/projects/{project}/files/{file}" Project(Act::DeleteOwnFile), Ordinary, Changes;
    GET "/api/projects/{project}/files/{file}/versions" Project(Act::Look), Ordinary, Free;
    GET "/api/projects/{project}/files/{file}/content" Project(Act::Look), Stream, Free;
    GET "/api/projects/{project}/files/{file}/check" Project(Act::Look), Ordinary, Free;
};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Arc<Studio>> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(get::get, delete::delete))
        .routes(routes!(versions::versions))
        .routes(routes!(content::content))
        .routes(routes!(check::check))
}
