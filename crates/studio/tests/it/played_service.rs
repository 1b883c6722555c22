//! A print service that a test plays: it keeps what it was asked, and answers what the test set.

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, broadcast};

/// A call that came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    /// With its query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn token(&self) -> String {
        let bearer = self.headers["authorization"].to_str().unwrap();
        bearer.strip_prefix("Bearer ").unwrap().to_owned()
    }
}

#[derive(Default)]
struct Inside {
    seen: Vec<Seen>,
    /// By method and path without query; each once, the last again and again.
    answers: HashMap<String, Vec<(u16, Value)>>,
    seq: i64,
    printers: Value,
    queue: Value,
    /// What is waited for before a call is answered.
    held: HashMap<String, Arc<Notify>>,
}

/// The service. Clones are the same one.
#[derive(Clone)]
pub struct PlayedService {
    inside: Arc<Mutex<Inside>>,
    said: broadcast::Sender<Value>,
}

impl PlayedService {
    pub fn new() -> Self {
        let inside = Inside {
            printers: json!([]),
            queue: json!({ "on_hold": false, "entries": [] }),
            ..Inside::default()
        };
        Self {
            inside: Arc::new(Mutex::new(inside)),
            said: broadcast::Sender::new(64),
        }
    }

    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/events", any(upgrade))
            .fallback(answer)
            .layer(from_fn_with_state(self.clone(), keep))
            .with_state(self.clone())
    }

    /// Answers `call` ("GET /v1/x") so from now on; said twice, first the one and then the other.
    pub fn answers(&self, call: &str, status: u16, body: Value) {
        let mut inside = self.inside.lock().unwrap();
        let answers = inside.answers.entry(call.to_owned()).or_default();
        answers.push((status, body));
    }

    /// Answers `call` only when told to.
    pub fn holds(&self, call: &str) -> Arc<Notify> {
        let go = Arc::new(Notify::new());
        let mut inside = self.inside.lock().unwrap();
        inside.held.insert(call.to_owned(), go.clone());
        go
    }

    /// Says no, in the words of a problem document.
    pub fn refuses(&self, call: &str, status: u16, code: &str) {
        let problem = json!({ "code": code, "detail": "It does not go.", "remedy": "Wait." });
        self.answers(call, status, problem);
    }

    /// Printers and queue are so from now on. Nobody is told.
    pub fn stands(&self, printers: Value, queue: Value) {
        let mut inside = self.inside.lock().unwrap();
        (inside.printers, inside.queue) = (printers, queue);
    }

    /// Tells everybody who listens.
    pub fn tells(&self, name: &str, payload: Value) {
        let mut inside = self.inside.lock().unwrap();
        inside.seq += 1;
        let event = json!({ "type": "event", "seq": inside.seq, "at": "2026-01-01T00:00:01Z",
            "name": name, "payload": payload });
        let _ = self.said.send(event);
    }

    /// Tells what is only seen, and has no number.
    pub fn shows(&self, name: &str, payload: Value) {
        let event = json!({ "type": "event", "seq": null, "at": "2026-01-01T00:00:01Z",
            "name": name, "payload": payload });
        let _ = self.said.send(event);
    }

    /// Hangs up on everybody who listens.
    pub fn hangs_up(&self) {
        let _ = self.said.send(Value::Null);
    }

    pub fn listeners(&self) -> usize {
        self.said.receiver_count()
    }

    /// The calls that came to this method and path, whatever their query.
    pub fn asked(&self, call: &str) -> Vec<Seen> {
        let seen = self.inside.lock().unwrap().seen.clone();
        let is = |seen: &Seen| name(&seen.method, &seen.path) == call;
        seen.into_iter().filter(is).collect()
    }

    /// How many calls came.
    pub fn count(&self) -> usize {
        self.inside.lock().unwrap().seen.len()
    }
}

fn name(method: &Method, path: &str) -> String {
    format!("{method} {}", path.split('?').next().unwrap())
}

async fn keep(State(service): State<PlayedService>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    service.inside.lock().unwrap().seen.push(Seen {
        method: head.method.clone(),
        path: head.uri.to_string(),
        headers: head.headers.clone(),
        body: body.clone(),
    });
    next.run(Request::from_parts(head, body.into())).await
}

async fn answer(
    State(service): State<PlayedService>,
    method: Method,
    uri: axum::http::Uri,
) -> Response {
    let held = {
        let inside = service.inside.lock().unwrap();
        inside.held.get(&name(&method, uri.path())).cloned()
    };
    if let Some(held) = held {
        held.notified().await;
    }
    let mut inside = service.inside.lock().unwrap();
    let standing = match (method.as_str(), uri.path()) {
        ("GET", "/v1/queue") => Some(inside.queue.clone()),
        ("GET", "/v1/printers") => Some(inside.printers.clone()),
        _ => None,
    };
    let set = inside.answers.get_mut(&name(&method, uri.path()));
    let (status, body) = match (set, standing) {
        (Some(set), _) if set.len() > 1 => set.remove(0),
        (Some(set), _) => set[0].clone(),
        (None, Some(standing)) => (200, standing),
        (None, None) => (
            404,
            json!({ "code": "NOT_FOUND", "detail": "No.", "remedy": "No." }),
        ),
    };
    let status = StatusCode::from_u16(status).unwrap();
    if status.is_success() {
        (status, Json(body)).into_response()
    } else {
        let kind = [("content-type", "application/problem+json")];
        (status, kind, body.to_string()).into_response()
    }
}

async fn upgrade(State(service): State<PlayedService>, socket: WebSocketUpgrade) -> Response {
    socket.on_upgrade(async move |socket| tell(service, socket).await)
}

async fn tell(service: PlayedService, mut socket: WebSocket) {
    let mut said = service.said.subscribe();
    let snapshot = {
        let inside = service.inside.lock().unwrap();
        json!({ "type": "snapshot", "seq": inside.seq, "printers": inside.printers,
            "queue": inside.queue })
    };
    let mut next = snapshot;
    while !next.is_null() {
        let sent = socket.send(Message::Text(next.to_string().into())).await;
        if sent.is_err() {
            return;
        }
        next = tokio::select! {
            said = said.recv() => said.unwrap_or_default(),
            heard = socket.recv() => match heard {
                Some(Ok(_)) => json!({ "type": "nothing" }),
                _ => Value::Null,
            },
        };
    }
}
