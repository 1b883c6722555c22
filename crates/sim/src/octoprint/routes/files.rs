//! `/api/files` and `/downloads`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal, command, no_content, ok, parse};
use super::super::event::Event;
use super::super::instance::{Inside, Instance};
use super::super::knobs::Lie;
use super::super::limits;
use super::super::machine::State as MachineState;
use super::super::stored_files::{is_clean, is_in};
use super::job::start_selected;
use super::listing::{entries, file_entry, folder_entry};
use super::{Shared, upload};

pub fn routes() -> Router<Arc<Instance>> {
    Router::new()
        .route("/api/files", get(list))
        .route("/api/files/local", get(list).post(upload::receive))
        .route(
            "/api/files/local/{*path}",
            get(show).post(act).delete(remove),
        )
        .route("/downloads/files/local/{*path}", get(download))
}

/// A quirk of the real one: asking for a file in a folder that is not there is an internal error,
/// while deleting or selecting it is an honest 404.
fn check_folder(inside: &Inside, path: &str) -> Result<(), Refusal> {
    match path.rsplit_once('/') {
        Some((folder, _)) if !inside.files.has_folder(folder) => Err(Refusal::internal()),
        _ => Ok(()),
    }
}

/// The address under which the caller reached us, without a path.
pub(super) fn origin_of(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    format!("http://{host}")
}

#[derive(Deserialize)]
struct Listing {
    #[serde(default)]
    recursive: String,
}

async fn list(
    State(instance): Shared,
    Query(listing): Query<Listing>,
    headers: HeaderMap,
) -> Answer {
    let recursive = listing.recursive == "true";
    instance.with(|inside| {
        let files = entries(&inside.files, "", &origin_of(&headers), recursive);
        let files = files.map_err(|error| Refusal::disk(&error))?;
        let free = inside.knobs.free_bytes.unwrap_or(limits::FREE_BYTES);
        ok(&json!({"files": files, "free": free, "total": limits::TOTAL_BYTES}))
    })
}

async fn show(State(instance): Shared, Path(path): Path<String>, headers: HeaderMap) -> Answer {
    instance.with(|inside| {
        check_folder(inside, &path)?;
        let origin = origin_of(&headers);
        let entry = if inside.files.has_folder(&path) {
            folder_entry(&inside.files, &path, &origin, true)
        } else {
            known(inside, &path)?;
            file_entry(&inside.files, &path, &origin)
        };
        ok(&entry.map_err(|error| Refusal::disk(&error))?)
    })
}

async fn download(State(instance): Shared, Path(path): Path<String>) -> Answer {
    let bytes = instance.with(|inside| {
        known(inside, &path)?;
        inside
            .files
            .bytes(&path)
            .map_err(|error| Refusal::disk(&error))
    })?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

fn known(inside: &Inside, path: &str) -> Result<(), Refusal> {
    if is_clean(path) && inside.files.has(path) {
        Ok(())
    } else {
        Err(Refusal::not_found())
    }
}

async fn act(State(instance): Shared, Path(path): Path<String>, body: Bytes) -> Answer {
    instance.with(|inside| {
        let body = parse(&body)?;
        command(&body, &["select"])?;
        known(inside, &path)?;
        if inside.machine.state() != MachineState::Operational {
            return Err(Refusal::conflict(
                "Printer is already printing, cannot select a new file",
            ));
        }
        let file = inside
            .files
            .print_file(&path)
            .map_err(|error| Refusal::disk(&error))?;
        inside.machine.select(file);
        if body.get("print") == Some(&Value::Bool(true)) {
            return start_selected(inside);
        }
        Ok(no_content(inside.lies(Lie::OkForNoContent)))
    })
}

async fn remove(State(instance): Shared, Path(path): Path<String>) -> Answer {
    let (answer, event) = instance.with(|inside| {
        let folder = inside.files.has_folder(&path);
        if !folder {
            known(inside, &path)?;
        }
        let selected = inside
            .machine
            .selected()
            .is_some_and(|file| is_in(&file.path, &path));
        if selected && inside.machine.state().holds_a_print() {
            return Err(Refusal::conflict(if folder {
                "Trying to delete a folder that contains a file that is currently in use"
            } else {
                "Trying to delete a file that is currently in use"
            }));
        }
        if selected {
            inside.machine.unselect();
        }
        inside
            .files
            .remove(&path)
            .map_err(|error| Refusal::disk(&error))?;
        Ok((
            no_content(inside.lies(Lie::OkForNoContent)),
            removal(&path, folder),
        ))
    })?;
    instance.announce(event);
    instance.announce(Event::new("UpdatedFiles", json!({"type": "printables"})));
    Ok(answer)
}

fn removal(path: &str, folder: bool) -> Event {
    let name = path.rsplit('/').next().unwrap_or(path);
    if folder {
        return Event::new(
            "FolderRemoved",
            json!({"storage": "local", "path": path, "name": name}),
        );
    }
    let kind = ["machinecode", "gcode"];
    let gone = json!({
        "storage": "local", "path": path, "name": name, "type": kind, "operation": "remove",
    });
    Event::new("FileRemoved", gone)
}
