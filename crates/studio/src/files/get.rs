//! `GET /api/projects/{project}/files/{file}`.

use super::shown::FileShown;
use crate::http::door::{Caller, Here};
use crate::http::{Failure, Named, Thing};
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::FileId;
use std::sync::Arc;

/// One file.
#[utoipa::path(get, path = "/api/projects/{project}/files/{file}", tag = "files",
    params(("project" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = FileShown)))]
pub(super) async fn get(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Named(file): Named<FileId>,
) -> Result<Json<FileShown>, Failure> {
    let found = studio.store.files(caller.org).get(here.project, file).await;
    let found = found.map_err(Thing::File.missing())?;
    let prints = studio.store.prints(caller.org);
    let print = prints.of_file(here.project, file).await?;
    FileShown::new(found, print.as_ref(), caller.person, here.role).map(Json)
}
