//! The push socket: who gets in, what is said, and that frames look like the recorded ones.

use std::fs;
use std::path::{Path, PathBuf};

use fluxprint_sim::octoprint::machine::State;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::rig::{Rig, Socket, connect, dwelling, next, send, until};
use crate::shape::differences;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/push")
}

fn recorded(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join(format!("{name}.json"))).unwrap())
        .unwrap()
}

#[tokio::test]
async fn nothing_is_told_before_the_client_has_authenticated() {
    let rig = Rig::start();
    let mut socket = connect(&rig.octoprint.url()).await;
    assert!(next(&mut socket).await.get("connected").is_some());
    rig.upload("quiet.gcode", "G28\n", &[]).await;
    send(&mut socket, json!({"auth": "admin:wrong"})).await;
    assert_eq!(
        next(&mut socket).await,
        json!({"reauthRequired": {"reason": "stale"}})
    );
}

#[tokio::test]
async fn a_foreign_origin_is_refused_at_the_handshake() {
    let rig = Rig::start();
    let address = rig.octoprint.url().replacen("http", "ws", 1) + "/sockjs/websocket";
    let mut request = address.into_client_request().unwrap();
    request
        .headers_mut()
        .insert("Origin", "http://elsewhere.example".parse().unwrap());
    assert!(connect_async(request).await.is_err());
}

#[tokio::test]
async fn history_and_current_look_like_the_recorded_ones() {
    let rig = Rig::start();
    let mut socket = rig.push().await;
    let history = next(&mut socket).await;
    assert_eq!(
        differences(&recorded("history"), &history),
        Vec::<String>::new()
    );
    expect_current(&mut socket, "operational").await;
    rig.upload("cube.gcode", &dwelling(100), &[]).await;
    command(
        &rig,
        "/api/files/local/cube.gcode",
        json!({"command": "select"}),
    )
    .await;
    expect_current(&mut socket, "operational-job-selected").await;
    command(&rig, "/api/job", json!({"command": "start"})).await;
    rig.clock.advance_s(3);
    expect_current(&mut socket, "printing").await;
    command(&rig, "/api/job", json!({"command": "pause"})).await;
    expect_current(&mut socket, "pausing").await;
    command(&rig, "/api/job", json!({"command": "cancel"})).await;
    expect_current(&mut socket, "cancelling").await;
    rig.clock.advance_s(3);
    command(&rig, "/api/job", json!({"command": "start"})).await;
    rig.clock.advance_s(60);
    expect_current(&mut socket, "operational-after-done").await;
    command(&rig, "/api/connection", json!({"command": "disconnect"})).await;
    expect_current(&mut socket, "offline").await;
    command(&rig, "/api/connection", json!({"command": "connect"})).await;
    expect_current(&mut socket, "opening-serial-connection").await;
}

/// Waits for a `current` frame like the recorded one; nothing moves meanwhile.
async fn expect_current(socket: &mut Socket, name: &str) {
    let recorded = recorded(&format!("current-{name}"));
    let mut last = Vec::new();
    for _ in 0..5 {
        let current = until(socket, |frame| frame.get("current").is_some()).await;
        last = differences(&recorded, &current);
        if last.is_empty() {
            return;
        }
    }
    panic!("{name}: {last:?}");
}

async fn command(rig: &Rig, path: &str, body: Value) {
    assert_eq!(rig.post(path, body).await.unwrap().status(), 204, "{path}");
}

#[tokio::test]
async fn every_recorded_event_is_announced_in_the_recorded_shape() {
    let rig = Rig::start();
    let mut events = rig.octoprint.events();
    print_with_a_pause(&rig).await;
    command(
        &rig,
        "/api/printer/printhead",
        json!({"command": "home", "axes": ["x"]}),
    )
    .await;
    command(&rig, "/api/printer/command", json!({"command": "M114"})).await;
    command(&rig, "/api/job", json!({"command": "start"})).await;
    rig.clock.advance_s(1);
    command(&rig, "/api/job", json!({"command": "cancel"})).await;
    rig.clock.advance_s(1);
    let ends = [
        "action_disconnect",
        "trigger_fatal_error_marlin",
        "rerequest_last",
        "go_awol",
    ];
    for end in ends {
        command(
            &rig,
            "/api/files/local/cube.gcode",
            json!({"command": "select", "print": true}),
        )
        .await;
        rig.clock.advance_s(1);
        rig.octoprint.debug(end);
        rig.clock.advance_s(200);
        command(&rig, "/api/connection", json!({"command": "connect"})).await;
        rig.clock.advance_s(1);
    }
    rig.request(Method::DELETE, "/api/files/local/cube.gcode")
        .send()
        .await
        .unwrap();
    let announced: Vec<_> = std::iter::from_fn(|| events.try_recv().ok()).collect();
    for name in recorded_events() {
        let recorded = recorded(&name);
        let kind = recorded["event"]["type"].as_str().unwrap();
        let alike = announced.iter().filter(|event| event.kind == kind);
        let mut found: Vec<_> = alike
            .map(|event| differences(&recorded, &event.frame()))
            .collect();
        found.sort_by_key(Vec::len);
        assert_eq!(
            found.first().map(Vec::as_slice),
            Some([].as_slice()),
            "{name}"
        );
    }
}

fn recorded_events() -> Vec<String> {
    let names = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let names = names.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
    let names: Vec<_> = names.filter(|name| name.starts_with("event-")).collect();
    assert!(names.len() > 30, "only {} recordings", names.len());
    names
}

#[tokio::test]
async fn a_narrow_wish_hears_only_what_it_names() {
    let rig = Rig::start();
    let mut socket = rig.push().await;
    until(&mut socket, |frame| frame.get("history").is_some()).await;
    for state in [false, true] {
        let wish = json!({"state": state, "events": ["PrintStarted", "PrintDone"], "plugins": []});
        send(&mut socket, json!({"subscribe": wish})).await;
    }
    // Asking for the state again brings a fresh history: from here on the wish holds.
    until(&mut socket, |frame| frame.get("history").is_some()).await;
    print_with_a_pause(&rig).await;
    let event = |frame: &Value| frame.get("event").is_some();
    for name in ["PrintStarted", "PrintDone"] {
        assert_eq!(until(&mut socket, event).await["event"]["type"], name);
    }
}

async fn print_with_a_pause(rig: &Rig) {
    rig.print("cube.gcode", &dwelling(30)).await.unwrap();
    rig.clock.advance_s(1);
    for action in ["pause", "resume"] {
        let pause = json!({"command": "pause", "action": action});
        rig.post("/api/job", pause).await.unwrap();
        rig.clock.advance_ms(1_200);
    }
    rig.clock.advance_s(60);
    assert_eq!(rig.state(), State::Operational);
}

#[tokio::test]
async fn a_session_is_stale_after_a_restart() {
    let rig = Rig::start();
    let login: Value = rig
        .post("/api/login", json!({"passive": true}))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let credentials = format!("admin:{}", login["session"].as_str().unwrap());
    let rig = rig.restart();
    let mut socket = connect(&rig.octoprint.url()).await;
    next(&mut socket).await;
    send(&mut socket, json!({"auth": credentials})).await;
    assert!(next(&mut socket).await.get("reauthRequired").is_some());
}
