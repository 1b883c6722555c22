//! Whether a start certainly did nothing or may have done something is never guessed.

use crate::bench::{nowhere, octoprint, path};
use crate::peer::{Asked, Peer, Reply, healthy};
use fluxprint_printers::{Printer, PrinterError, StartFailure, StartSent};
use serde_json::json;

async fn started(on_start: fn() -> Reply) -> (Result<StartSent, StartFailure>, Peer) {
    let peer = Peer::answering(move |asked: &Asked| {
        if asked.line.starts_with("POST /api/files/local/fluxprint/") {
            on_start()
        } else {
            healthy(asked)
        }
    })
    .await;
    let outcome = octoprint(&peer.address, "k").start(&path(1)).await;
    (outcome, peer)
}

fn refused(words: &'static str) -> Reply {
    Reply::Json(409, json!({"error": words}))
}

#[tokio::test]
async fn a_start_is_one_call_that_selects_and_prints_our_file() {
    let (outcome, peer) = started(|| Reply::Raw(b"HTTP/1.1 204 X\r\n\r\n".to_vec())).await;
    assert_eq!(outcome, Ok(StartSent));
    let asked = peer.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].line, format!("POST /api/files/local/{}", path(1)));
    assert_eq!(asked[0].text(), r#"{"command":"select","print":true}"#);
}

#[tokio::test]
async fn a_start_that_could_not_connect_was_not_sent() {
    let printer = octoprint(&nowhere().await, "k");
    assert_eq!(
        printer.start(&path(1)).await,
        Err(StartFailure::NotSent(PrinterError::Unreachable))
    );
}

#[tokio::test]
async fn a_start_that_octoprint_declines_is_refused() {
    let (outcome, _) = started(|| refused("Printer is already printing, cannot select")).await;
    let said = Some("Printer is already printing, cannot select".to_owned());
    assert_eq!(
        outcome,
        Err(StartFailure::Refused(PrinterError::Refused { said }))
    );
    let (outcome, _) =
        started(|| refused("Printer is not operational, cannot directly start printing")).await;
    assert_eq!(
        outcome,
        Err(StartFailure::Refused(PrinterError::NotConnected))
    );
    let (outcome, _) = started(|| Reply::Json(404, json!({"error": "not found"}))).await;
    assert_eq!(outcome, Err(StartFailure::Refused(PrinterError::FileGone)));
}

#[tokio::test]
async fn a_start_whose_answer_is_lost_is_unknown_and_never_sent_again() {
    let (outcome, peer) = started(|| Reply::Cut).await;
    assert_eq!(outcome, Err(StartFailure::Unknown(PrinterError::NoAnswer)));
    assert_eq!(peer.asked().len(), 1);
}

#[tokio::test]
async fn a_start_that_is_never_answered_is_unknown() {
    let (outcome, peer) = started(|| Reply::Silence).await;
    assert_eq!(outcome, Err(StartFailure::Unknown(PrinterError::NoAnswer)));
    assert_eq!(peer.asked().len(), 1);
}

#[tokio::test]
async fn a_start_with_an_answer_that_octoprint_never_gives_is_unknown() {
    for (reply, what) in [
        (
            b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n".as_slice(),
            "500",
        ),
        (b"HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n", "502"),
        (
            b"HTTP/1.1 302 X\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
            "302",
        ),
        (b"HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n", "408"),
        (b"what?\r\n\r\n", "no HTTP"),
    ] {
        let peer = Peer::answering(move |_| Reply::Raw(reply.to_vec())).await;
        let outcome = octoprint(&peer.address, "k").start(&path(1)).await;
        assert!(
            matches!(outcome, Err(StartFailure::Unknown(_))),
            "{what}: {outcome:?}"
        );
        assert_eq!(peer.asked().len(), 1, "{what}");
    }
}
