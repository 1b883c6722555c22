//! A bridge's socket: `GET /v1/bridge` with its token, then the session of `link`.
//!
//! One task a socket. It feeds the sans-IO end with frames and time, writes what the bridge says
//! into the store before anything follows from it, and passes on what the dispatcher commands.

mod hear;
mod hello;
mod reconcile;

use crate::hub::Entrance;
use crate::service::Service;
use crate::telling;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fluxprint_domain::id::{BridgeId, OrganisationId, PrinterId, SessionId};
use fluxprint_link::limits::FRAME_BYTES_MAX;
use fluxprint_link::{Frame, LinkError, ServiceEnd, Tick};
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
/// Close code: a newer session of the same bridge has taken over, or the bridge was shut out.
const CLOSE_REPLACED: u16 = 4409;
/// Close code: the protocol was broken.
const CLOSE_PROTOCOL: u16 = 4400;
/// Close code (RFC 6455 registry): the service is going down; come back in a moment.
const CLOSE_RESTART: u16 = 1012;

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
struct Peer {
    organisation: OrganisationId,
    bridge: BridgeId,
}

/// A session that has been let in.
struct Session {
    peer: Peer,
    id: SessionId,
    printers: Vec<PrinterId>,
    entrance: Entrance,
}

impl Session {
    /// Tells whoever listens whether its printers can be reached now.
    fn tell_connection(&self, service: &Service) {
        let Peer {
            organisation,
            bridge,
        } = self.peer;
        telling::connection(service, organisation, bridge, &self.printers);
    }
}

/// Why a socket ends.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the bridge closed the connection")]
    Gone,
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("a newer session has taken over, or the bridge was shut out")]
    Replaced,
    #[error("the service is going down")]
    Stopping,
    #[error("what the bridge said could not be written down")]
    Store(#[from] StoreError),
}

/// The upgrade. Only the token decides; no cookie, no origin.
pub async fn upgrade(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    let Some(token) = presented(&headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let known = service.store.bridge_by_token(bearer::hash(token)).await;
    let peer = match known {
        Ok(Some(bridge)) => Peer {
            organisation: bridge.org,
            bridge: bridge.id,
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
    let mut link = ServiceEnd::new(service.clock.monotonic());
    let mut session = None;
    let end = run(&service, peer, &mut socket, &mut link, &mut session).await;
    if let Some(session) = &session {
        service.hub.leave(peer.bridge, session.id);
        session.tell_connection(&service);
    }
    tracing::info!(bridge = %peer.bridge, reason = %end, "session ended");
    let code = match end {
        End::Gone => return,
        End::Replaced | End::Store(StoreError::Stale) => CLOSE_REPLACED,
        End::Stopping | End::Store(_) => CLOSE_RESTART,
        End::Link(_) => CLOSE_PROTOCOL,
    };
    let close = Message::Close(Some(CloseFrame {
        code,
        reason: end.to_string().into(),
    }));
    let _ = tokio::time::timeout(WRITE, socket.send(close)).await;
}

/// Runs the session to its end, which is always told.
async fn run(
    service: &Arc<Service>,
    peer: Peer,
    socket: &mut WebSocket,
    link: &mut ServiceEnd,
    session: &mut Option<Session>,
) -> End {
    let mut tick = tokio::time::interval(TICK);
    loop {
        let turn = match session {
            None => opening(service, peer, socket, link, session, &mut tick).await,
            Some(open) => turn(service, open, socket, link, &mut tick).await,
        };
        if let Err(end) = turn {
            return end;
        }
    }
}

/// One turn before the hello: only the socket and the clock.
async fn opening(
    service: &Arc<Service>,
    peer: Peer,
    socket: &mut WebSocket,
    link: &mut ServiceEnd,
    session: &mut Option<Session>,
    tick: &mut tokio::time::Interval,
) -> Result<(), End> {
    tokio::select! {
        () = service.stopping.cancelled() => Err(End::Stopping),
        heard = socket.recv() => match text(heard)? {
            Some(text) => {
                *session = hello::answer(service, peer, socket, link, &text).await?;
                Ok(())
            }
            None => Ok(()),
        },
        _ = tick.tick() => ticked(service, socket, link).await,
    }
}

/// One turn of an open session. Safe commands go before all others.
async fn turn(
    service: &Arc<Service>,
    open: &mut Session,
    socket: &mut WebSocket,
    link: &mut ServiceEnd,
    tick: &mut tokio::time::Interval,
) -> Result<(), End> {
    let ready = link.reconciled();
    tokio::select! {
        biased;
        () = service.stopping.cancelled() => Err(End::Stopping),
        () = open.entrance.closed.cancelled() => Err(End::Replaced),
        Some(command) = open.entrance.urgent.recv(), if ready => {
            command_out(service, socket, link, command).await
        }
        _ = tick.tick() => ticked(service, socket, link).await,
        heard = socket.recv() => match text(heard)? {
            Some(text) => {
                let input = link.receive(service.clock.monotonic(), &text)?;
                match input {
                    Some(input) => hear::take_in(service, open, socket, link, input).await,
                    None => Ok(()),
                }
            }
            None => Ok(()),
        },
        Some(command) = open.entrance.commands.recv(), if ready => {
            command_out(service, socket, link, command).await
        }
    }
}

async fn ticked(
    service: &Service,
    socket: &mut WebSocket,
    link: &mut ServiceEnd,
) -> Result<(), End> {
    match link.tick(service.clock.monotonic())? {
        Tick::Quiet => Ok(()),
        Tick::Send(frame) => send(socket, &frame).await,
    }
}

async fn command_out(
    service: &Service,
    socket: &mut WebSocket,
    link: &mut ServiceEnd,
    command: fluxprint_link::Command,
) -> Result<(), End> {
    match link.command(service.clock.monotonic(), command)? {
        Ok(frame) => send(socket, &frame).await,
        // Cannot be: commands are taken from the queue only once the session is reconciled.
        Err(refusal) => {
            tracing::error!(
                code = refusal.code(),
                "a command was taken too early and dropped"
            );
            Ok(())
        }
    }
}

async fn send(socket: &mut WebSocket, frame: &Frame) -> Result<(), End> {
    let text = serde_json::to_string(frame).map_err(|_| LinkError::NotAMessage)?;
    match tokio::time::timeout(WRITE, socket.send(Message::Text(text.into()))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(LinkError::Dead.into()),
    }
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
