//! The second socket: orders come in, the newest pictures go out.

use super::eye::Eye;
use super::limits::WRITE;
use super::newest::Newest;
use super::{Room, Sources};
use crate::dial::Socket;
use crate::run::Opened;
use fluxprint_domain::Monotonic;
use fluxprint_domain::id::PrinterId;
use fluxprint_link::LinkError;
use fluxprint_link::camera::{CameraOrder, CameraWord, DEAD_AFTER_MS, FPS_MAX, Window};
use futures_util::{SinkExt, StreamExt};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::{Error, Message};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(1);

/// Why the second socket is closed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    /// The service closed it, or it broke.
    #[error("the other end is gone")]
    Gone,
    /// The session that it belongs to is over.
    #[error("the session is over")]
    Session,
    /// There is no camera any more.
    #[error("there is no camera any more")]
    NoCamera,
    /// A rule was broken.
    #[error(transparent)]
    Broken(#[from] LinkError),
}

impl Ended {
    /// Whether the next dial is no answer to something that went wrong.
    pub fn was_good(&self) -> bool {
        matches!(self, Self::Session | Self::NoCamera)
    }
}

struct Line {
    room: Arc<Room>,
    socket: Socket,
    sources: watch::Receiver<Sources>,
    newest: Arc<Newest>,
    window: Window,
    names: BTreeMap<PrinterId, String>,
    eyes: BTreeMap<PrinterId, Eye>,
    heard_at: Monotonic,
}

/// Talks until the socket or its session ends.
pub(super) async fn talk(
    room: &Arc<Room>,
    socket: Socket,
    open: Opened,
    sources: &mut watch::Receiver<Sources>,
    opened: &mut watch::Receiver<Option<Opened>>,
) -> Ended {
    let mut line = Line {
        room: room.clone(),
        socket,
        sources: sources.clone(),
        newest: Arc::default(),
        window: Window::default(),
        names: BTreeMap::new(),
        eyes: BTreeMap::new(),
        heard_at: room.clock.monotonic(),
    };
    let session_over = opened.wait_for(|now| *now != Some(open));
    let ended = tokio::select! {
        ended = line.run(open) => ended.err().unwrap_or(Ended::Gone),
        _ = session_over => Ended::Session,
    };
    let _ = tokio::time::timeout(WRITE, line.socket.close(None)).await;
    ended
}

impl Line {
    async fn run(&mut self, open: Opened) -> Result<(), Ended> {
        let newest = self.newest.clone();
        let mut sources = self.sources.clone();
        let mut tick = tokio::time::interval(TICK);
        self.announce(open).await?;
        loop {
            tokio::select! {
                heard = self.socket.next() => self.hear(heard)?,
                changed = sources.changed() => {
                    changed.map_err(|_| Ended::Session)?;
                    self.announce(open).await?;
                }
                () = newest.news() => {}
                _ = tick.tick() => {
                    let silent_ms = self.room.clock.monotonic().ms_since(self.heard_at);
                    if silent_ms >= DEAD_AFTER_MS {
                        return Err(Ended::Gone);
                    }
                }
            }
            self.send_pictures().await?;
        }
    }

    /// Says which printers have a camera.
    async fn announce(&mut self, open: Opened) -> Result<(), Ended> {
        let names: Vec<String> = self.sources.borrow_and_update().keys().cloned().collect();
        if names.is_empty() {
            return Err(Ended::NoCamera);
        }
        let session = open.session;
        self.say(&CameraWord::Cameras { session, names }).await
    }

    async fn send_pictures(&mut self) -> Result<(), Ended> {
        for word in self.newest.take_troubles() {
            self.say(&word).await?;
        }
        while self.window.is_open()
            && let Some(picture) = self.newest.take()
        {
            self.window.sent(picture.len());
            self.send(Message::binary(picture)).await?;
        }
        Ok(())
    }

    async fn say(&mut self, word: &CameraWord) -> Result<(), Ended> {
        let text = serde_json::to_string(word).map_err(|_| LinkError::NotAMessage)?;
        self.send(Message::text(text)).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Ended> {
        let sent = tokio::time::timeout(WRITE, self.socket.send(message)).await;
        sent.map_err(|_| Ended::Gone)?.map_err(|_| Ended::Gone)
    }

    fn hear(&mut self, heard: Option<Result<Message, Error>>) -> Result<(), Ended> {
        self.heard_at = self.room.clock.monotonic();
        match heard {
            Some(Ok(Message::Text(text))) => self.obey(CameraOrder::read(&text)?),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(_)) => Err(LinkError::NotAMessage.into()),
            Some(Err(_)) | None => Err(Ended::Gone),
        }
    }

    fn obey(&mut self, order: CameraOrder) -> Result<(), Ended> {
        match order {
            CameraOrder::Known { printers } => {
                self.names = printers
                    .into_iter()
                    .map(|named| (named.id, named.name))
                    .collect();
                let names = &self.names;
                self.eyes.retain(|printer, _| names.contains_key(printer));
            }
            CameraOrder::Start { printer, fps } => {
                if let Some(eye) = self.eye(printer) {
                    eye.watch(fps.clamp(1, FPS_MAX));
                }
            }
            CameraOrder::Stop { printer } => {
                self.eyes.remove(&printer);
                self.newest.forget(printer);
            }
            CameraOrder::Snapshot { printer } => {
                if let Some(eye) = self.eye(printer) {
                    eye.glance();
                }
            }
            CameraOrder::Taken { frames } => self.window.taken(frames)?,
        }
        Ok(())
    }

    /// The camera of a printer of ours; orders about others are not for us.
    fn eye(&mut self, printer: PrinterId) -> Option<&Eye> {
        let name = self.names.get(&printer)?.clone();
        let (room, sources, newest) = (&self.room, &self.sources, &self.newest);
        let eye = self.eyes.entry(printer).or_insert_with(|| {
            Eye::new(
                room.clone(),
                (printer, name),
                sources.clone(),
                newest.clone(),
            )
        });
        Some(eye)
    }
}
