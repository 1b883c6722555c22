//! `GET /v1/printers/{printer}/camera`: the camera's pictures over a WebSocket, a JPEG in each binary
//! message.
//!
//! A text message says why there is no picture now: `{"type":"trouble","code":…,"detail":…,"remedy":…}`.
//! The socket lives as long as the token it was opened with; a message `{"token":"…"}` with a newer
//! one of the same caller keeps it open.

use super::{Wish, look};
use crate::camera::limits::{RECHECK, UNTAKEN};
use crate::camera::{Look, Viewer};
use crate::event_socket::listen;
use crate::http::door::Caller;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use fluxprint_domain::id::PrinterId;
use fluxprint_http::Query;
use fluxprint_link::camera::FRAME_BYTES_MAX;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{interval, timeout};

/// Bytes of one message from a viewer: a token.
const HEARD_BYTES_MAX: usize = 64 * 1024;
/// How often a quiet socket is pinged, and how long it may stay silent (S-24).
const PING: Duration = Duration::from_secs(20);
const DEAD_MS: u64 = 60_000;

/// The upgrade; the caller was checked at the door.
pub async fn upgrade(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
    Query(wish): Query<Wish>,
    socket: WebSocketUpgrade,
) -> Result<Response, Failure> {
    let viewer = look(&service, &caller, printer, wish.fps()).await?;
    Ok(socket
        .max_message_size(HEARD_BYTES_MAX)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * FRAME_BYTES_MAX)
        .on_upgrade(async move |socket| {
            let tracked = service.sockets.clone();
            tracked
                .track_future(show(service, caller, viewer, socket))
                .await;
        }))
}

async fn show(
    service: Arc<Service>,
    mut caller: Caller,
    mut viewer: Viewer,
    mut socket: WebSocket,
) {
    let (mut recheck, mut ping) = (interval(RECHECK), interval(PING));
    let mut heard_at = service.clock.monotonic();
    loop {
        let going_on = tokio::select! {
            () = service.stopping.cancelled() => None,
            look = viewer.next() => match message(&look) {
                Some(message) => send(&mut socket, message).await,
                None => None,
            },
            heard = socket.recv() => {
                heard_at = service.clock.monotonic();
                listen(&service, &mut caller, heard).await
            }
            _ = recheck.tick() => (service.clock.now() < caller.ends_at()).then_some(()),
            _ = ping.tick() => {
                let alive = service.clock.monotonic().ms_since(heard_at) < DEAD_MS;
                if alive { send(&mut socket, Message::Ping(Default::default())).await } else { None }
            }
        };
        if going_on.is_none() {
            let _ = timeout(UNTAKEN, socket.send(Message::Close(None))).await;
            return;
        }
    }
}

/// What a viewer is told; nothing when the camera is gone.
fn message(look: &Look) -> Option<Message> {
    match look {
        Look::Picture(shot) => Some(Message::Binary(shot.jpeg.clone())),
        Look::Trouble(trouble) => {
            let problem = Failure::Camera(*trouble).problem();
            let said = json!({
                "type": "trouble", "code": problem.code, "detail": problem.sentence,
                "remedy": problem.remedy,
            });
            Some(Message::Text(said.to_string().into()))
        }
        Look::Gone => None,
    }
}

/// A viewer who takes nothing is none (F-23).
async fn send(socket: &mut WebSocket, message: Message) -> Option<()> {
    match timeout(UNTAKEN, socket.send(message)).await {
        Ok(Ok(())) => Some(()),
        _ => None,
    }
}
