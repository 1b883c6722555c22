//! The outermost layer: every answer leaves with an id, the security headers, and, where it is no
//! success, with a problem for a body.

use super::failure::{Failure, Thing};
use super::problem::Problem;
use crate::service::Service;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::Arc;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// S-21. The service shows no pages: nothing in an answer may ever be run.
const SECURITY: [(&str, &str); 8] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    ),
    ("cache-control", "no-store"),
];

/// Finishes every answer.
pub async fn finish(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let id = format!("req_{:032x}", service.clock.random());
    let span = tracing::info_span!("call", request_id = %id);
    let mut response = next.run(request).instrument(span).await;
    if let Some(problem) = problem_of(&mut response) {
        *response.body_mut() = Body::from(problem.body(&id));
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    secure(response.headers_mut(), service.settings.tls_only);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The problem of an answer. Whatever did not go through [`Failure`] gets the words that fit.
fn problem_of(response: &mut Response) -> Option<Problem> {
    let told = response.extensions_mut().remove::<Problem>();
    let status = response.status();
    if told.is_some() || !(status.is_client_error() || status.is_server_error()) {
        return told;
    }
    let failure = match status {
        StatusCode::NOT_FOUND => Failure::NotThere(Thing::Page),
        StatusCode::METHOD_NOT_ALLOWED => Failure::OtherMethod,
        StatusCode::UNAUTHORIZED => Failure::NotSignedIn,
        StatusCode::SERVICE_UNAVAILABLE => Failure::Overloaded,
        _ => Failure::Broken,
    };
    let problem = Problem {
        status,
        ..failure.problem()
    };
    *response = problem.clone().into_response();
    Some(problem)
}

fn secure(headers: &mut HeaderMap, tls_only: bool) {
    for (name, value) in SECURITY {
        let name = HeaderName::from_static(name);
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if tls_only {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// The answer to a call in which our code panicked. The panic's text stays in the log.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Failure::Broken.into_response()
}
