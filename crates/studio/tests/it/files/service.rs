//! A print service that does as it is told.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub struct FakeService {
    pub models: Mutex<HashMap<String, Model>>,
    /// What was said of holds, in order.
    pub holds: Mutex<Vec<bool>>,
    /// What every call is answered with instead.
    pub refuses: Mutex<Option<(u16, &'static str)>>,
    /// Bodies of models that came.
    pub brought: Mutex<usize>,
    /// The claims of the last call.
    pub claims: Mutex<Option<Value>>,
}

#[derive(Clone)]
pub struct Model {
    pub name: String,
    pub bytes: Bytes,
    pub shown: Value,
}

type Fake = State<Arc<FakeService>>;

impl FakeService {
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/v1/models/{sha256}", get(shown).put(bring))
            .route("/v1/hold", put(hold).delete(release))
            .with_state(self)
    }

    pub fn refuse(&self, with: Option<(u16, &'static str)>) {
        *self.refuses.lock().unwrap() = with;
    }

    /// What was found in a model.
    pub fn found(&self, sha256: &str, shown: Value) {
        self.models.lock().unwrap().get_mut(sha256).unwrap().shown = shown;
    }

    /// What is answered instead, if anything.
    fn heard(&self, headers: &HeaderMap) -> Option<Response> {
        let token = headers["authorization"].to_str().unwrap();
        assert!(!headers.contains_key("cookie"));
        let claims = token.split('.').nth(1).unwrap();
        use base64::Engine;
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims);
        *self.claims.lock().unwrap() = serde_json::from_slice(&claims.unwrap()).unwrap();
        let refuses = *self.refuses.lock().unwrap();
        refuses.map(|(status, code)| problem(status, code))
    }
}

fn problem(status: u16, code: &str) -> Response {
    let body = json!({ "code": code, "detail": "The service says no.", "remedy": "Ask." });
    let headers = [("content-type", "application/problem+json")];
    let status = StatusCode::from_u16(status).unwrap();
    (status, headers, body.to_string()).into_response()
}

fn json_of(value: &Value) -> Response {
    ([("content-type", "application/json")], value.to_string()).into_response()
}

async fn shown(State(fake): Fake, Path(sha256): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refused) = fake.heard(&headers) {
        return refused;
    }
    match fake.models.lock().unwrap().get(&sha256) {
        Some(model) => json_of(&model.shown),
        None => problem(404, "MODEL_NOT_FOUND"),
    }
}

async fn bring(
    State(fake): Fake,
    Path(sha256): Path<String>,
    Query(said): Query<HashMap<String, String>>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    if let Some(refused) = fake.heard(&headers) {
        return refused;
    }
    assert_eq!(crate::rig::sha256(&bytes).to_string(), sha256);
    assert_eq!(headers["content-length"], bytes.len().to_string());
    *fake.brought.lock().unwrap() += 1;
    let shown = json!({ "state": "received" });
    let model = Model {
        name: said["name"].clone(),
        bytes,
        shown: shown.clone(),
    };
    fake.models.lock().unwrap().insert(sha256, model);
    json_of(&shown)
}

async fn hold(State(fake): Fake, headers: HeaderMap) -> Response {
    set(&fake, &headers, true)
}

async fn release(State(fake): Fake, headers: HeaderMap) -> Response {
    set(&fake, &headers, false)
}

fn set(fake: &FakeService, headers: &HeaderMap, hold: bool) -> Response {
    if let Some(refused) = fake.heard(headers) {
        return refused;
    }
    fake.holds.lock().unwrap().push(hold);
    StatusCode::NO_CONTENT.into_response()
}
