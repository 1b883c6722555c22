//! Who OctoPrint is, who the caller is, and its settings.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal, json_answer, ok, parse};
use super::super::instance::Instance;
use super::super::limits::SESSIONS_MAX;
use super::Shared;

pub fn routes() -> Router<Arc<Instance>> {
    Router::new()
        .route("/api/version", get(version))
        .route("/api/server", get(server))
        .route("/api/currentuser", get(current_user))
        .route("/api/settings", get(settings))
        .route("/api/printerprofiles", get(printer_profiles))
        .route("/api/login", post(login).fallback(wrong_method))
}

async fn wrong_method() -> Response {
    let error = "The method is not allowed for the requested URL.";
    json_answer(StatusCode::METHOD_NOT_ALLOWED, &json!({"error": error}))
}

async fn version() -> Answer {
    ok(&json!({"api": "0.1", "server": "1.11.8", "text": "OctoPrint 1.11.8"}))
}

async fn server() -> Answer {
    ok(&json!({"version": "1.11.8", "safemode": null}))
}

fn permissions() -> Value {
    json!([
        "ADMIN",
        "STATUS",
        "CONNECTION",
        "WEBCAM",
        "SYSTEM",
        "FILES_LIST",
        "FILES_UPLOAD",
        "FILES_DOWNLOAD",
        "FILES_DELETE",
        "FILES_SELECT",
        "PRINT",
        "MONITOR_TERMINAL",
        "CONTROL",
        "SETTINGS_READ",
        "SETTINGS",
    ])
}

async fn current_user() -> Answer {
    ok(&json!({"groups": ["admins"], "name": "admin", "permissions": permissions()}))
}

/// The webcam part only; a real one shows keys and folders here too.
async fn settings(State(instance): Shared) -> Answer {
    let (stream, snapshot) = instance.with(|inside| {
        let knobs = &inside.knobs;
        (knobs.webcam_stream.clone(), knobs.webcam_snapshot.clone())
    });
    ok(&json!({"webcam": {
        "webcamEnabled": true, "streamUrl": stream, "snapshotUrl": snapshot, "streamRatio": "16:9",
        "flipH": false, "flipV": false, "rotate90": false, "streamTimeout": 5,
        "snapshotTimeout": 5, "snapshotSslValidation": true,
        "webcams": [{
            "name": "classic", "displayName": "Classic Webcam", "provider": "classicwebcam",
            "canSnapshot": true, "snapshotDisplay": "", "flipH": false, "flipV": false,
            "rotate90": false, "compat": {"stream": stream, "snapshot": snapshot}, "extras": {"stream": stream},
        }],
    }}))
}

async fn printer_profiles(headers: HeaderMap) -> Answer {
    let host = super::files::origin_of(&headers);
    let slow = json!({"inverted": false, "speed": 200});
    let fast = json!({"inverted": false, "speed": 6000});
    ok(&json!({"profiles": {"_default": {
        "id": "_default", "name": "Default", "model": "Generic RepRap Printer",
        "color": "default", "current": true, "default": true,
        "resource": format!("{host}/api/printerprofiles/_default"),
        "heatedBed": true, "heatedChamber": false,
        "axes": {"x": fast, "y": fast, "z": slow, "e": {"inverted": false, "speed": 300}},
        "extruder": {
            "count": 1, "defaultExtrusionLength": 5, "nozzleDiameter": 0.4,
            "offsets": [[0.0, 0.0]], "sharedNozzle": false,
        },
        "volume": {
            "custom_box": false, "depth": 200.0, "formFactor": "rectangular",
            "height": 200.0, "origin": "lowerleft", "width": 200.0,
        },
    }}}))
}

/// Passive login: turns the API key into a session for the push socket.
async fn login(State(instance): Shared, body: Bytes) -> Answer {
    let passive = parse(&body)?.get("passive") == Some(&Value::Bool(true));
    if !passive {
        return Err(Refusal {
            status: StatusCode::FORBIDDEN,
            error: "User unknown or password incorrect".to_owned(),
        });
    }
    let clock = Arc::clone(&instance.clock);
    let session = format!("{:032x}{:032x}", clock.random(), clock.random());
    let limited = instance.with(|inside| {
        while inside.sessions.len() >= SESSIONS_MAX {
            inside.sessions.pop_first();
        }
        inside.knobs.login_limited || !inside.sessions.insert(session.clone())
    });
    if limited {
        let error = "You have made too many failed login attempts. Please try again later.";
        return Err(Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            error: error.to_owned(),
        });
    }
    ok(&json!({
        "name": "admin", "session": session, "active": true, "admin": true, "user": true,
        "apikey": instance.api_key, "groups": ["admins"], "permissions": [],
        "roles": ["user", "admin"], "settings": {},
        "needs": {"group": ["admins"], "role": ["admin", "status", "print", "control"]},
        "_is_external_client": false, "_login_mechanism": "apikey",
    }))
}
