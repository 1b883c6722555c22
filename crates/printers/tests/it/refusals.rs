//! Who refuses what, told to a person in the right words.

use crate::bench::{nowhere, octoprint, path};
use crate::peer::{Asked, Peer, Reply, healthy};
use fluxprint_domain::control::Targets;
use fluxprint_printers::octoprint::OctoPrint;
use fluxprint_printers::{Printer, PrinterError, Warning};
use serde_json::json;
use std::sync::Arc;

/// As OctoPrint treats a wrong key: 403 on GET, 400 on POST, and nobody as the current user.
fn wrong_key(asked: &Asked) -> Reply {
    match asked.line.as_str() {
        "GET /api/currentuser" => Reply::Json(
            200,
            json!({"name": null, "groups": ["guests"], "permissions": []}),
        ),
        line if line.starts_with("GET ") => {
            Reply::Json(403, json!({"error": "You don't have the permission"}))
        }
        _ => Reply::Json(400, json!({"error": "CSRF validation failed"})),
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_as_such_on_every_call() {
    let peer = Peer::answering(wrong_key).await;
    let printer = octoprint(&peer.address, "wrong");
    let refused = PrinterError::KeyRefused;
    assert_eq!(printer.identify().await, Err(refused.clone()));
    assert_eq!(printer.look().await, Err(refused.clone()));
    assert_eq!(printer.pause().await, Err(refused.clone()));
    assert_eq!(printer.emergency_stop().await, Err(refused.clone()));
    assert_eq!(
        *printer.start(&path(1)).await.unwrap_err().cause(),
        refused.clone()
    );
    assert_eq!(refused.code(), "KEY_REFUSED");
    assert!(refused.remedy().contains("application key"));
}

#[tokio::test]
async fn a_good_key_that_may_not_do_this_is_not_called_wrong() {
    let peer = Peer::answering(|asked| match asked.line.as_str() {
        "POST /api/job" => Reply::Json(403, json!({"error": "You don't have the permission"})),
        _ => healthy(asked),
    })
    .await;
    let printer = octoprint(&peer.address, "k");
    assert_eq!(printer.cancel().await, Err(PrinterError::NotAllowed));
}

#[tokio::test]
async fn an_octoprint_that_is_off_is_unreachable() {
    let printer = octoprint(&nowhere().await, "k");
    let error = printer.look().await.unwrap_err();
    assert_eq!(error.code(), "OCTOPRINT_UNREACHABLE");
    assert!(printer.identify().await.is_err() && printer.heaters_off().await.is_err());
}

#[tokio::test]
async fn an_old_octoprint_and_an_administrators_key_are_warned_about() {
    let peer = Peer::answering(|asked| match asked.line.as_str() {
        "GET /api/version" => Reply::Json(200, json!({"server": "1.10.3\u{1b}"})),
        "GET /api/currentuser" => Reply::Json(200, json!({"name": "a", "groups": ["admins"]})),
        "GET /api/connection" => Reply::Json(200, json!({"current": {"port": "/dev/ttyACM0"}})),
        _ => healthy(asked),
    })
    .await;
    let identity = octoprint(&peer.address, "k").identify().await.unwrap();
    assert_eq!(identity.software, "OctoPrint 1.10.3");
    assert_eq!(identity.warnings, [Warning::TooOld, Warning::AdminKey]);
    assert!(!identity.is_virtual);

    let peer = Peer::answering(healthy).await;
    let identity = octoprint(&peer.address, "k").identify().await.unwrap();
    assert!(identity.is_virtual && identity.warnings.is_empty());
    assert_eq!(identity.free_bytes, Some(1_000_000_000));
}

#[tokio::test]
async fn heaters_are_both_switched_off_even_when_one_fails() {
    let peer = Peer::answering(|asked| match asked.line.as_str() {
        "POST /api/printer/tool" => Reply::Cut,
        _ => healthy(asked),
    })
    .await;
    let done = octoprint(&peer.address, "k").heaters_off().await;
    assert_eq!(done, Err(PrinterError::NoAnswer));
    assert_eq!(
        peer.lines(),
        ["POST /api/printer/tool", "POST /api/printer/bed"]
    );
}

#[tokio::test]
async fn an_address_that_is_not_plain_http_is_refused_before_anything_is_sent() {
    for address in [
        "ftp://printer/",
        "http://user:pass@printer/",
        "file:///etc/passwd",
    ] {
        let made = OctoPrint::new(
            address.parse().unwrap(),
            "k".to_owned().into(),
            Arc::new(fluxprint_clock::SystemClock::new()),
        );
        let refused = made.err().unwrap();
        assert_eq!(refused.code(), "OCTOPRINT_ADDRESS_UNUSABLE", "{address}");
    }
}

#[tokio::test]
async fn half_a_preheat_is_taken_back() {
    let peer = Peer::answering(|asked| match asked.line.as_str() {
        "POST /api/printer/tool" if !asked.text().contains(":0.0") => {
            Reply::Json(409, json!({"error": "Printer is not operational"}))
        }
        _ => healthy(asked),
    })
    .await;
    let warm = Targets {
        nozzle_c: 200.0,
        bed_c: 60.0,
    };
    let refused = octoprint(&peer.address, "k").heat(warm).await;
    assert_eq!(refused, Err(PrinterError::NotConnected));
    let bodies: Vec<_> = peer.asked().iter().map(Asked::text).collect();
    assert!(bodies[0].contains("60.0") && bodies[1].contains("200.0"));
    assert!(bodies[2].contains(":0.0") && bodies[3].contains(":0.0"));
}
