//! `GET /v1/bridge/artifacts/{sha256}`: the G-code a bridge is to print, whole or from where it
//! broke off.

use super::door::BridgeCaller;
use super::extract::Named;
use super::failure::{Failure, Thing};
use crate::limits::FILE_CHUNK_BYTES;
use crate::service::Service;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use fluxprint_blobs::BlobError;
use fluxprint_domain::Sha256;
use fluxprint_http::{Fault, range};
use std::sync::Arc;
use tokio_util::io::ReaderStream;

/// A file of one of the bridge's open attempts. Takes one range (RFC 9110, 14).
#[utoipa::path(get, path = "/v1/bridge/artifacts/{sha256}", tag = "bridges",
    params(("sha256" = String, Path)),
    responses((status = 200, body = String, content_type = "application/octet-stream"),
        (status = 206, body = String, content_type = "application/octet-stream")))]
pub async fn fetch(
    State(service): State<Arc<Service>>,
    bridge: BridgeCaller,
    Named(sha256): Named<Sha256>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let open = service
        .store
        .attempts(bridge.org)
        .open_at_bridge(bridge.bridge)
        .await?;
    let attempt = open.iter().find(|attempt| attempt.gcode_sha256 == sha256);
    let size_bytes = attempt
        .ok_or(Failure::NotThere(Thing::Artifact))?
        .gcode_bytes;
    let tag = format!("\"{sha256}\"");
    if said(&headers, header::IF_MATCH).is_some_and(|wanted| wanted != tag && wanted != "*") {
        return Err(Fault::ConditionFailed.into());
    }
    let part = match range::wanted(&headers, &tag, size_bytes) {
        Err(range::Outside) => return Ok(outside(size_bytes)),
        Ok(part) => part,
    };
    let opened = service.blobs.open(bridge.org, sha256, part.clone()).await?;
    let body = Body::from_stream(ReaderStream::with_capacity(opened.bytes, FILE_CHUNK_BYTES));
    let mut response = body.into_response();
    let range = part.clone().unwrap_or(0..opened.size_bytes);
    put(
        &mut response,
        header::CONTENT_TYPE,
        "application/octet-stream",
    );
    put(&mut response, header::CONTENT_DISPOSITION, "attachment");
    put(&mut response, header::ACCEPT_RANGES, "bytes");
    put(&mut response, header::ETAG, &tag);
    put(
        &mut response,
        header::CONTENT_LENGTH,
        &(range.end - range.start).to_string(),
    );
    if part.is_some() {
        let place = range::place(&range, opened.size_bytes);
        put(&mut response, header::CONTENT_RANGE, &place);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

fn said(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn outside(size_bytes: u64) -> Response {
    let mut response = Failure::Blob(BlobError::OutOfRange { size_bytes }).into_response();
    put(
        &mut response,
        header::CONTENT_RANGE,
        &format!("bytes */{size_bytes}"),
    );
    response
}
