//! `PUT /v1/models/{sha256}`: the bytes of a model, as often as somebody likes to send them.

use crate::http::door::Caller;
use crate::http::dto::model::ModelShown;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::limits::ROOM_BYTES_MIN;
use crate::service::Service;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use fluxprint_blobs::{BlobError, Put};
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{OrganisationId, TaskId};
use fluxprint_geometry::limits::HEAD_BYTES;
use fluxprint_geometry::{FileKind, recognise};
use fluxprint_http::upload::{Paced, announced, read_on};
use fluxprint_http::{Fault, Query, names};
use fluxprint_store::service::model::NewModel;
use fluxprint_store::service::task::{NewTask, TaskKind};
use serde::Deserialize;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::StreamReader;
use utoipa::IntoParams;

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Called {
    /// What people call it; 1 to 200 characters.
    name: String,
}

/// Takes a model in and has it checked. Sent again, it is answered before its bytes have come, and
/// changes nothing; only one that was refused is checked again.
#[utoipa::path(put, path = "/v1/models/{sha256}", tag = "models",
    params(("sha256" = String, Path), Called),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = ModelShown), (status = 200, body = ModelShown)))]
pub async fn put(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(sha256): Named<Sha256>,
    Query(called): Query<Called>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<ModelShown>), Failure> {
    let name = names::name(&called.name, "name")?;
    let said_bytes = announced(&headers, &body);
    let mut source = StreamReader::new(Paced::new(body));
    let taken = async {
        let size_bytes = said_bytes?;
        let max_bytes = largest(&service, name);
        if size_bytes > max_bytes {
            return Err(Fault::BodyTooLarge { max_bytes }.into());
        }
        let known = service.blobs.size(caller.org(), sha256).await? == Some(size_bytes);
        if !known {
            make_sure_of_room(&service, size_bytes).await?;
            take_in(&service, caller.org(), sha256, size_bytes, &mut source).await?;
        }
        Ok::<(u64, bool), Failure>((size_bytes, known))
    };
    let taken = taken.await;
    if !matches!(taken, Ok((_, false))) {
        read_on(source);
    }
    let (size_bytes, _) = taken?;
    let kind = kind(&service, caller.org(), sha256, size_bytes).await?;
    let new = NewModel {
        sha256,
        size_bytes,
        kind,
        name,
    };
    let check = NewTask {
        id: TaskId::fresh(service.clock.as_ref()),
        kind: TaskKind::CheckModel,
        subject: sha256.to_string(),
        payload: "{}".to_owned(),
    };
    let models = service.store.models(caller.org());
    let (model, added) = models
        .insert(&new, &check, caller.who(), service.clock.now())
        .await?;
    service.changed();
    let status = if added {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let shown = match caller.projects_seen() {
        None => model.name.clone(),
        Some(_) => name.to_owned(),
    };
    Ok((status, Json(ModelShown::new(model, Some(shown)))))
}

/// Refuses before the first byte what would fill the disk: the database needs room to go on.
async fn make_sure_of_room(service: &Service, size_bytes: u64) -> Result<(), Failure> {
    let needed_bytes = size_bytes.saturating_add(ROOM_BYTES_MIN);
    match service.blobs.free_bytes().await? {
        Some(free_bytes) if free_bytes < needed_bytes => Err(BlobError::DiskFull.into()),
        _ => Ok(()),
    }
}

/// G-code may be larger than a model. Here the name decides which limit counts, since no byte has
/// been seen yet; what the file is, its content decides later.
fn largest(service: &Service, name: &str) -> u64 {
    let limits = &service.settings.limits;
    let ending = name
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    match ending.as_str() {
        "gcode" | "gco" | "g" => limits.gcode_bytes,
        _ => limits.model_bytes,
    }
}

async fn take_in(
    service: &Service,
    organisation: OrganisationId,
    sha256: Sha256,
    size_bytes: u64,
    source: &mut (impl AsyncRead + Send + Unpin),
) -> Result<(), Failure> {
    let put = service
        .blobs
        .put(organisation, sha256, size_bytes, source)
        .await;
    let taken = match put {
        // Somebody else was quicker. A sender who is cut off may see a broken connection.
        Ok(Put::AlreadyThere) => tokio::io::copy(source, &mut tokio::io::sink())
            .await
            .map(drop)
            .map_err(BlobError::Sender),
        Ok(Put::Written) => Ok(()),
        Err(error) => Err(error),
    };
    taken.map_err(|error| match error {
        BlobError::Sender(error) if error.kind() == io::ErrorKind::TimedOut => {
            Fault::TooSlow.into()
        }
        other => other.into(),
    })
}

/// What the file is by its first bytes.
async fn kind(
    service: &Service,
    organisation: OrganisationId,
    sha256: Sha256,
    size_bytes: u64,
) -> Result<&'static str, Failure> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    let stored = service.blobs.open(organisation, sha256, None).await?;
    let mut stored = stored.bytes.take(HEAD_BYTES as u64);
    stored
        .read_to_end(&mut head)
        .await
        .map_err(BlobError::Disk)?;
    Ok(match recognise(&head, size_bytes) {
        FileKind::StlBinary | FileKind::StlAscii => "stl",
        FileKind::Gcode => "gcode",
        FileKind::Obj => "obj",
        FileKind::ThreeMf => "3mf",
        FileKind::Bgcode => "bgcode",
        FileKind::Unknown => "unknown",
    })
}
