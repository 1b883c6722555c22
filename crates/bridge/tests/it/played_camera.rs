//! The service's end of the second socket, played by a test.

use fluxprint_domain::id::{PrinterId, SessionId};
use fluxprint_link::NamedPrinter;
use fluxprint_link::camera::{CameraOrder, CameraWord, FrameHead, Trouble};
use futures_util::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message;

/// What came over the second socket.
#[derive(Default)]
pub struct Seen {
    pub sockets: usize,
    pub open: usize,
    pub session: Option<SessionId>,
    pub names: Vec<String>,
    /// Number, bytes.
    pub pictures: Vec<(u64, usize)>,
    pub troubles: Vec<Trouble>,
}

#[derive(Default)]
struct Inside {
    seen: Mutex<Seen>,
    /// Pictures are not acknowledged.
    deaf: Mutex<bool>,
    say: Mutex<Option<mpsc::UnboundedSender<CameraOrder>>>,
    news: Notify,
}

#[derive(Clone, Default)]
pub struct PlayedCamera(Arc<Inside>);

impl PlayedCamera {
    pub fn seen<T>(&self, ask: impl FnOnce(&mut Seen) -> T) -> T {
        ask(&mut self.0.seen.lock().unwrap())
    }

    /// From now on pictures are acknowledged, or not.
    pub fn deaf(&self, deaf: bool) {
        *self.0.deaf.lock().unwrap() = deaf;
    }

    pub fn say(&self, order: CameraOrder) {
        let say = self.0.say.lock().unwrap();
        say.as_ref().unwrap().send(order).unwrap();
    }

    /// Waits until it holds.
    pub async fn until(&self, what: &str, holds: impl Fn(&Seen) -> bool) {
        let wait = async {
            while !self.seen(|seen| holds(seen)) {
                let news = self.0.news.notified();
                let _ = tokio::time::timeout(Duration::from_millis(20), news).await;
            }
        };
        let done = tokio::time::timeout(Duration::from_secs(20), wait).await;
        let state = self.seen(|seen| {
            let last = seen.pictures.last().copied();
            format!("{} open, {last:?}, {:?}", seen.open, seen.troubles)
        });
        assert!(done.is_ok(), "not within 20 s: {what}; {state}");
    }

    /// Plays one socket; `ids` are the printers that the service knows.
    pub async fn play(&self, stream: TcpStream, ids: HashMap<String, PrinterId>) {
        let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
            return;
        };
        let (say, mut said) = mpsc::unbounded_channel();
        *self.0.say.lock().unwrap() = Some(say);
        self.seen(|seen| {
            seen.sockets += 1;
            seen.open += 1;
        });
        let mut taken = 0;
        loop {
            let order = tokio::select! {
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => self.hear(&text, &ids),
                    Some(Ok(Message::Binary(bytes))) => {
                        let head = FrameHead::read(&bytes).unwrap();
                        self.seen(|seen| seen.pictures.push((head.seq, bytes.len())));
                        taken += 1;
                        let deaf = *self.0.deaf.lock().unwrap();
                        (!deaf).then_some(CameraOrder::Taken { frames: taken })
                    }
                    Some(Ok(_)) => None,
                    _ => break,
                },
                Some(order) = said.recv() => Some(order),
            };
            self.0.news.notify_waiters();
            if let Some(order) = order {
                let text = serde_json::to_string(&order).unwrap();
                if socket.send(Message::text(text)).await.is_err() {
                    break;
                }
            }
        }
        self.seen(|seen| seen.open -= 1);
        self.0.news.notify_waiters();
    }

    fn hear(&self, text: &str, ids: &HashMap<String, PrinterId>) -> Option<CameraOrder> {
        match CameraWord::read(text).unwrap() {
            CameraWord::Cameras { session, names } => {
                let known = names.iter().filter_map(|name| {
                    let id = *ids.get(name)?;
                    let name = name.clone();
                    Some(NamedPrinter { name, id })
                });
                let printers = known.collect();
                self.seen(|seen| (seen.session, seen.names) = (Some(session), names));
                Some(CameraOrder::Known { printers })
            }
            CameraWord::Trouble { trouble, .. } => {
                self.seen(|seen| seen.troubles.push(trouble));
                None
            }
        }
    }
}
