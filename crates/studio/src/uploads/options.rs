//! `OPTIONS /api/uploads`: what is spoken here.

use super::protocol::{put, tell_versions};
use crate::studio::Studio;
use axum::extract::State;
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, StatusCode};
use std::sync::Arc;

pub(super) async fn options(State(studio): State<Arc<Studio>>) -> (StatusCode, HeaderMap) {
    let limits = &studio.settings.limits;
    let largest = limits
        .model_bytes
        .max(limits.gcode_bytes)
        .max(limits.other_bytes);
    let mut headers = HeaderMap::new();
    tell_versions(&mut headers);
    let extensions = "creation,expiration,termination";
    put(
        &mut headers,
        HeaderName::from_static("tus-extension"),
        extensions,
    );
    put(
        &mut headers,
        HeaderName::from_static("tus-max-size"),
        largest,
    );
    (StatusCode::NO_CONTENT, headers)
}
