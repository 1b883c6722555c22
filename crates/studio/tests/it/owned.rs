//! For every route that names something: a thing of the rig's organisation for which its owner's call
//! succeeds. The print service answers whoever is of that organisation, and nobody else.

use crate::rig::{Answer, Rig, Seat};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fluxprint_domain::Clock;
use fluxprint_domain::role::Role;
use fluxprint_studio::http::door::Door;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// A call that succeeds for its owner.
pub struct Own {
    pub call: String,
    body: Sent,
}

/// What goes with a call.
enum Sent {
    Nothing,
    Json(Value),
    Piece(Vec<u8>),
}

const STL: &[u8] = b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid a\n";

impl Own {
    /// The same call about something else.
    pub fn about(self, call: String) -> Self {
        Self { call, ..self }
    }

    /// Makes the call for `seat`.
    pub async fn made_by(&self, rig: &Rig, seat: &Seat) -> Answer {
        let request = rig
            .request(&self.call, seat)
            .header("tus-resumable", "1.0.0")
            .header("idempotency-key", "the-key");
        let request = match &self.body {
            Sent::Nothing => request.body(Body::empty()),
            Sent::Json(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            Sent::Piece(bytes) => request
                .header("content-type", "application/offset+octet-stream")
                .header("upload-offset", 0)
                .header("content-length", bytes.len())
                .body(Body::from(bytes.clone())),
        };
        rig.send(request.unwrap()).await
    }
}

/// A new thing of `owner`'s, and the call of `door` about it.
///
/// A new route with a name that is not known here comes to `named`; one that takes a body, to `body`.
pub async fn own(rig: &Rig, owner: &Seat, door: &Door) -> Own {
    // Nobody is too fast.
    rig.clock.advance_s(600);
    let sessions = rig.studio.store.sessions();
    let now = rig.clock.now();
    sessions.prove(owner.session, now).await.unwrap();
    let mut call = format!("{} {}", door.method, door.path);
    let mut project = String::new();
    let places: Vec<String> = door
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(str::to_owned)
        .collect();
    for place in places {
        let name = named(rig, owner, door, &place, &project).await;
        call = call.replace(&format!("{{{place}}}"), &name);
        if place == "project" {
            project = name;
        }
    }
    let body = body(rig, owner, door, &project).await;
    Own { call, body }
}

async fn named(rig: &Rig, owner: &Seat, door: &Door, place: &str, project: &str) -> String {
    match place {
        "organisation" => rig.org.to_string(),
        "project" => {
            let name = json!({ "name": "Secret" });
            let made = rig.put("POST /api/projects", owner, &name).await.ok();
            made["id"].as_str().unwrap().to_owned()
        }
        "person" => {
            let person = rig.seat(Role::Editor).await.person.to_string();
            if !project.is_empty() {
                let call = format!("PUT /api/projects/{project}/members/{person}");
                rig.put(&call, owner, &json!({ "role": "editor" }))
                    .await
                    .ok();
            }
            person
        }
        "invitation" => {
            let call = format!("POST /api/organisations/{}/invitations", rig.org);
            let made = rig
                .put(&call, owner, &json!({ "role": "viewer" }))
                .await
                .ok();
            made["invitation"]["id"].as_str().unwrap().to_owned()
        }
        "session" => {
            let more = rig.sit(rig.org, owner.person, owner.email.clone(), owner.drafts);
            more.await.session.to_string()
        }
        "file" => file(rig, owner, project).await.0,
        "version" => file(rig, owner, project).await.1,
        "upload" => {
            let place = begin(rig, owner, &owner.drafts.to_string()).await;
            place.rsplit('/').next().unwrap().to_owned()
        }
        // The service's own: any name will do that it could have given.
        "printer" | "job" | "copy" | "bridge" | "alert" => {
            let kind = [
                ("printer", "prn"),
                ("job", "job"),
                ("copy", "cpy"),
                ("bridge", "brg"),
                ("alert", "alr"),
            ];
            let (_, prefix) = kind.iter().find(|(name, _)| *name == place).unwrap();
            format!("{prefix}_{:032x}", owner.person.uuid().as_u128())
        }
        _ => panic!(
            "`{} {}` names a `{place}`, and nothing shows that its owner may and that a stranger may \
             not: add it to `named` in crates/studio/tests/it/owned.rs, and what the call takes to \
             `body` there",
            door.method, door.path
        ),
    }
}

async fn body(rig: &Rig, owner: &Seat, door: &Door, project: &str) -> Sent {
    let wanted = async || {
        let (file, _) = file(rig, owner, project).await;
        json!({ "file": file, "material": "PLA", "quality": "draft", "copies": 1, "supports": false,
            "infill_pct": 10 })
    };
    match format!("{} {}", door.method, door.path).as_str() {
        "PUT /api/projects/{project}" => Sent::Json(json!({ "name": "Mine" })),
        "POST /api/organisations/{organisation}/invitations"
        | "PUT /api/organisations/{organisation}/members/{person}"
        | "PUT /api/projects/{project}/members/{person}" => Sent::Json(json!({ "role": "viewer" })),
        "POST /api/projects/{project}/print/estimates" => Sent::Json(wanted().await),
        "POST /api/projects/{project}/print/jobs" => {
            let mut wanted = wanted().await;
            (wanted["notes"], wanted["printer"]) = (json!(""), Value::Null);
            Sent::Json(wanted)
        }
        "PATCH /api/uploads/{upload}" => Sent::Piece(STL.to_vec()),
        _ => Sent::Nothing,
    }
}

/// A file and its version.
async fn file(rig: &Rig, owner: &Seat, project: &str) -> (String, String) {
    let call = format!("PATCH {}", begin(rig, owner, project).await);
    let body = Sent::Piece(STL.to_vec());
    let sent = Own { call, body }.made_by(rig, owner).await;
    assert_eq!(sent.status, StatusCode::NO_CONTENT);
    let file = sent.headers["x-fluxprint-file"].to_str().unwrap();
    let shown = format!("GET /api/projects/{project}/files/{file}");
    let shown = rig.call(&shown, owner).await.ok();
    let version = shown["version"]["id"].as_str().unwrap();
    (file.to_owned(), version.to_owned())
}

/// Announces a file; the address of the upload.
async fn begin(rig: &Rig, owner: &Seat, project: &str) -> String {
    rig.clock.advance_s(60);
    let metadata = format!(
        "filename {},project {}",
        STANDARD.encode("part.stl"),
        STANDARD.encode(project)
    );
    let begin = rig
        .request("POST /api/uploads", owner)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", STL.len())
        .header("upload-metadata", metadata);
    let begun = rig.send(begin.body(Body::empty()).unwrap()).await;
    assert_eq!(begun.status, StatusCode::CREATED);
    begun.headers["location"].to_str().unwrap().to_owned()
}

/// Which organisation a print service serves, once it is known.
type Served = Arc<Mutex<Option<String>>>;

/// A print service that has everything for one organisation and nothing for any other.
pub fn service_of_one() -> (Router, Served) {
    let served = Served::default();
    let router = Router::new().fallback(answer).with_state(served.clone());
    (router, served)
}

async fn answer(State(served): State<Served>, request: Request) -> Response {
    let bearer = request.headers()["authorization"].to_str().unwrap();
    let claims = URL_SAFE_NO_PAD.decode(bearer.split('.').nth(1).unwrap());
    let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
    let served = served.lock().unwrap();
    if claims["org"].as_str() == served.as_deref() {
        return axum::Json(json!({ "state": "received" })).into_response();
    }
    let problem =
        json!({ "code": "NOT_THERE", "detail": "It is not there.", "remedy": "Look again." });
    let kind = [("content-type", "application/problem+json")];
    (StatusCode::NOT_FOUND, kind, problem.to_string()).into_response()
}
