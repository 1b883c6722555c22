//! The live stream.

use super::both_ways;
use super::rig::Seam;
use axum::http::Method;
use fluxprint_domain::role::Role;
use fluxprint_studio::gateway::{Call, ServiceSocket};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

/// The next message; one that does not come in 20 s never will, however many pings do.
async fn heard(socket: &mut ServiceSocket) -> Option<Value> {
    let message = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).ok(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), message)
        .await
        .unwrap()
}

async fn hold(seam: &Seam, method: Method) {
    let call = Call::new(method, "/v1/hold");
    let sent = seam.gateway().send(call, &seam.token(Role::Owner)).await;
    assert_eq!(sent.unwrap().status, 204);
}

/// Printing is held back and let go on until the stream tells of it: a service that has just met an
/// organisation may take its first changes for history.
async fn tells(seam: &Seam, socket: &mut ServiceSocket) -> bool {
    for method in [Method::PUT, Method::DELETE].into_iter().cycle().take(10) {
        hold(seam, method).await;
        let told = async {
            while let Some(message) = heard(socket).await {
                if message["name"] == "organisation:hold" {
                    return true;
                }
            }
            false
        };
        if let Ok(told) = tokio::time::timeout(Duration::from_secs(3), told).await {
            return told;
        }
    }
    false
}

both_ways! {
    async fn a_stream_begins_with_a_snapshot_and_goes_on_with_a_newer_token(seam) {
        let token = seam.token(Role::Owner);
        let mut socket = seam.gateway().dial_events(&token).await.unwrap();
        let snapshot = heard(&mut socket).await.unwrap();
        assert_eq!((&snapshot["type"], &snapshot["printers"]), (&json!("snapshot"), &json!([])));
        assert!(tells(&seam, &mut socket).await);
        seam.clock.advance_s(60);
        let newer = json!({ "token": &*seam.token(Role::Owner) }).to_string();
        socket.send(Message::Text(newer.into())).await.unwrap();
        assert!(tells(&seam, &mut socket).await);
    }

    async fn a_stream_that_is_dropped_here_ends_there(seam) {
        let token = seam.token(Role::Owner);
        let mut socket = seam.gateway().dial_events(&token).await.unwrap();
        heard(&mut socket).await.unwrap();
        assert!(seam.service.events.heard(seam.org));
        drop(socket);
        let gone = async {
            while seam.service.events.heard(seam.org) {
                hold(&seam, Method::PUT).await;
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
    }

    async fn no_token_opens_no_stream(seam) {
        assert!(seam.gateway().dial_events("nonsense").await.is_err());
    }
}
