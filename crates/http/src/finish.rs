//! The outermost layer: every answer leaves with an id, the security headers, and, where it is no
//! success, with a problem for a body.

use crate::problem::Problem;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use fluxprint_domain::Clock;
use std::any::Any;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The content security policy of an answer that is no page: nothing in it may ever be run.
pub const NOTHING_RUNS: &str = "default-src 'none'; frame-ancestors 'none'";

/// S-21. A handler that sets one of them itself keeps its own.
const SECURITY: [(&str, &str); 8] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("content-security-policy", NOTHING_RUNS),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    ),
    ("cache-control", "no-store"),
];

/// How a room's answers are finished.
#[derive(Clone)]
pub struct Finish {
    /// Makes the ids of calls.
    pub clock: Arc<dyn Clock>,
    /// Whether callers come through TLS only, so that browsers may be told to insist.
    pub tls_only: bool,
    /// The words for a status that came without any.
    pub words: fn(StatusCode) -> Problem,
}

/// The router with everything that its answers need to leave: headers, ids, problems, and an answer
/// to a call in which our code panicked.
pub fn finished(router: Router, how: Finish) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(how, finish))
}

async fn finish(State(how): State<Finish>, request: Request, next: Next) -> Response {
    let id = format!("req_{:032x}", how.clock.random());
    let span = tracing::info_span!("call", request_id = %id);
    let mut response = next.run(request).instrument(span).await;
    if let Some(problem) = problem_of(&mut response, how.words) {
        *response.body_mut() = Body::from(problem.body(&id));
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    secure(response.headers_mut(), how.tls_only);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The problem of an answer. Whatever came without one gets the words that fit.
fn problem_of(response: &mut Response, words: fn(StatusCode) -> Problem) -> Option<Problem> {
    let told = response.extensions_mut().remove::<Problem>();
    let status = response.status();
    if told.is_some() || !(status.is_client_error() || status.is_server_error()) {
        return told;
    }
    let problem = Problem {
        status,
        ..words(status)
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

/// The panic's text stays in the log.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Problem::broken().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use fluxprint_sim::FakeClock;
    use tower::ServiceExt;

    async fn answer(path: &str) -> Response {
        let page = [("content-security-policy", "default-src 'self'")];
        let panics = async || -> StatusCode { std::panic::panic_any("of no interest outside") };
        let routes = Router::new()
            .route("/page", get(async move || (page, "hello")))
            .route("/panics", get(panics))
            .route("/bare", get(async || StatusCode::IM_A_TEAPOT));
        let how = Finish {
            clock: Arc::new(FakeClock::new(1)),
            tls_only: true,
            words: |_| Problem::nothing_here(),
        };
        let call = Request::get(path).body(Body::empty()).unwrap();
        finished(routes, how).oneshot(call).await.unwrap()
    }

    #[tokio::test]
    async fn a_page_keeps_its_own_policy_and_gets_the_other_headers() {
        let page = answer("/page").await;
        let headers = page.headers();
        assert_eq!(headers["content-security-policy"], "default-src 'self'");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["strict-transport-security"], "max-age=31536000");
        assert!(
            headers["x-request-id"]
                .to_str()
                .unwrap()
                .starts_with("req_")
        );
    }

    #[tokio::test]
    async fn an_answer_without_words_and_a_panic_become_problems() {
        for (path, status) in [("/bare", 418), ("/panics", 500), ("/nowhere", 404)] {
            let answer = answer(path).await;
            assert_eq!(answer.status().as_u16(), status);
            let kind = &answer.headers()["content-type"];
            assert_eq!(kind, "application/problem+json", "{path}");
            assert_eq!(answer.headers()["content-security-policy"], NOTHING_RUNS);
        }
    }
}
