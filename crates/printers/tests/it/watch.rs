//! Watching goes on whatever happens to the push socket.

use crate::bench::{octoprint, until};
use crate::peer::{Asked, OnPush, Peer, Reply, greetings, healthy};
use fluxprint_domain::printer::PrinterState;
use fluxprint_printers::{Printer, PrinterError, PrinterEvent, Seen};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

fn frame() -> Message {
    let state = json!({"text": "Printing", "flags": {"operational": true, "printing": true}});
    let job = json!({"file": {"path": "a.gcode", "size": 10, "origin": "local"}});
    let current = json!({"state": state, "job": job, "progress": {"completion": 50.0}});
    Message::text(json!({"current": current}).to_string())
}

/// A push socket that accepts the session, sends `messages` and closes.
fn pushing(messages: impl Fn() -> Vec<Message> + Send + Sync + 'static) -> Option<OnPush> {
    Some(Arc::new(move |mut socket: WebSocketStream<TcpStream>| {
        let messages = messages();
        Box::pin(async move {
            greetings(&mut socket).await;
            for message in messages {
                let _ = socket.send(message).await;
            }
            let _ = socket.close(None).await;
        })
    }))
}

fn is_busy(seen: &Seen) -> bool {
    matches!(seen, Seen::Observation(o) if o.state == PrinterState::Busy)
}

fn is_ready(seen: &Seen) -> bool {
    matches!(seen, Seen::Observation(o) if o.state == PrinterState::Ready)
}

#[tokio::test]
async fn a_blocked_sign_in_falls_back_to_polling() {
    let peer = Peer::answering(|asked: &Asked| match asked.line.as_str() {
        "POST /api/login" => Reply::Json(429, json!({"error": "too many failed login attempts"})),
        _ => healthy(asked),
    })
    .await;
    let mut watch = octoprint(&peer.address, "k").watch();
    let mut looks = 0;
    let seen = until(&mut watch, |seen| {
        looks += u32::from(is_ready(seen));
        looks == 10
    })
    .await;
    assert_eq!(seen.len(), 10, "nothing but observations: {seen:?}");
    assert!(!peer.lines().contains(&"GET /sockjs/websocket".to_owned()));
}

#[tokio::test]
async fn a_refused_push_socket_falls_back_to_polling_and_is_tried_again() {
    let peer = Peer::with_push(healthy, None).await;
    let mut watch = octoprint(&peer.address, "k").watch();
    let tries = || peer.lines().iter().filter(|l| l.contains("sockjs")).count();
    until(&mut watch, |seen| {
        assert!(is_ready(seen), "{seen:?}");
        tries() >= 3
    })
    .await;
}

#[tokio::test]
async fn a_push_socket_that_closes_is_a_gap_and_opens_again() {
    let started = || json!({"event": {"type": "PrintStarted", "payload": {"path": "a.gcode"}}});
    let peer = Peer::with_push(
        healthy,
        pushing(move || vec![frame(), Message::text(started().to_string())]),
    )
    .await;
    let mut watch = octoprint(&peer.address, "k").watch();
    for _ in 0..3 {
        let seen = until(&mut watch, |seen| *seen == Seen::Gap).await;
        let [.., busy, event, _] = seen.as_slice() else {
            panic!("{seen:?}");
        };
        assert!(is_busy(busy));
        let path = "a.gcode".to_owned();
        assert_eq!(*event, Seen::Event(PrinterEvent::Started { path }));
        until(&mut watch, is_ready).await;
    }
}

#[tokio::test]
async fn a_push_socket_that_talks_nonsense_is_left() {
    let huge = || Message::text(format!("{{\"x\":\"{}\"}}", "y".repeat(2 * 1024 * 1024)));
    let stale = || Message::text(json!({"reauthRequired": {"reason": "stale"}}).to_string());
    for nonsense in [huge(), stale(), Message::text("{"), Message::text("[]")] {
        let message = nonsense.clone();
        let peer = Peer::with_push(
            healthy,
            pushing(move || vec![frame(), message.clone(), frame()]),
        )
        .await;
        let mut watch = octoprint(&peer.address, "k").watch();
        let seen = until(&mut watch, |seen| *seen == Seen::Gap).await;
        assert_eq!(
            seen.iter().filter(|s| is_busy(s)).count(),
            1,
            "the second is not read"
        );
        until(&mut watch, is_ready).await;
    }
}

#[tokio::test]
async fn messages_of_unknown_kinds_and_pings_are_passed_over() {
    let peer = Peer::with_push(
        healthy,
        pushing(|| {
            vec![
                Message::text(json!({"connected": {"version": "1.11.8"}}).to_string()),
                Message::Ping(vec![1].into()),
                Message::text(json!({"event": {"type": "Dwelling", "payload": null}}).to_string()),
                frame(),
            ]
        }),
    )
    .await;
    let mut watch = octoprint(&peer.address, "k").watch();
    let seen = until(&mut watch, |seen| *seen == Seen::Gap).await;
    assert_eq!(seen.len(), 3, "a look, the frame, the gap: {seen:?}");
}

#[tokio::test]
async fn an_octoprint_that_goes_is_lost_once_and_comes_back() {
    let gone = Arc::new(AtomicBool::new(false));
    let is_gone = Arc::clone(&gone);
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let peer = Peer::answering(move |asked| {
        counted.fetch_add(1, Ordering::SeqCst);
        match is_gone.load(Ordering::SeqCst) || asked.line == "POST /api/login" {
            true => Reply::Cut,
            false => healthy(asked),
        }
    })
    .await;
    let mut watch = octoprint(&peer.address, "k").watch();
    until(&mut watch, is_ready).await;
    gone.store(true, Ordering::SeqCst);
    until(&mut watch, |seen| {
        *seen == Seen::Lost(PrinterError::NoAnswer)
    })
    .await;
    let calls_then = calls.load(Ordering::SeqCst);
    let back = async {
        while calls.load(Ordering::SeqCst) < calls_then + 5 {
            tokio::task::yield_now().await;
        }
        gone.store(false, Ordering::SeqCst);
    };
    let (seen, ()) = tokio::join!(until(&mut watch, |_| true), back);
    assert!(is_ready(&seen[0]), "lost is said once, then: {seen:?}");
}

#[tokio::test]
async fn an_octoprint_that_is_lost_for_another_reason_is_told_again() {
    let locked = Arc::new(AtomicBool::new(false));
    let is_locked = Arc::clone(&locked);
    let peer = Peer::answering(move |_| match is_locked.load(Ordering::SeqCst) {
        true => Reply::Json(403, json!({"error": "not readable"})),
        false => Reply::Cut,
    })
    .await;
    let mut watch = octoprint(&peer.address, "k").watch();
    let lost = |error: PrinterError| move |seen: &Seen| *seen == Seen::Lost(error.clone());
    until(&mut watch, lost(PrinterError::NoAnswer)).await;
    locked.store(true, Ordering::SeqCst);
    until(&mut watch, lost(PrinterError::KeyRefused)).await;
}

#[tokio::test]
async fn dropping_the_watch_closes_the_push_socket() {
    let closed = Arc::new(Notify::new());
    let tell = Arc::clone(&closed);
    let on_push: OnPush = Arc::new(move |mut socket| {
        let tell = Arc::clone(&tell);
        Box::pin(async move {
            greetings(&mut socket).await;
            let _ = socket.send(frame()).await;
            while let Some(Ok(_)) = socket.next().await {}
            tell.notify_one();
        })
    });
    let peer = Peer::with_push(healthy, Some(on_push)).await;
    let mut watch = octoprint(&peer.address, "k").watch();
    until(&mut watch, is_busy).await;
    drop(watch);
    closed.notified().await;
}
