//! A bridge's socket: `GET /v1/bridge` with its token, then the session of `link`.
//!
//! One task a socket: a thin loop around a [`Conversation`], which writes what the bridge says into
//! the store before anything follows from it, and passes on what the dispatcher commands.

mod alarms;
mod conversation;
mod hear;
mod hello;
mod identity;
mod reconcile;
mod returned;

pub use conversation::{Conversation, End, Peer};

use crate::hub::{Closing, Said};
use crate::service::Service;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fluxprint_link::LinkError;
use fluxprint_link::limits::{CLOSE_REPLACED, CLOSE_SHUT_OUT, FRAME_BYTES_MAX};
use fluxprint_store::StoreError;
use fluxprint_tokens::bearer;
use std::sync::Arc;
use std::time::Duration;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(500);
/// Bytes that may wait for a slow socket.
const WRITE_BUFFER_BYTES: usize = 2 * FRAME_BYTES_MAX;
/// Longest time one frame may take to be written.
const WRITE: Duration = Duration::from_secs(10);
/// Close code: the bridge was told why it is not let in.
const CLOSE_TURNED_AWAY: u16 = 4403;
/// Close code: the protocol was broken.
const CLOSE_PROTOCOL: u16 = 4400;
/// Close code (RFC 6455 registry): the service is going down; come back in a moment.
const CLOSE_RESTART: u16 = 1012;

/// The upgrade. Only the token decides; no cookie, no origin.
pub async fn upgrade(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    let Some(token) = presented(&headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let (hash, now) = (bearer::hash(token), service.clock.now());
    let known = service.store.bridge_by_token(hash, now).await;
    let peer = match known {
        Ok(Some(bridge)) => Peer {
            organisation: bridge.org,
            bridge: bridge.id,
            token: hash,
            key: bridge.device_key,
            rotation_wanted: bridge.rotation_wanted_at.is_some(),
        },
        Ok(None) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => {
            tracing::warn!(%error, "a bridge could not be looked up");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    socket
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .max_write_buffer_size(WRITE_BUFFER_BYTES)
        .on_upgrade(move |socket| serve(service, peer, socket))
}

fn presented(headers: &HeaderMap) -> Option<&str> {
    let token = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")?;
    bearer::Bearer::has_shape(bearer::BRIDGE, token).then_some(token)
}

async fn serve(service: Arc<Service>, peer: Peer, socket: WebSocket) {
    let tracked = service.sockets.clone();
    tracked.track_future(talk(service, peer, socket)).await;
}

async fn talk(service: Arc<Service>, peer: Peer, mut socket: WebSocket) {
    let Ok(mut conversation) = Conversation::open(service.clone(), peer) else {
        return;
    };
    let mut tick = tokio::time::interval(TICK);
    let mut done = Ok(());
    let end = loop {
        let sent = send(&mut socket, conversation.take_due()).await;
        if let Err(end) = done.and(sent) {
            break end;
        }
        done = turn(&service, &mut conversation, &mut socket, &mut tick).await;
    };
    conversation.leave();
    tracing::info!(bridge = %peer.bridge, reason = %end, "session ended");
    let code = match end {
        End::Gone => return,
        End::Closed(Closing::Replaced) | End::Store(StoreError::Stale) => CLOSE_REPLACED,
        End::Closed(Closing::ShutOut) => CLOSE_SHUT_OUT,
        End::Closed(Closing::Anew) | End::Stopping | End::Store(_) => CLOSE_RESTART,
        End::TurnedAway => CLOSE_TURNED_AWAY,
        End::Link(_) => CLOSE_PROTOCOL,
    };
    let close = Message::Close(Some(CloseFrame {
        code,
        reason: end.to_string().into(),
    }));
    let _ = tokio::time::timeout(WRITE, socket.send(close)).await;
}

/// What a turn brings.
enum Brought {
    Heard(Option<Result<Message, axum::Error>>),
    Command(Said),
    Tick,
}

/// One turn: the first thing that happens. Safe commands go before all others; before the hello
/// only the socket and the clock count.
async fn turn(
    service: &Service,
    conversation: &mut Conversation,
    socket: &mut WebSocket,
    tick: &mut tokio::time::Interval,
) -> Result<(), End> {
    let brought = match conversation.entrance() {
        None => tokio::select! {
            () = service.stopping.cancelled() => return Err(End::Stopping),
            heard = socket.recv() => Brought::Heard(heard),
            _ = tick.tick() => Brought::Tick,
        },
        Some((entrance, ready)) => tokio::select! {
            biased;
            () = service.stopping.cancelled() => return Err(End::Stopping),
            () = entrance.closed.cancelled() => return Err(End::Closed(entrance.why())),
            Some(command) = entrance.urgent.recv(), if ready => Brought::Command(command),
            _ = tick.tick() => Brought::Tick,
            heard = socket.recv() => Brought::Heard(heard),
            Some(command) = entrance.commands.recv(), if ready => Brought::Command(command),
        },
    };
    match brought {
        Brought::Tick => conversation.ticked(),
        Brought::Command(command) => conversation.command(command),
        Brought::Heard(heard) => match text(heard)? {
            Some(text) => conversation.heard(&text).await,
            None => Ok(()),
        },
    }
}

async fn send(socket: &mut WebSocket, texts: Vec<String>) -> Result<(), End> {
    for text in texts {
        match tokio::time::timeout(WRITE, socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(End::Gone),
            Err(_) => return Err(LinkError::Dead.into()),
        }
    }
    Ok(())
}

/// The text of a message; nothing for the socket's own pings and pongs.
fn text(heard: Option<Result<Message, axum::Error>>) -> Result<Option<String>, End> {
    match heard {
        Some(Ok(Message::Text(text))) => Ok(Some(text.as_str().to_owned())),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Binary(_))) => Err(LinkError::NotAMessage.into()),
        Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
    }
}
