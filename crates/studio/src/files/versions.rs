//! `GET /api/projects/{project}/files/{file}/versions`.

use super::shown::VersionShown;
use crate::http::door::{Caller, Here};
use crate::http::{Failure, Named, Thing};
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::FileId;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The versions of a file, the newest first; a hundred at most.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Versions {
    /// The versions.
    versions: Vec<VersionShown>,
}

/// The versions of a file.
#[utoipa::path(get, path = "/api/projects/{project}/files/{file}/versions", tag = "files",
    params(("project" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = Versions)))]
pub(super) async fn versions(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Named(file): Named<FileId>,
) -> Result<Json<Versions>, Failure> {
    let files = studio.store.files(caller.org);
    let versions = files.versions(here.project, file).await?;
    if versions.is_empty() {
        return Err(Failure::NotThere(Thing::File));
    }
    let versions = versions.into_iter().map(VersionShown::from).collect();
    Ok(Json(Versions { versions }))
}
