//! `GET /v1/events` over real sockets.

use crate::rig::{Rig, wanted};
use fluxprint_domain::id::{JobId, ProjectId};
use fluxprint_domain::role::Role;
use fluxprint_service::{publisher, telling};
use fluxprint_tokens::Projects;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A listener at the running service.
async fn listen(rig: &Rig, token: &str) -> Socket {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/v1/events", listener.local_addr().unwrap());
    tokio::spawn(fluxprint_http::serve(
        listener,
        rig.router.clone(),
        rig.service.stopping.clone(),
    ));
    let mut request = url.into_client_request().unwrap();
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    connect_async(request).await.unwrap().0
}

/// The next message in words; `None` at the end.
async fn heard(socket: &mut Socket) -> Option<Value> {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), socket.next()).await;
        match next.unwrap() {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).ok(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            _ => return None,
        }
    }
}

/// The next change of this name.
async fn change(socket: &mut Socket, name: &str) -> Value {
    loop {
        let message = heard(socket).await.unwrap();
        if message["name"] == name {
            return message;
        }
    }
}

async fn cancel(rig: &Rig, job: JobId) {
    let call = format!("POST /v1/jobs/{job}/cancellation");
    rig.by(Role::Owner, &call).await.ok();
}

#[tokio::test]
async fn a_listener_gets_a_snapshot_first_and_then_what_changes() {
    let rig = Rig::new().await;
    tokio::spawn(publisher::run(rig.service.clone()));
    let owner = rig.token(Role::Owner);
    let mut socket = listen(&rig, &owner).await;
    let snapshot = heard(&mut socket).await.unwrap();
    assert_eq!(snapshot["type"], "snapshot");
    assert_eq!(snapshot["printers"], json!([]));
    let model = rig.model(1).await;
    let job = rig.job(&owner, &wanted(model)).await;
    cancel(&rig, job).await;
    let change = change(&mut socket, "print:status-update").await;
    assert_eq!(change["payload"]["job_id"], job.to_string());
    assert!(change["seq"].as_i64() > snapshot["seq"].as_i64());
}

#[tokio::test]
async fn another_projects_job_is_heard_of_without_a_name() {
    let rig = Rig::new().await;
    tokio::spawn(publisher::run(rig.service.clone()));
    let mut grant = rig.grant(Role::Viewer);
    grant.projects = Projects::Some(BTreeMap::from([(
        rig.id::<fluxprint_domain::id::Project>(),
        Role::Viewer,
    )]));
    let mut socket = listen(&rig, &rig.mint(&grant)).await;
    heard(&mut socket).await.unwrap();
    let project: ProjectId = rig.id();
    let model = rig.model(2).await;
    let mut body = wanted(model);
    body["project"] = json!(project);
    let job = rig.job(&rig.token(Role::Owner), &body).await;
    cancel(&rig, job).await;
    let change = change(&mut socket, "print:status-update").await;
    assert_eq!(change["payload"], json!({ "other_project": true }));
}

/// A listener who sees no project, behind the snapshot.
async fn outsider(rig: &Rig) -> Socket {
    let mut grant = rig.grant(Role::Viewer);
    grant.projects = Projects::Some(BTreeMap::new());
    let mut socket = listen(rig, &rig.mint(&grant)).await;
    heard(&mut socket).await.unwrap();
    socket
}

#[tokio::test]
async fn a_printer_is_told_whole_whenever_something_about_it_changed() {
    let rig = Rig::new().await;
    let (bridge, printer) = rig.printer(false).await;
    tokio::spawn(publisher::run(rig.service.clone()));
    let owner = rig.token(Role::Owner);
    let mut socket = listen(&rig, &owner).await;
    heard(&mut socket).await.unwrap();
    let body = json!({ "material": "PETG" });
    rig.post(&format!("PUT /v1/printers/{printer}/loaded"), &owner, &body)
        .await
        .ok();
    let told = change(&mut socket, "printer:status").await;
    assert!(told["seq"].as_i64().is_some());
    assert!(told["at"].as_str().unwrap().ends_with('Z'), "{told}");
    let mut shown = rig
        .call(&format!("GET /v1/printers/{printer}"), &owner)
        .await
        .ok();
    shown.as_object_mut().unwrap().remove("allowed");
    assert_eq!(told["payload"], shown);
    assert_eq!(shown["loaded"], "PETG");
    change(&mut socket, "queue:updated").await;
    let clear = format!("PUT /v1/printers/{printer}/bed-clearance");
    rig.call(&clear, &owner).await.ok();
    let told = change(&mut socket, "printer:status").await;
    assert_eq!(told["payload"]["bed"]["clear"], true);

    let _entrance = rig.connect(bridge, printer);
    telling::connection(&rig.service, rig.org, bridge, &[printer]);
    let told = change(&mut socket, "printer:connection").await;
    let expected =
        json!({ "printer_id": printer, "connected": true, "reconciled": true, "camera": false });
    assert_eq!((&told["payload"], &told["seq"]), (&expected, &Value::Null));
}

#[tokio::test]
async fn progress_is_told_with_its_job_and_without_it_to_other_projects() {
    let rig = Rig::new().await;
    let (project, owner): (ProjectId, _) = (rig.id(), rig.token(Role::Owner));
    let mut body = wanted(rig.model(1).await);
    (body["project"], body["reference"]) = (json!(project), json!("file_7"));
    let job = rig.job(&owner, &body).await;
    let (printer, attempt) = rig.printing(job).await;
    tokio::spawn(publisher::run(rig.service.clone()));
    let mut socket = listen(&rig, &owner).await;
    heard(&mut socket).await.unwrap();
    let mut stranger = outsider(&rig).await;
    let rows = rig
        .service
        .store
        .events(rig.org)
        .latest_seq()
        .await
        .unwrap();
    let seen = rig.see(printer, attempt, 40.0);
    let now = fluxprint_domain::Clock::now(rig.clock.as_ref());
    telling::seen(&rig.service, rig.org, printer, &seen, now).await;

    let warm = change(&mut socket, "printer:temperature").await;
    assert_eq!(warm["payload"]["printer_id"], printer.to_string());
    assert_eq!(warm["payload"]["heaters"]["nozzle"]["actual_c"], 199.5);
    let progress = change(&mut socket, "printer:progress").await["payload"].clone();
    assert_eq!(progress["progress"]["completion_pct"], 40.0);
    assert_eq!(progress["job"]["id"], job.to_string());
    assert_eq!(progress["job"]["reference"], "file_7");
    assert_eq!(progress["job"]["attempt"], "printing");
    let step = change(&mut socket, "print:status-update").await;
    let told = &step["payload"];
    assert_eq!(
        (&told["status"], &told["reference"]),
        (&json!("printing"), &json!("file_7"))
    );
    assert_eq!(
        (&told["progress_pct"], &told["place"]),
        (&json!(20.0), &json!(1)),
        "one of two copies"
    );
    assert_eq!(step["seq"], Value::Null);

    let hidden = change(&mut stranger, "printer:progress").await["payload"].clone();
    assert_eq!(hidden["progress"]["completion_pct"], 40.0);
    assert_eq!(
        hidden["job"],
        json!({ "other_project": true, "attempt": "printing" })
    );
    let hidden = change(&mut stranger, "print:status-update").await["payload"].clone();
    assert_eq!(hidden, json!({ "other_project": true }));
    let after = rig
        .service
        .store
        .events(rig.org)
        .latest_seq()
        .await
        .unwrap();
    assert_eq!(after, rows, "nothing of this was written down");
}

#[tokio::test]
async fn a_strangers_word_ends_the_socket_and_no_token_opens_it() {
    let rig = Rig::new().await;
    let mut socket = listen(&rig, &rig.token(Role::Owner)).await;
    heard(&mut socket).await.unwrap();
    socket
        .send(Message::Text(r#"{"token":"nonsense"}"#.into()))
        .await
        .unwrap();
    assert_eq!(heard(&mut socket).await, None);
    let refused = rig.call("GET /v1/events", "nonsense").await;
    assert_eq!(refused.status, 401);
}
