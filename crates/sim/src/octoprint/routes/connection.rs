//! `/api/connection`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal, command, no_content, ok, parse};
use super::super::instance::Instance;
use super::super::knobs::Lie;
use super::super::machine::State as MachineState;
use super::Shared;

const BAUDRATES: [u32; 7] = [250_000, 230_400, 115_200, 57_600, 38_400, 19_200, 9_600];

pub fn routes() -> Router<Arc<Instance>> {
    Router::new().route("/api/connection", get(show).post(act))
}

/// `current.state` is `Closed` both after a clean disconnect and after an error.
async fn show(State(instance): Shared) -> Answer {
    let state = instance.with(|inside| inside.machine.state());
    let closed = matches!(
        state,
        MachineState::Offline | MachineState::OfflineAfterError
    );
    ok(&json!({
        "current": {
            "state": if closed { "Closed" } else { state.text() },
            "port": (!closed).then_some("VIRTUAL"),
            "baudrate": (!closed).then_some(115_200),
            "printerProfile": "_default",
        },
        "options": {
            "ports": ["VIRTUAL"], "portPreference": "VIRTUAL",
            "baudrates": BAUDRATES, "baudratePreference": 115_200,
            "printerProfiles": [{"id": "_default", "name": "Default"}],
            "printerProfilePreference": "_default",
        },
    }))
}

/// Always asynchronous: 204 says only that the wish was heard.
async fn act(State(instance): Shared, body: Bytes) -> Answer {
    let body = parse(&body)?;
    let command = command(&body, &["connect", "disconnect", "fake_ack"])?;
    if command == "connect" {
        check_options(&body)?;
    }
    Ok(instance.with(|inside| {
        match command {
            "connect" => inside.machine.connect(),
            "disconnect" => inside.machine.disconnect(),
            _ => {}
        }
        no_content(inside.lies(Lie::OkForNoContent))
    }))
}

fn check_options(body: &Value) -> Result<(), Refusal> {
    let port = body
        .get("port")
        .is_none_or(|port| *port == "VIRTUAL" || *port == "AUTO");
    let baudrate = body
        .get("baudrate")
        .is_none_or(|rate| *rate == 0 || BAUDRATES.iter().any(|known| *rate == *known));
    let profile = body
        .get("printerProfile")
        .is_none_or(|profile| *profile == "_default");
    for (fine, name) in [
        (port, "port"),
        (baudrate, "baudrate"),
        (profile, "printerProfile"),
    ] {
        if !fine {
            return Err(Refusal::bad_request(&format!("{name} is invalid")));
        }
    }
    Ok(())
}
