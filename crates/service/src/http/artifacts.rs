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
use fluxprint_http::Fault;
use std::ops::Range;
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
    let same = said(&headers, header::IF_RANGE).is_none_or(|wanted| wanted == tag);
    let wanted = said(&headers, header::RANGE).filter(|_| same);
    let part = match wanted.and_then(|wanted| part(wanted, size_bytes)) {
        Some(Err(OutsideFile)) => return Ok(outside(size_bytes)),
        Some(Ok(part)) => Some(part),
        None => None,
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
        let last = range.end.saturating_sub(1);
        let place = format!("bytes {}-{last}/{}", range.start, opened.size_bytes);
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

/// The wanted part begins behind the end of the file.
#[derive(Debug, PartialEq, Eq)]
struct OutsideFile;

/// The one range of a `Range` header. `None` when it is not of the kind we answer: then the whole
/// file is sent, as RFC 9110 allows.
fn part(wanted: &str, size_bytes: u64) -> Option<Result<Range<u64>, OutsideFile>> {
    let (first, last) = wanted.strip_prefix("bytes=")?.split_once('-')?;
    let range = if first.is_empty() {
        let tail: u64 = last.parse().ok()?;
        size_bytes.saturating_sub(tail)..size_bytes
    } else {
        let first: u64 = first.parse().ok()?;
        let end = match last {
            "" => size_bytes,
            last => last.parse::<u64>().ok()?.saturating_add(1).min(size_bytes),
        };
        if last.parse::<u64>().is_ok_and(|last| last < first) {
            return None;
        }
        first..end
    };
    Some(if range.is_empty() {
        Err(OutsideFile)
    } else {
        Ok(range)
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_as_rfc_9110_says() {
        assert_eq!(part("bytes=0-9", 100), Some(Ok(0..10)));
        assert_eq!(part("bytes=90-", 100), Some(Ok(90..100)));
        assert_eq!(part("bytes=90-999", 100), Some(Ok(90..100)));
        assert_eq!(part("bytes=-10", 100), Some(Ok(90..100)));
        assert_eq!(part("bytes=-999", 100), Some(Ok(0..100)));
        assert_eq!(part("bytes=100-", 100), Some(Err(OutsideFile)));
        assert_eq!(part("bytes=-0", 100), Some(Err(OutsideFile)));
        for whole in [
            "bytes=9-1",
            "bytes=0-1,5-6",
            "lines=0-1",
            "bytes=a-b",
            "bytes=-",
            "",
        ] {
            assert_eq!(part(whole, 100), None, "{whole}");
        }
        assert_eq!(part("bytes=0-18446744073709551615", 100), Some(Ok(0..100)));
    }
}
