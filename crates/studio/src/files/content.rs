//! `GET /api/projects/{project}/files/{file}/content`: the bytes, to be saved and never shown (S-25).

use super::disposition::attachment;
use crate::content::Ending;
use crate::http::door::{Caller, Here};
use crate::http::{Failure, Named, Thing};
use crate::limits::FILE_CHUNK_BYTES;
use crate::studio::Studio;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use fluxprint_blobs::BlobError;
use fluxprint_domain::id::{FileId, FileVersionId};
use fluxprint_http::{Query, range};
use fluxprint_store::studio::file::Version;
use serde::Deserialize;
use std::sync::Arc;
use tokio_util::io::ReaderStream;
use utoipa::IntoParams;

/// Should a browser show it after all, nothing in it runs and nothing reaches our pages.
const SANDBOX: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// Which version.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct VersionWanted {
    /// Its id; the newest one without.
    #[param(value_type = Option<String>)]
    version: Option<FileVersionId>,
}

/// The bytes of a file. Takes one range (RFC 9110, 14).
#[utoipa::path(get, path = "/api/projects/{project}/files/{file}/content", tag = "files",
    params(("project" = String, Path), ("file" = String, Path), VersionWanted),
    responses((status = 200, body = String, content_type = "application/octet-stream"),
        (status = 206, body = String, content_type = "application/octet-stream")))]
pub(super) async fn content(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Named(id): Named<FileId>,
    Query(wanted): Query<VersionWanted>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let files = studio.store.files(caller.org);
    let file = files.get(here.project, id).await;
    let file = file.map_err(Thing::File.missing())?;
    let version = match wanted.version {
        None => file.version,
        Some(wanted) => {
            let found = files.version(here.project, id, wanted).await;
            found.map_err(Thing::Version.missing())?
        }
    };
    let mut response = send(&studio, &caller, &version, &headers).await?;
    let kind = Ending::of(&file.name).map_or("application/octet-stream", Ending::media_type);
    if response.status().is_success() {
        put(&mut response, header::CONTENT_TYPE, kind);
        put(
            &mut response,
            header::CONTENT_DISPOSITION,
            &attachment(&file.name),
        );
        put(&mut response, header::CACHE_CONTROL, "no-store, private");
        put(&mut response, header::CONTENT_SECURITY_POLICY, SANDBOX);
    }
    Ok(response)
}

async fn send(
    studio: &Studio,
    caller: &Caller,
    version: &Version,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let size_bytes = version.size_bytes;
    let tag = format!("\"{}\"", version.sha256);
    let wanted = match range::wanted(headers, &tag, size_bytes) {
        Ok(wanted) => wanted,
        Err(range::Outside) => {
            let mut outside = Failure::from(BlobError::OutOfRange { size_bytes }).into_response();
            put(
                &mut outside,
                header::CONTENT_RANGE,
                &format!("bytes */{size_bytes}"),
            );
            return Ok(outside);
        }
    };
    let opened = studio
        .blobs
        .open(caller.org, version.sha256, wanted.clone())
        .await?;
    let bytes = ReaderStream::with_capacity(opened.bytes, FILE_CHUNK_BYTES);
    let mut response = Body::from_stream(bytes).into_response();
    let part = wanted.clone().unwrap_or(0..size_bytes);
    put(&mut response, header::ACCEPT_RANGES, "bytes");
    put(&mut response, header::ETAG, &tag);
    put(
        &mut response,
        header::CONTENT_LENGTH,
        &(part.end - part.start).to_string(),
    );
    if wanted.is_some() {
        put(
            &mut response,
            header::CONTENT_RANGE,
            &range::place(&part, size_bytes),
        );
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
