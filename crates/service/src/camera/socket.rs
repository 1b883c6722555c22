//! A bridge's second socket: `GET /v1/bridge/camera` with its token. It belongs to the bridge's
//! session and ends with it, so whoever is shut out there is shut out here.

use super::limits::{TICK, WRITE};
use super::{Shot, Sight, Want};
use crate::http::door::BridgeCaller;
use crate::service::Service;
use crate::telling;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use fluxprint_domain::Monotonic;
use fluxprint_domain::id::{PrinterId, SessionId};
use fluxprint_link::camera::{
    CameraOrder, CameraWord, DEAD_AFTER_MS, FIRST_WORD_MS, FRAME_BYTES_MAX, FrameHead,
    PING_AFTER_MS,
};
use fluxprint_link::limits::PRINTERS_MAX;
use fluxprint_link::{LinkError, NamedPrinter};
use fluxprint_store::StoreError;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::time::{interval, timeout};

/// Close codes, as those of the first socket.
const CLOSE_PROTOCOL: u16 = 4400;
const CLOSE_REPLACED: u16 = 4409;
const CLOSE_RESTART: u16 = 1012;
/// Bytes that may wait for a slow bridge: orders are small.
const WRITE_BUFFER_BYTES: usize = 256 * 1024;

/// Why it ends.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the bridge closed the connection")]
    Gone,
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("the session it belongs to is over, or a newer socket has taken over")]
    Replaced,
    #[error("the service is going down")]
    Stopping,
    #[error("the bridge's printers could not be read")]
    Store(#[from] StoreError),
}

/// The upgrade; the bridge was checked at the door.
pub async fn upgrade(
    State(service): State<Arc<Service>>,
    bridge: BridgeCaller,
    socket: WebSocketUpgrade,
) -> Response {
    let message_bytes = FrameHead::BYTES + FRAME_BYTES_MAX;
    socket
        .max_message_size(message_bytes)
        .max_frame_size(message_bytes)
        .max_write_buffer_size(WRITE_BUFFER_BYTES)
        .on_upgrade(async move |socket| {
            let tracked = service.sockets.clone();
            tracked.track_future(serve(service, bridge, socket)).await;
        })
}

async fn serve(service: Arc<Service>, bridge: BridgeCaller, socket: WebSocket) {
    let now = service.clock.monotonic();
    let mut line = Line {
        number: service.cameras.line(),
        bell: Arc::default(),
        session: None,
        printers: Vec::new(),
        asked: HashMap::new(),
        taken: 0,
        began_at: now,
        heard_at: now,
        pinged_at: now,
        service,
        bridge,
        socket,
    };
    let end = line.run().await;
    line.service.cameras.leave(line.number);
    line.tell();
    tracing::info!(bridge = %bridge.bridge, reason = %end, "camera socket closed");
    let code = match end {
        End::Gone => return,
        End::Link(_) => CLOSE_PROTOCOL,
        End::Replaced => CLOSE_REPLACED,
        End::Stopping | End::Store(_) => CLOSE_RESTART,
    };
    let close = Message::Close(Some(CloseFrame {
        code,
        reason: end.to_string().into(),
    }));
    let _ = timeout(WRITE, line.socket.send(close)).await;
}

struct Line {
    service: Arc<Service>,
    bridge: BridgeCaller,
    number: u64,
    bell: Arc<Notify>,
    session: Option<SessionId>,
    printers: Vec<PrinterId>,
    asked: HashMap<PrinterId, Want>,
    taken: u64,
    socket: WebSocket,
    began_at: Monotonic,
    heard_at: Monotonic,
    pinged_at: Monotonic,
}

impl Line {
    async fn run(&mut self) -> End {
        let mut tick = interval(TICK);
        loop {
            if let Err(end) = self.turn(&mut tick).await {
                return end;
            }
        }
    }

    async fn turn(&mut self, tick: &mut tokio::time::Interval) -> Result<(), End> {
        let (service, bell) = (self.service.clone(), self.bell.clone());
        tokio::select! {
            () = service.stopping.cancelled() => return Err(End::Stopping),
            heard = self.socket.recv() => self.hear(heard).await?,
            () = bell.notified() => {}
            _ = tick.tick() => self.look_at_the_clock().await?,
        }
        self.ask().await
    }

    async fn hear(&mut self, heard: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.heard_at = self.service.clock.monotonic();
        match heard {
            Some(Ok(Message::Text(text))) => match CameraWord::read(text.as_str())? {
                CameraWord::Cameras { session, names } => self.cameras(session, &names).await,
                CameraWord::Trouble { printer, trouble } => {
                    self.seen(printer, Sight::Trouble(trouble))
                }
            },
            Some(Ok(Message::Binary(message))) => self.picture(message).await,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
        }
    }

    /// Which printers have a camera. Only those of this bridge count.
    async fn cameras(&mut self, session: SessionId, names: &[String]) -> Result<(), End> {
        if names.len() > PRINTERS_MAX {
            return Err(LinkError::TooLong.into());
        }
        if self.session.is_some_and(|before| before != session) || !self.is_open(session) {
            return Err(End::Replaced);
        }
        self.session = Some(session);
        let BridgeCaller { org, bridge } = self.bridge;
        let printers = self.service.store.printers(org).list().await?;
        let own = printers
            .into_iter()
            .filter(|printer| printer.bridge == bridge && names.contains(&printer.local_name));
        let known: Vec<NamedPrinter> = own
            .map(|printer| NamedPrinter {
                name: printer.local_name,
                id: printer.id,
            })
            .collect();
        let before = std::mem::take(&mut self.printers);
        self.printers = known.iter().map(|named| named.id).collect();
        let line = (self.number, &self.bell);
        let cameras = &self.service.cameras;
        cameras.announce((org, bridge), line, &self.printers);
        telling::connection(&self.service, org, bridge, &before);
        self.tell();
        self.say(&CameraOrder::Known { printers: known }).await
    }

    async fn picture(&mut self, message: Bytes) -> Result<(), End> {
        let head = FrameHead::read(&message)?;
        let jpeg = message.slice(FrameHead::BYTES..);
        let at = self.heard_at;
        let shot = Arc::new(Shot { jpeg, at });
        self.seen(head.printer, Sight::Picture(shot))?;
        self.taken += 1;
        let frames = self.taken;
        self.say(&CameraOrder::Taken { frames }).await
    }

    /// Takes what was seen, if the printer is this bridge's in the session that is open.
    fn seen(&mut self, printer: PrinterId, sight: Sight) -> Result<(), End> {
        let session = self.session.ok_or(LinkError::OutOfTurn)?;
        if !self.is_open(session) {
            return Err(End::Replaced);
        }
        let key = (self.bridge.org, printer);
        if self.service.cameras.publish(key, self.number, sight) {
            return Ok(());
        }
        // One that was its own until a moment ago may still be on the way; a stranger's never.
        match self.printers.contains(&printer) {
            true => Err(End::Replaced),
            false => Err(LinkError::NotAMessage.into()),
        }
    }

    fn is_open(&self, session: SessionId) -> bool {
        let BridgeCaller { org, bridge } = self.bridge;
        self.service.hub.session_of(org, bridge) == Some(session)
    }

    async fn look_at_the_clock(&mut self) -> Result<(), End> {
        let now = self.service.clock.monotonic();
        match self.session {
            Some(session) if !self.is_open(session) => return Err(End::Replaced),
            None if now.ms_since(self.began_at) >= FIRST_WORD_MS => {
                return Err(LinkError::Dead.into());
            }
            _ if now.ms_since(self.heard_at) >= DEAD_AFTER_MS => {
                return Err(LinkError::Dead.into());
            }
            _ => {}
        }
        if now.ms_since(self.pinged_at) < PING_AFTER_MS {
            return Ok(());
        }
        self.pinged_at = now;
        self.send(Message::Ping(Bytes::new())).await
    }

    /// Asks for what is wanted now and was not asked for yet.
    async fn ask(&mut self) -> Result<(), End> {
        let now = self.service.clock.monotonic();
        let wanted = self.service.cameras.wanted(self.number, now);
        for (printer, want) in wanted {
            let asked = self.asked.insert(printer, want).unwrap_or_default();
            if want.fps != asked.fps {
                self.say(&rate(printer, want.fps)).await?;
            }
            if want.fps == 0 && want.glances != 0 && want.glances != asked.glances {
                self.say(&CameraOrder::Snapshot { printer }).await?;
            }
        }
        Ok(())
    }

    /// Tells the pages whether there are cameras.
    fn tell(&self) {
        let BridgeCaller { org, bridge } = self.bridge;
        telling::connection(&self.service, org, bridge, &self.printers);
    }

    async fn say(&mut self, order: &CameraOrder) -> Result<(), End> {
        let text = serde_json::to_string(order).map_err(|_| LinkError::NotAMessage)?;
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(WRITE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(LinkError::Dead.into()),
        }
    }
}

fn rate(printer: PrinterId, fps: u8) -> CameraOrder {
    match fps {
        0 => CameraOrder::Stop { printer },
        fps => CameraOrder::Start { printer, fps },
    }
}
