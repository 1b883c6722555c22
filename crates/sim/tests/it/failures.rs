//! The knobs: each failure happens, and only when asked for.

use fluxprint_sim::octoprint::knobs::{Answers, Knobs, NextStart, NextUpload};
use fluxprint_sim::octoprint::machine::State;
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::rig::{Rig, dwelling, until};

#[tokio::test]
async fn a_lost_answer_leaves_a_print_running_that_the_caller_never_heard_of() {
    let rig = Rig::start();
    rig.octoprint
        .turn(|knobs| knobs.next_start = Some(NextStart::LoseAnswer));
    assert!(rig.print("lost.gcode", &dwelling(50)).await.is_err());
    rig.clock.advance_s(1);
    assert_eq!(rig.state(), State::Printing);
    assert_eq!(rig.octoprint.starts().len(), 1);
    let again = rig
        .post("/api/job", json!({"command": "start"}))
        .await
        .unwrap();
    assert_eq!(again.status(), 409);
    assert_eq!(rig.octoprint.starts().len(), 1);
}

#[tokio::test]
async fn a_start_can_be_refused_or_taken_and_forgotten() {
    let rig = Rig::start();
    for (knob, status) in [(NextStart::Refuse, 409), (NextStart::AcceptAndForget, 204)] {
        rig.octoprint.turn(|knobs| knobs.next_start = Some(knob));
        assert_eq!(
            rig.print("never.gcode", &dwelling(5))
                .await
                .unwrap()
                .status(),
            status
        );
        rig.clock.advance_s(5);
        assert_eq!(rig.state(), State::Operational);
        assert_eq!(rig.octoprint.starts(), vec![]);
    }
    assert_eq!(
        rig.print("never.gcode", &dwelling(5))
            .await
            .unwrap()
            .status(),
        204
    );
    assert_eq!(rig.octoprint.starts().len(), 1);
}

#[tokio::test]
async fn a_full_disk_leaves_a_truncated_file_that_can_be_printed() {
    let rig = Rig::start();
    rig.octoprint
        .turn(|knobs| knobs.next_upload = Some(NextUpload::DiskFull(20)));
    let full = rig.upload("full.gcode", &dwelling(50), &[]).await;
    assert_eq!(full.status(), 500);
    assert_eq!(
        full.json::<Value>().await.unwrap()["error"],
        "[Errno 28] No space left on device"
    );
    assert_eq!(rig.get("/api/files/local/full.gcode").await["size"], 20);
    let started = rig.post(
        "/api/files/local/full.gcode",
        json!({"command": "select", "print": true}),
    );
    assert_eq!(started.await.unwrap().status(), 204);
    rig.clock.advance_s(10);
    assert_eq!(rig.get("/api/job").await["progress"]["completion"], 100.0);
}

#[tokio::test]
async fn a_silently_truncated_upload_shows_in_size_and_hash_only() {
    let rig = Rig::start();
    assert_eq!(
        rig.upload("whole.gcode", &dwelling(50), &[]).await.status(),
        201
    );
    rig.octoprint
        .turn(|knobs| knobs.next_upload = Some(NextUpload::Truncate(100)));
    assert_eq!(
        rig.upload("cut.gcode", &dwelling(50), &[]).await.status(),
        201
    );
    let (whole, cut) = (
        rig.get("/api/files/local/whole.gcode").await,
        rig.get("/api/files/local/cut.gcode").await,
    );
    assert_eq!(cut["size"], 100);
    assert_ne!(whole["hash"], cut["hash"]);
}

#[tokio::test]
async fn answers_can_be_wrong_in_every_way_a_network_knows() {
    let rig = Rig::start();
    rig.octoprint
        .turn(|knobs| knobs.answers = Answers::Error500);
    assert_eq!(
        rig.request(Method::GET, "/api/job")
            .send()
            .await
            .unwrap()
            .status(),
        500
    );
    for answers in [Answers::Html, Answers::Garbage] {
        rig.octoprint.turn(|knobs| knobs.answers = answers);
        let answer = rig.request(Method::GET, "/api/job").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.json::<Value>().await.is_err());
    }
    rig.octoprint.turn(|knobs| knobs.answers = Answers::Cut);
    assert!(rig.request(Method::GET, "/api/job").send().await.is_err());
    rig.octoprint.turn(|knobs| *knobs = Knobs::default());
    assert_eq!(rig.get("/api/job").await["state"], "Operational");
}

#[tokio::test]
async fn a_revoked_key_and_a_used_up_login_limit_look_different() {
    let rig = Rig::start();
    rig.octoprint.turn(|knobs| knobs.login_limited = true);
    let login = rig
        .post("/api/login", json!({"passive": true}))
        .await
        .unwrap();
    assert_eq!(login.status(), 429);
    assert_eq!(rig.get("/api/job").await["state"], "Operational");
    rig.octoprint.turn(|knobs| knobs.refuse_key = true);
    assert_eq!(
        rig.request(Method::GET, "/api/job")
            .send()
            .await
            .unwrap()
            .status(),
        403
    );
    assert_eq!(
        rig.post("/api/job", json!({"command": "start"}))
            .await
            .unwrap()
            .status(),
        400
    );
}

#[tokio::test]
async fn a_frozen_printer_says_printing_and_does_not_move() {
    let rig = Rig::start();
    rig.print("frozen.gcode", &dwelling(50)).await.unwrap();
    rig.clock.advance_s(1);
    rig.octoprint.turn(|knobs| knobs.frozen = true);
    let before = rig.get("/api/job").await["progress"]["filepos"].clone();
    rig.clock.advance_s(600);
    let after = rig.get("/api/job").await;
    assert_eq!(
        (&after["progress"]["filepos"], &after["state"]),
        (&before, &json!("Printing"))
    );
    rig.octoprint.turn(|knobs| knobs.frozen = false);
    rig.clock.advance_s(10);
    assert_eq!(rig.get("/api/job").await["progress"]["completion"], 100.0);
}

#[tokio::test]
async fn a_closed_push_socket_ends_and_does_not_open_again() {
    let rig = Rig::start();
    let mut socket = rig.push().await;
    until(&mut socket, |frame| frame.get("current").is_some()).await;
    rig.octoprint.turn(|knobs| knobs.push_closed = true);
    while let Some(Ok(frame)) = socket.next().await {
        assert!(!frame.is_binary());
    }
    let address = rig.octoprint.url().replacen("http", "ws", 1) + "/sockjs/websocket";
    assert!(tokio_tungstenite::connect_async(address).await.is_err());
}

#[tokio::test]
async fn knobs_can_be_turned_and_starts_read_over_the_control_door() {
    let rig = Rig::start();
    let knobs =
        json!({"free_bytes": 10, "next_upload": {"truncate": 5}, "lies": ["wrong_state_word"]});
    let turned = rig
        .request(Method::PUT, "/sim/knobs")
        .json(&knobs)
        .send()
        .await
        .unwrap();
    assert_eq!(turned.status(), 204);
    assert_eq!(rig.get("/api/files").await["free"], 10);
    let unknown = rig
        .request(Method::PUT, "/sim/knobs")
        .json(&json!({"frozn": true}))
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.status(), 422);
    rig.octoprint.turn(|knobs| *knobs = Knobs::default());
    rig.print("tall.gcode", "G28\nG1 Z3 E1\nG1 Z9\nG1 Z1\n")
        .await
        .unwrap();
    rig.clock.advance_s(60);
    let starts = rig.get("/sim/starts").await;
    assert_eq!(starts[0]["path"], "tall.gcode");
    assert_eq!(
        (&starts[0]["max_z_mm"], &starts[0]["max_print_z_mm"]),
        (&json!(9.0), &json!(3.0))
    );
    assert_eq!(starts[0]["success"], true);
}
