//! The push socket of an OctoPrint under test: collects events in the background.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A wait for an event ends with a failure after this long: the real one is slow on a busy machine.
const EVENT_WITHIN: Duration = Duration::from_secs(60);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Events heard so far.
#[derive(Default)]
struct Heard {
    events: Mutex<Vec<Value>>,
    more: Notify,
}

pub struct Push {
    heard: Arc<Heard>,
    waited: usize,
    reader: JoinHandle<()>,
}

impl Push {
    /// Opens the socket, authenticates, and returns once events flow.
    pub async fn open(url: &str, credentials: &str) -> Result<Self> {
        let mut socket = authenticate(url, credentials).await?;
        loop {
            let frame = socket.next().await.context("the socket closed")??;
            let frame: Value = serde_json::from_str(frame.to_text()?)?;
            if frame.get("reauthRequired").is_some() {
                bail!("the session was refused");
            }
            if frame.get("history").is_some() {
                break;
            }
        }
        let heard = Arc::new(Heard::default());
        let into = Arc::clone(&heard);
        let reader = tokio::spawn(async move {
            while let Some(Ok(frame)) = socket.next().await {
                let frame = frame
                    .to_text()
                    .ok()
                    .and_then(|text| serde_json::from_str::<Value>(text).ok());
                if let Some(event) = frame.as_ref().and_then(|frame| frame.get("event")) {
                    into.events
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(event.clone());
                    into.more.notify_one();
                }
            }
        });
        Ok(Self {
            heard,
            waited: 0,
            reader,
        })
    }

    /// The frame that refuses these credentials.
    pub async fn refusal(url: &str, credentials: &str) -> Result<Value> {
        let mut socket = authenticate(url, credentials).await?;
        loop {
            let frame = socket.next().await.context("the socket closed")??;
            let frame: Value = serde_json::from_str(frame.to_text()?)?;
            if frame.get("connected").is_none() {
                return Ok(frame);
            }
        }
    }

    /// Waits until every one of `wanted` was heard since the last wait ended, in any order. A
    /// wanted word is an event's type, a type and a file's name, or the `state_id` of a
    /// `PrinterStateChanged`.
    pub async fn wait_for(&mut self, wanted: &[&str]) -> Result<()> {
        let mut missing: Vec<&str> = wanted.to_vec();
        let mut at = self.waited;
        let waiting = async {
            loop {
                let events = self
                    .heard
                    .events
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone();
                while let Some(event) = events.get(at).filter(|_| !missing.is_empty()) {
                    at += 1;
                    if let Some(found) = missing.iter().position(|word| is(event, word)) {
                        missing.remove(found);
                    }
                }
                if missing.is_empty() {
                    break;
                }
                self.heard.more.notified().await;
            }
        };
        let timely = tokio::time::timeout(EVENT_WITHIN, waiting).await.is_ok();
        if !timely {
            bail!("waited in vain for {missing:?}");
        }
        self.waited = at;
        Ok(())
    }

    /// Everything heard; the socket is closed.
    pub fn close(self) -> Vec<Value> {
        self.reader.abort();
        std::mem::take(
            &mut self
                .heard
                .events
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Everything heard since this was last asked.
    pub fn take(&mut self) -> Vec<Value> {
        self.waited = 0;
        std::mem::take(
            &mut self
                .heard
                .events
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

async fn authenticate(url: &str, credentials: &str) -> Result<Socket> {
    let address = url.replacen("http", "ws", 1) + "/sockjs/websocket";
    let (mut socket, _) = connect_async(address).await?;
    let subscribe = json!({"subscribe": {"state": true, "events": true, "plugins": []}});
    for message in [subscribe, json!({"auth": credentials})] {
        socket.send(Message::text(message.to_string())).await?;
    }
    Ok(socket)
}

fn is(event: &Value, word: &str) -> bool {
    let payload = &event["payload"];
    let named = |(kind, name): (&str, &str)| event["type"] == kind && payload["name"] == name;
    event["type"] == word || payload["state_id"] == word || word.split_once(' ').is_some_and(named)
}
