//! Whatever answers in OctoPrint's place costs bounded memory and is never followed anywhere.

use crate::bench::octoprint;
use crate::peer::{Peer, Reply};
use fluxprint_printers::{Printer, PrinterError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn looked(reply: impl Fn() -> Reply + Send + Sync + 'static) -> PrinterError {
    let peer = Peer::answering(move |_| reply()).await;
    octoprint(&peer.address, "k").look().await.unwrap_err()
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    assert_eq!(looked(|| Reply::Endless).await, PrinterError::TooLong);
}

#[tokio::test]
async fn a_page_garbage_or_deep_nesting_is_strange() {
    let deep = "[".repeat(200_000);
    for body in [
        "<html>sign in</html>",
        "\u{0}\u{1}",
        "",
        "[]",
        deep.as_str(),
    ] {
        let reply = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let error = looked(move || Reply::Raw(reply.clone().into_bytes())).await;
        assert!(matches!(error, PrinterError::Strange { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_cut_short_is_no_answer() {
    let error = looked(|| Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{".to_vec()));
    assert_eq!(error.await, PrinterError::NoAnswer);
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    let elsewhere = Peer::answering(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Reply::Cut
    })
    .await;
    for status in [301, 302, 303, 307, 308] {
        let to = elsewhere.address.clone();
        let error = looked(move || {
            let head =
                format!("HTTP/1.1 {status} X\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
            Reply::Raw(head.into_bytes())
        })
        .await;
        assert!(matches!(error, PrinterError::Strange { .. }), "{error:?}");
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_refusals_words_are_cut_and_cleaned() {
    let words = format!("no\u{1b}[2J\n{}", "x".repeat(5_000));
    let peer =
        Peer::answering(move |_| Reply::Json(409, serde_json::json!({"error": words}))).await;
    let error = octoprint(&peer.address, "k").pause().await.unwrap_err();
    let PrinterError::Refused { said: Some(said) } = error else {
        panic!("{error:?}");
    };
    assert!(said.starts_with("no[2J x") && said.chars().count() == 200);
}
