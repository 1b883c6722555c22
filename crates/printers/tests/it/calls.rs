//! The closed list of calls (safety B-05): whatever is asked of the driver, nothing else is sent.

use crate::bench::{file, octoprint, path, until};
use crate::peer::{Peer, Reply, greetings, healthy};
use fluxprint_domain::control::{Axis, Jog, Targets};
use fluxprint_printers::octoprint::OctoPrint;
use fluxprint_printers::{Printer, Seen};
use futures_util::SinkExt;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

fn allowed() -> Vec<String> {
    let own = path(1);
    [
        "GET /api/version",
        "GET /api/currentuser",
        "GET /api/connection",
        "GET /api/printer",
        "GET /api/job",
        "GET /api/settings",
        "GET /api/files",
        "POST /api/login",
        "POST /api/files/local",
        "POST /api/job",
        "POST /api/printer/tool",
        "POST /api/printer/bed",
        "POST /api/printer/printhead",
        "POST /api/printer/command",
        "POST /api/connection",
        "GET /sockjs/websocket",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(["GET", "POST", "DELETE"].map(|verb| format!("{verb} /api/files/local/{own}")))
    .collect()
}

#[tokio::test]
async fn everything_the_driver_can_do_stays_within_the_closed_list() {
    let told: Arc<Mutex<Vec<Value>>> = Arc::default();
    let heard = Arc::clone(&told);
    let peer = Peer::with_push(
        healthy,
        Some(Arc::new(move |mut socket| {
            let heard = Arc::clone(&heard);
            Box::pin(async move {
                let greeted = greetings(&mut socket).await;
                heard.lock().unwrap().extend(greeted);
                let bye = json!({"event": {"type": "Connected", "payload": null}});
                let _ = socket.send(bye.to_string().into()).await;
                std::future::pending().await
            })
        })),
    )
    .await;
    let printer = octoprint(&peer.address, "a-key");
    ask_everything(&printer).await;

    let asked = peer.asked();
    let allowed = allowed();
    for call in &asked {
        assert!(
            allowed.contains(&call.line),
            "{} is not on the list",
            call.line
        );
        assert!(!call.head.contains("origin"), "{}", call.head);
        assert!(!call.head.contains("cookie"), "{}", call.head);
        let has_key = call.head.contains("x-api-key: a-key");
        assert_eq!(has_key, call.line.contains("/api/"), "{}", call.head);
    }
    for line in &allowed {
        assert!(
            asked.iter().any(|a| a.line == *line),
            "{line} was never tried"
        );
    }
    let bodies: Vec<String> = asked
        .iter()
        .filter(|a| a.line.starts_with("POST") && !a.head.contains("multipart"))
        .map(|a| a.text())
        .collect();
    assert_eq!(
        bodies,
        [
            r#"{"passive":true}"#,
            r#"{"command":"select","print":true}"#,
            r#"{"command":"pause","action":"pause"}"#,
            r#"{"command":"pause","action":"resume"}"#,
            r#"{"command":"cancel"}"#,
            r#"{"command":"target","targets":{"tool0":0.0}}"#,
            r#"{"command":"target","target":0.0}"#,
            r#"{"command":"target","target":60.0}"#,
            r#"{"command":"target","targets":{"tool0":200.5}}"#,
            r#"{"command":"home","axes":["x","z"]}"#,
            r#"{"command":"jog","x":10.0,"y":0.0,"z":-0.5,"absolute":false}"#,
            r#"{"command":"M112"}"#,
            r#"{"command":"connect"}"#,
            r#"{"command":"disconnect"}"#,
        ]
    );
    narrow_and_in_order(&told.lock().unwrap());
}

/// Every method of the port.
async fn ask_everything(printer: &OctoPrint) {
    let local = file("G28\n");
    let mut watch = printer.watch();
    until(&mut watch, |seen| matches!(seen, Seen::Event(_))).await;
    printer.identify().await.unwrap();
    printer.look().await.unwrap();
    printer.webcam().await.unwrap();
    printer.stored(&path(1)).await.unwrap();
    // Every upload fails here: nothing is stored. So its cleaning up is on the list as well.
    printer
        .upload(&path(1), local.path(), 4, "t")
        .await
        .unwrap_err();
    printer.start(&path(1)).await.unwrap();
    printer.pause().await.unwrap();
    printer.resume().await.unwrap();
    printer.cancel().await.unwrap();
    printer.heaters_off().await.unwrap();
    let warm = Targets {
        nozzle_c: 200.5,
        bed_c: 60.0,
    };
    printer.heat(warm).await.unwrap();
    let axes = BTreeSet::from([Axis::X, Axis::Z]);
    printer.home(&axes).await.unwrap();
    let step = Jog {
        x_mm: 10.0,
        y_mm: 0.0,
        z_mm: -0.5,
    };
    printer.jog(step).await.unwrap();
    printer.emergency_stop().await.unwrap();
    printer.connect().await.unwrap();
    printer.disconnect().await.unwrap();
    printer.delete(&path(1)).await.unwrap();
}

/// The subscription comes before the session, or minutes of terminal lines come first.
fn narrow_and_in_order(told: &[Value]) {
    assert_eq!(
        told[0]["subscribe"]["state"],
        json!({"logs": false, "messages": false})
    );
    assert_eq!(told[0]["subscribe"]["plugins"], json!([]));
    let events = told[0]["subscribe"]["events"].as_array().unwrap();
    assert!(!events.is_empty() && !events.contains(&json!("Dwelling")));
    assert_eq!(told.last().unwrap(), &json!({"auth": "bridge:s3ss10n"}));
}

#[tokio::test]
async fn an_octoprint_behind_a_path_is_reached_there() {
    let peer = Peer::answering(|_| Reply::Cut).await;
    for base in ["/octo", "/octo/"] {
        let printer = octoprint(&format!("{}{base}", peer.address), "k");
        printer.look().await.unwrap_err();
    }
    assert_eq!(peer.lines(), ["GET /octo/api/printer"; 2]);
}
