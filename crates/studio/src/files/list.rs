//! `GET /api/projects/{project}/files`.

use super::shown::FileShown;
use crate::http::door::{Caller, Here};
use crate::http::{Failure, Thing};
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::FileId;
use fluxprint_http::limits::PAGE_ROWS_MAX;
use fluxprint_http::{Query, cursor};
use fluxprint_store::studio::print::Print;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which files to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FilesWanted {
    /// The `next` of the page before.
    after: Option<String>,
}

/// A hundred files, the one changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FilePage {
    /// The files.
    files: Vec<FileShown>,
    /// Send this as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The files of a project.
#[utoipa::path(get, path = "/api/projects/{project}/files", tag = "files",
    params(("project" = String, Path), FilesWanted), responses((status = 200, body = FilePage)))]
pub(super) async fn list(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Query(wanted): Query<FilesWanted>,
) -> Result<Json<FilePage>, Failure> {
    let after = cursor::read(wanted.after.as_deref())?;
    let files = studio
        .store
        .files(caller.org)
        .list(here.project, after)
        .await?;
    if files.is_empty() {
        // The door lets owners and managers pass for any project; a project that is not there is no
        // empty one.
        let project = studio.store.projects(caller.org).get(here.project).await;
        project.map_err(Thing::Project.missing())?;
    }
    let prints = studio
        .store
        .prints(caller.org)
        .of_project(here.project)
        .await?;
    let newest: HashMap<FileId, &Print> = prints.iter().map(|p| (p.file, p)).collect();
    let full = files.len() == PAGE_ROWS_MAX as usize;
    let last = files.last().filter(|_| full);
    let next = last.map(|file| cursor::write(file.changed_at, file.id));
    let shown = files.into_iter().map(|file| {
        let print = newest.get(&file.id).copied();
        FileShown::new(file, print, caller.person, here.role)
    });
    Ok(Json(FilePage {
        files: shown.collect::<Result<_, _>>()?,
        next,
    }))
}
