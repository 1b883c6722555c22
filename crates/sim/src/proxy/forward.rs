//! One request there and its answer back.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Recorder;
use super::seen::RequestSeen;
use crate::cuttable::CutAnswer;

/// Bodies are held in memory while they pass: up to OctoPrint's own limit, 1 GiB.
const BODY_BYTES_MAX: usize = 1 << 30;

/// Passes a request on. An upstream that is not there looks like one that hangs up.
pub(super) async fn forward(State(recorder): State<Arc<Recorder>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let content_type = head
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut seen = RequestSeen::read(
        head.method.as_str(),
        path,
        content_type.unwrap_or_default(),
        &body,
    );
    seen.lost = recorder.loses(&seen);
    let lost = seen.lost;
    let number = recorder.note(seen);
    let passed = recorder
        .client
        .request(head.method, format!("{}{path}", recorder.upstream()));
    let answer = match passed
        .headers(end_to_end(&head.headers))
        .body(body)
        .send()
        .await
    {
        Ok(answer) => Some((
            answer.status(),
            end_to_end(answer.headers()),
            answer.bytes().await,
        )),
        Err(error) => {
            tracing::debug!(%error, "the upstream of the recording proxy does not answer");
            None
        }
    };
    recorder.note_answer(number, answer.as_ref().map(|(status, ..)| status.as_u16()));
    match answer {
        Some((status, headers, Ok(body))) if !lost => {
            (status, headers, Body::from(body)).into_response()
        }
        _ => {
            let mut cut = StatusCode::BAD_GATEWAY.into_response();
            cut.extensions_mut().insert(CutAnswer);
            cut
        }
    }
}

/// The headers that concern the two ends and not the connection between them. `Host` stays, so
/// that the addresses in OctoPrint's answers lead through the proxy again.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::CONTENT_LENGTH,
        header::UPGRADE,
    ] {
        kept.remove(name);
    }
    kept
}
