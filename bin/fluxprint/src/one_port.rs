//! Studio and service behind one port: the address says which of them is meant.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

/// Where the service's addresses begin.
const SERVICE: &str = "/v1";
/// Where both say whether they can serve.
const READY: &str = "/readyz";

/// Hands every call to the room it is for. Neither knows of the other: each has its own door,
/// its own limits and its own words.
pub fn one_port(studio: Router, service: Router) -> Router {
    Router::new().fallback(async move |call: Request| {
        let path = call.uri().path();
        let beneath = path.strip_prefix(SERVICE);
        if beneath.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            answer(service.clone(), call).await
        } else if path == READY {
            ready([studio.clone(), service.clone()]).await
        } else {
            answer(studio.clone(), call).await
        }
    })
}

async fn answer(room: Router, call: Request) -> Response {
    let Ok(answer) = room.oneshot(call).await;
    answer
}

/// Ready when both are, with the parts of both.
async fn ready(rooms: [Router; 2]) -> Response {
    let mut status = StatusCode::OK;
    let mut parts = serde_json::Map::new();
    for room in rooms {
        let call = Request::get(READY).body(Body::empty());
        let Ok(call) = call else { continue };
        let answer = answer(room, call).await;
        if !answer.status().is_success() {
            status = StatusCode::SERVICE_UNAVAILABLE;
        }
        let bytes = answer
            .into_body()
            .collect()
            .await
            .map(|body| body.to_bytes());
        let said: Value = serde_json::from_slice(&bytes.unwrap_or_default()).unwrap_or_default();
        for (part, well) in said
            .get("parts")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let known = parts.entry(part.clone()).or_insert(Value::Bool(true));
            *known = json!(*known == true && *well == true);
        }
    }
    let said = json!({ "ready": status.is_success(), "parts": parts });
    (status, axum::Json(said)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;

    fn room(word: &'static str, ready: bool) -> Router {
        let status = if ready {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        let parts = json!({ "ready": ready, "parts": { "database": ready, word: true } });
        Router::new()
            .route(
                "/readyz",
                get(move || async move { (status, axum::Json(parts)) }),
            )
            .fallback(move |call: Request| async move { format!("{word} {}", call.uri()) })
    }

    async fn ask(path: &str, studio: bool, service: bool) -> (StatusCode, String) {
        let routes = one_port(room("studio", studio), room("service", service));
        let call = Request::get(path).body(Body::empty()).unwrap();
        let answer = routes.oneshot(call).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_address_says_which_room_is_meant() {
        for (path, room) in [
            ("/", "studio"),
            ("/api/me?a=b", "studio"),
            ("/v1", "service"),
            ("/v1/jobs?limit=3", "service"),
            ("/v10", "studio"),
            ("/api/v1/jobs", "studio"),
        ] {
            let (_, said) = ask(path, true, true).await;
            assert_eq!(said, format!("{room} {path}"));
        }
    }

    #[tokio::test]
    async fn both_have_to_be_ready() {
        let (status, said) = ask("/readyz", true, true).await;
        assert!(
            status.is_success() && said.contains("\"ready\":true"),
            "{said}"
        );
        assert!(
            said.contains("\"studio\":true") && said.contains("\"service\":true"),
            "{said}"
        );
        for (studio, service) in [(true, false), (false, true)] {
            let (status, said) = ask("/readyz", studio, service).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{said}");
            assert!(said.contains("\"database\":false"), "{said}");
        }
    }
}
