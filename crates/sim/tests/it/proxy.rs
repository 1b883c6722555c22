//! The recording proxy in front of a virtual OctoPrint.

use fluxprint_sim::octoprint::machine::State;
use fluxprint_sim::proxy::{BodyKind, RecordingProxy, StartKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::rig::{KEY, Rig, connect, dwelling, next, send, until};

#[tokio::test]
async fn what_passes_is_unchanged_and_written_down() {
    let rig = Rig::start();
    let proxy = RecordingProxy::start(&rig.octoprint.url()).unwrap();
    let direct = rig.get("/api/printer").await;
    let url = format!("{}/api/printer", proxy.url());
    let through = rig
        .client
        .get(&url)
        .header("X-Api-Key", KEY)
        .send()
        .await
        .unwrap();
    assert_eq!(through.json::<Value>().await.unwrap(), direct);
    let without_key = rig.client.get(&url).send().await.unwrap();
    assert_eq!(without_key.status(), 403);
    let seen = proxy.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!(
        (
            seen[0].method.as_str(),
            seen[0].path.as_str(),
            seen[0].status
        ),
        ("GET", "/api/printer", Some(200))
    );
    assert_eq!((seen[0].body, seen[1].status), (BodyKind::Empty, Some(403)));
}

#[tokio::test]
async fn an_answer_lost_after_start_was_obeyed_and_is_counted_once() {
    let rig = Rig::start();
    rig.upload("part.gcode", &dwelling(50), &[]).await;
    let proxy = RecordingProxy::start(&rig.octoprint.url()).unwrap();
    proxy.drop_next_answer_matching(|request| request.start.is_some());
    let start = || {
        let url = format!("{}/api/files/local/part.gcode", proxy.url());
        let request = rig
            .client
            .request(Method::POST, url)
            .header("X-Api-Key", KEY);
        request
            .json(&json!({"command": "select", "print": true}))
            .send()
    };
    assert!(start().await.is_err());
    rig.clock.advance_s(1);
    assert_eq!(rig.state(), State::Printing);
    assert_eq!(start().await.unwrap().status(), 409);
    let starts = proxy.starts();
    assert_eq!(starts.len(), 2);
    assert!(
        starts
            .iter()
            .all(|start| start.kind == StartKind::SelectAndPrint)
    );
    assert_eq!((starts[0].status, starts[0].lost), (Some(204), true));
    assert_eq!((starts[1].status, starts[1].lost), (Some(409), false));
    assert_eq!(rig.octoprint.starts().len(), 1);
}

#[tokio::test]
async fn the_push_socket_passes_both_ways_and_ends_with_its_upstream() {
    let rig = Rig::start();
    let login: Value = rig
        .post("/api/login", json!({"passive": true}))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let proxy = RecordingProxy::start(&rig.octoprint.url()).unwrap();
    let mut socket = connect(&proxy.url()).await;
    assert!(next(&mut socket).await.get("connected").is_some());
    send(
        &mut socket,
        json!({"auth": format!("admin:{}", login["session"].as_str().unwrap())}),
    )
    .await;
    until(&mut socket, |frame| frame.get("history").is_some()).await;
    rig.upload("seen.gcode", "G28\n", &[]).await;
    until(&mut socket, |frame| frame["event"]["type"] == "Upload").await;
    assert_eq!(proxy.requests()[0].body, BodyKind::Socket);
    rig.octoprint.stop();
    let ended = tokio::time::timeout(std::time::Duration::from_secs(10), async {
        use futures_util::StreamExt as _;
        while let Some(Ok(_)) = socket.next().await {}
    });
    assert!(ended.await.is_ok());
}

#[tokio::test]
async fn an_upstream_that_is_gone_looks_like_one_that_hangs_up() {
    let rig = Rig::start();
    let proxy = RecordingProxy::start(&rig.octoprint.url()).unwrap();
    let client = rig.client.clone();
    rig.octoprint.stop();
    assert!(
        client
            .get(format!("{}/api/version", proxy.url()))
            .send()
            .await
            .is_err()
    );
    assert_eq!(proxy.requests()[0].status, None);
}
