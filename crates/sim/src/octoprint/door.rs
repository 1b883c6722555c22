//! The front door: which request goes where, whose key is right, and answers that go wrong.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use super::answer::{Refusal, json_answer, percent_decoded};
use super::instance::Instance;
use super::knobs::Answers;
use super::{control, limits, push, routes};
use crate::cuttable::{CutAnswer, cut_marked_answers};

/// Everything that answers on the port.
pub(super) fn router(instance: Arc<Instance>) -> Router {
    let guarded = Router::new()
        .merge(routes::about())
        .merge(routes::connection())
        .merge(routes::printer())
        .merge(routes::job())
        .merge(routes::files())
        .fallback(|| async { Refusal::not_found() })
        .layer(middleware::from_fn_with_state(
            Arc::clone(&instance),
            check_key,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&instance),
            go_wrong,
        ))
        .layer(DefaultBodyLimit::max(limits::UPLOAD_BYTES_MAX));
    let control = Router::new()
        .route("/sim/starts", get(control::starts))
        .route("/sim/knobs", get(control::knobs).put(control::set_knobs))
        .route("/sim/debug", post(control::debug));
    Router::new()
        .route("/sockjs/websocket", get(push::open))
        .merge(control)
        .fallback_service(guarded.with_state(Arc::clone(&instance)))
        .layer(middleware::from_fn(cut_marked_answers))
        .with_state(instance)
}

/// A wrong key: 403 for reading, but 400 "CSRF validation failed" for everything else, because
/// OctoPrint then takes the caller for a browser without its token.
async fn check_key(
    State(instance): State<Arc<Instance>>,
    request: Request,
    next: Next,
) -> Response {
    let refused = instance.with(|inside| inside.knobs.refuse_key);
    let given = key_of(request.headers(), request.uri());
    if !refused && given.as_deref() == Some(instance.api_key.as_str()) {
        return next.run(request).await;
    }
    if request.method() == Method::GET {
        let error = "You don't have the permission to access the requested resource. It is either \
            read-protected or not readable by the server.";
        return json_answer(StatusCode::FORBIDDEN, &json!({"error": error}));
    }
    Refusal::bad_request("CSRF validation failed").into_response()
}

fn key_of(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer =
        header(header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
    let query = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .find_map(|pair| pair.strip_prefix("apikey="));
    header("x-api-key")
        .or(bearer)
        .map(str::to_owned)
        .or_else(|| query.map(percent_decoded))
}

/// Slow answers, and wrong ones that have nothing to do with the question.
async fn go_wrong(State(instance): State<Arc<Instance>>, request: Request, next: Next) -> Response {
    let (answers, delay_ms) = instance.with(|inside| (inside.knobs.answers, inside.knobs.delay_ms));
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    match answers {
        Answers::Normal => next.run(request).await,
        Answers::Error500 => Refusal::internal().into_response(),
        Answers::Html => {
            Html("<!doctype html><title>Sign in</title><p>Please sign in.").into_response()
        }
        Answers::Garbage => (
            [(header::CONTENT_TYPE, "application/json")],
            "{\"job\": \u{1}nope",
        )
            .into_response(),
        Answers::Cut => cut_answer(),
    }
}

/// A response that never arrives.
pub(super) fn cut_answer() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.extensions_mut().insert(CutAnswer);
    response
}
