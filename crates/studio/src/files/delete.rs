//! `DELETE /api/projects/{project}/files/{file}`.

use super::forget_bytes;
use super::shown::may_delete;
use crate::http::door::{Caller, Here};
use crate::http::{Failure, Named, Thing};
use crate::studio::Studio;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::FileId;
use fluxprint_domain::role::Act;
use fluxprint_http::Problem;
use fluxprint_store::studio::file::Deleted;
use std::sync::Arc;

/// Deletes a file with all its versions; refused while a print of it waits or runs.
#[utoipa::path(delete, path = "/api/projects/{project}/files/{file}", tag = "files",
    params(("project" = String, Path), ("file" = String, Path)),
    responses((status = 204, description = "Gone")))]
pub(super) async fn delete(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Named(id): Named<FileId>,
) -> Result<StatusCode, Failure> {
    let files = studio.store.files(caller.org);
    let file = files.get(here.project, id).await;
    let file = file.map_err(Thing::File.missing())?;
    if !may_delete(&file, caller.person, here.role) {
        return Err(Failure::RoleTooLow(Act::DeleteAnyFile));
    }
    let now = studio.clock.now();
    let deleted = files.delete(here.project, id, caller.who(), now).await;
    match deleted.map_err(Thing::File.missing())? {
        Deleted::Gone(orphans) => {
            forget_bytes(&studio, caller.org, &orphans).await;
            studio.live.poke();
            Ok(StatusCode::NO_CONTENT)
        }
        Deleted::Printing => Err(Problem::new(
            StatusCode::CONFLICT,
            "FILE_IN_USE",
            "A print of this file waits or is running.",
            "Cancel that print, or wait until it is over; then delete the file.",
        )
        .into()),
    }
}
