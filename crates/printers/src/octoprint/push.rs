//! OctoPrint's push socket: raw JSON messages at `/sockjs/websocket`.

use super::http::Http;
use super::translate;
use super::wire::{PassiveSignIn, PushMessage, SignedIn};
use crate::error::PrinterError;
use crate::limits::{ANSWER_TIMEOUT, PUSH_MESSAGE_BYTES_MAX};
use crate::port::Seen;
use fluxprint_domain::printer::Heaters;
use futures_util::{SinkExt, StreamExt};
use secrecy::ExposeSecret;
use serde_json::json;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// An open push socket that has asked for state and events.
pub struct Push {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    heaters: Heaters,
    ping_every: Duration,
    /// The first state has come, so the session is accepted: there is no other sign of it.
    live: bool,
}

/// Why there is nothing more from a push socket.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed;

impl Push {
    /// Signs in, opens the socket and subscribes, narrowly and before the session is told: else
    /// minutes of terminal lines and temperatures are pushed first. `heaters` as last seen.
    ///
    /// # Errors
    /// Whatever keeps it from opening: sign-ins are blocked for a while after failed ones (429),
    /// and a proxy in between may refuse sockets. Then polling has to do.
    pub async fn open(
        http: &Http,
        heaters: Heaters,
        ping_every: Duration,
    ) -> Result<Self, PrinterError> {
        let who: SignedIn = http.post_for(&["login"], &PassiveSignIn::NOW).await?;
        let limits = WebSocketConfig::default()
            .max_message_size(Some(PUSH_MESSAGE_BYTES_MAX))
            .max_frame_size(Some(PUSH_MESSAGE_BYTES_MAX))
            .max_write_buffer_size(PUSH_MESSAGE_BYTES_MAX);
        let address = http.push_address().to_string();
        let opening = connect_async_with_config(address, Some(limits), true);
        let (socket, _) = timeout(ANSWER_TIMEOUT, opening)
            .await
            .map_err(|_| PrinterError::NoAnswer)?
            .map_err(|_| PrinterError::Strange {
                what: "it refuses its live channel",
            })?;
        let mut push = Self {
            socket,
            heaters,
            ping_every,
            live: false,
        };
        let auth = format!("{}:{}", who.name, who.session.expose_secret());
        for message in [
            json!({"subscribe": {
                "state": {"logs": false, "messages": false},
                "events": translate::EVENTS,
                "plugins": [],
            }}),
            // A state at most every second.
            json!({"throttle": 2}),
            json!({"auth": auth}),
        ] {
            push.send(Message::text(message.to_string()))
                .await
                .map_err(|Closed| PrinterError::NoAnswer)?;
        }
        Ok(push)
    }

    /// The next thing seen.
    ///
    /// # Errors
    /// [`Closed`] when the socket ended, does not answer, or says what OctoPrint never says.
    pub async fn next(&mut self) -> Result<Seen, Closed> {
        loop {
            let text = self.next_text().await?;
            let message: PushMessage = serde_json::from_str(&text).map_err(|_| Closed)?;
            if message.reauth_required.is_some() {
                return Err(Closed);
            }
            if let Some(frame) = message.current.or(message.history) {
                self.live = true;
                return Ok(Seen::Observation(translate::frame(
                    &frame,
                    &mut self.heaters,
                )));
            }
            if let Some(event) = message.event.and_then(translate::event) {
                return Ok(Seen::Event(event));
            }
        }
    }

    /// The next text message. Silence is answered with a ping; silence after that is death.
    async fn next_text(&mut self) -> Result<String, Closed> {
        let mut pinged = false;
        loop {
            let patience = if self.live {
                self.ping_every
            } else {
                ANSWER_TIMEOUT
            };
            match timeout(patience, self.socket.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => return Ok(text.to_string()),
                Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => return Err(Closed),
                Ok(Some(Ok(_))) => pinged = false,
                Err(_) if pinged || !self.live => return Err(Closed),
                Err(_) => {
                    pinged = true;
                    self.send(Message::Ping(bytes::Bytes::new())).await?;
                }
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Closed> {
        match timeout(ANSWER_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Closed),
        }
    }
}
