//! The push socket through the proxy.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame as UpstreamCloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message as UpstreamMessage};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::Recorder;
use super::seen::{BodyKind, RequestSeen};
use crate::cuttable::CutAnswer;

type Upstream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens the upstream's socket first, so that its refusal reaches the caller as it is.
pub(super) async fn open(
    State(recorder): State<Arc<Recorder>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let mut seen = RequestSeen::read("GET", "/sockjs/websocket", "", b"");
    seen.body = BodyKind::Socket;
    let number = recorder.note(seen);
    match connect(&recorder.upstream(), &headers).await {
        Ok(upstream) => {
            recorder.note_answer(number, Some(101));
            upgrade.on_upgrade(|client| pump(client, upstream))
        }
        Err(Error::Http(refusal)) => {
            let status =
                StatusCode::from_u16(refusal.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
            recorder.note_answer(number, Some(status.as_u16()));
            status.into_response()
        }
        Err(error) => {
            tracing::debug!(%error, "the upstream's push socket cannot be opened");
            let mut cut = StatusCode::BAD_GATEWAY.into_response();
            cut.extensions_mut().insert(CutAnswer);
            cut
        }
    }
}

async fn connect(upstream: &str, headers: &HeaderMap) -> Result<Upstream, Error> {
    let address = upstream.replacen("http", "ws", 1) + "/sockjs/websocket";
    let mut request = address.into_client_request()?;
    for name in [header::HOST, header::ORIGIN] {
        if let Some(value) = headers.get(&name) {
            request.headers_mut().insert(name, value.clone());
        }
    }
    Ok(connect_async(request).await?.0)
}

/// Carries frames both ways until one end is gone.
async fn pump(client: WebSocket, upstream: Upstream) {
    let (mut to_client, mut from_client) = client.split();
    let (mut to_upstream, mut from_upstream) = upstream.split();
    let up = async {
        while let Some(Ok(message)) = from_client.next().await {
            if to_upstream.send(upwards(message)).await.is_err() {
                break;
            }
        }
    };
    let down = async {
        while let Some(Ok(message)) = from_upstream.next().await {
            let Some(message) = downwards(message) else {
                continue;
            };
            if to_client.send(message).await.is_err() {
                break;
            }
        }
    };
    tokio::select! { () = up => {}, () = down => {} }
}

fn upwards(message: Message) -> UpstreamMessage {
    match message {
        Message::Text(text) => UpstreamMessage::text(text.as_str()),
        Message::Binary(bytes) => UpstreamMessage::Binary(bytes),
        Message::Ping(bytes) => UpstreamMessage::Ping(bytes),
        Message::Pong(bytes) => UpstreamMessage::Pong(bytes),
        Message::Close(frame) => UpstreamMessage::Close(frame.map(|frame| UpstreamCloseFrame {
            code: frame.code.into(),
            reason: frame.reason.as_str().into(),
        })),
    }
}

fn downwards(message: UpstreamMessage) -> Option<Message> {
    Some(match message {
        UpstreamMessage::Text(text) => Message::text(text.as_str()),
        UpstreamMessage::Binary(bytes) => Message::Binary(bytes),
        UpstreamMessage::Ping(bytes) => Message::Ping(bytes),
        UpstreamMessage::Pong(bytes) => Message::Pong(bytes),
        UpstreamMessage::Close(frame) => Message::Close(frame.map(|frame| CloseFrame {
            code: frame.code.into(),
            reason: frame.reason.as_str().into(),
        })),
        UpstreamMessage::Frame(_) => return None,
    })
}
