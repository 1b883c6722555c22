//! `POST /api/uploads`: a file is announced. Everything that can be known before the first byte is
//! decided here: its name, its type by its name, its size, whether there is room for it.

use super::metadata;
use super::protocol::{LENGTH, METADATA, number, put, tell_end};
use super::refusal::Refused;
use super::room::leave_room;
use crate::content::{Class, Ending, NotStored, file_name};
use crate::http::door::Caller;
use crate::http::{Failure, Thing};
use crate::limits::{UPLOAD_UNBEGUN_S, UPLOADS_OPEN_MAX, UPLOADS_OPEN_PART};
use crate::settings::Limits;
use crate::studio::Studio;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use fluxprint_blobs::Mark;
use fluxprint_domain::id::{ProjectId, UploadId};
use fluxprint_domain::role::Act;
use fluxprint_store::studio::upload::{Allowance, Begun, NewUpload};
use std::sync::Arc;

/// What is to come.
struct Announced {
    project: ProjectId,
    name: String,
    size_bytes: u64,
}

pub(super) async fn begin(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<(StatusCode, HeaderMap), Failure> {
    let announced = announced(&studio.settings.limits, &caller, &headers)?;
    make_sure_of_room(&studio, announced.size_bytes).await?;
    let now = studio.clock.now();
    let id = UploadId::fresh(studio.clock.as_ref());
    let expires_at = now.plus_s(UPLOAD_UNBEGUN_S);
    let new = NewUpload {
        id,
        project: announced.project,
        person: caller.person,
        name: &announced.name,
        size_bytes: announced.size_bytes,
        hash_state: Mark::start().hash_state,
        expires_at,
    };
    let quota_bytes = studio.settings.limits.quota_bytes;
    let allowance = Allowance {
        quota_bytes,
        open_max: UPLOADS_OPEN_MAX,
        open_bytes_max: quota_bytes / UPLOADS_OPEN_PART,
    };
    let begun = studio
        .store
        .uploads(caller.org)
        .begin(&new, allowance, now)
        .await;
    match begun.map_err(Thing::Project.missing())? {
        Begun::Yes => {}
        Begun::TooMany => return Err(Refused::TooMany.into()),
        Begun::NoRoom {
            left_bytes,
            promised_bytes,
        } => {
            let full = NotStored::Quota {
                left_bytes,
                promised_bytes,
                quota_bytes,
            };
            return Err(full.into());
        }
    }
    let mut answer = HeaderMap::new();
    put(&mut answer, LOCATION, format!("/api/uploads/{id}"));
    tell_end(&mut answer, expires_at);
    Ok((StatusCode::CREATED, answer))
}

fn announced(limits: &Limits, caller: &Caller, headers: &HeaderMap) -> Result<Announced, Failure> {
    let said = headers.get(METADATA).and_then(|said| said.to_str().ok());
    let said = metadata::read(said.unwrap_or_default())?;
    let project = said.project.ok_or(Failure::NotThere(Thing::Project))?;
    caller.may_in(Act::Upload, project)?;
    let size_bytes = number(headers, LENGTH).ok_or(Refused::Length)?;
    let name = file_name(&said.name)?;
    let class = match Ending::of(&name) {
        Some(ending) => ending.class(),
        None if name.to_ascii_lowercase().ends_with(".bgcode") => {
            return Err(NotStored::BinaryGcode.into());
        }
        None => return Err(NotStored::Ending.into()),
    };
    let max_bytes = largest(limits, class);
    if size_bytes == 0 {
        return Err(NotStored::Empty.into());
    }
    if size_bytes > max_bytes {
        return Err(NotStored::TooLarge { class, max_bytes }.into());
    }
    Ok(Announced {
        project,
        name,
        size_bytes,
    })
}

fn largest(limits: &Limits, class: Class) -> u64 {
    match class {
        Class::Model => limits.model_bytes,
        Class::Gcode => limits.gcode_bytes,
        Class::Other => limits.other_bytes,
    }
}

/// All organisations write to one disk: there has to be room for what any of them still sends.
async fn make_sure_of_room(studio: &Studio, size_bytes: u64) -> Result<(), Failure> {
    let (store, now) = (&studio.store, studio.clock.now());
    let mut coming_bytes = size_bytes;
    for organisation in store.organisations().await? {
        let unsent_bytes = store.uploads(organisation.id).unsent_bytes(now).await?;
        coming_bytes = coming_bytes.saturating_add(unsent_bytes);
    }
    leave_room(studio, coming_bytes).await
}
