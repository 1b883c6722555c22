//! One session with the service: the thin loop around the link's bridge end.

mod commands;
mod reports;

use crate::desk::{Desk, Office, Order};
use crate::dial::Socket;
use crate::limits::{
    ANSWERS_MAX, FRESH_LOOK_MS, GOODBYE_MS, LINK_TICK_MS, OUT_FRAMES_MAX, WRITE_MS,
};
use crate::run::Opened;
use fluxprint_domain::id::{BridgeId, PrinterId, SessionId};
use fluxprint_link::{
    Answer, BridgeEnd, BridgeInput, Frame, Hello, LinkError, LocalPrinter, Refused, Tick, Welcome,
};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt, future};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

/// Why a session is over.
#[derive(Debug)]
pub enum Ended {
    /// We are to stop.
    Stopped,
    /// The connection broke or went silent.
    Gone,
    /// A rule of the protocol was broken.
    Broken(LinkError),
    /// The service does not want this bridge.
    Turned(Refused),
    /// A printer has to be announced anew.
    Changed,
    /// The journal failed; only a new session can tell what it does prove.
    JournalFailed,
}

/// A session that is over.
#[derive(Debug)]
pub struct Over {
    /// Why.
    pub ended: Ended,
    /// Whether it had been open.
    pub was_open: bool,
}

/// A session from hello to goodbye.
pub struct Session<'a> {
    office: &'a Arc<Office>,
    desks: &'a [Arc<Desk>],
    end: BridgeEnd,
    announced: Vec<LocalPrinter>,
    ids: Vec<Option<PrinterId>>,
    names: Option<(BridgeId, SessionId)>,
    out: mpsc::Sender<Message>,
    answers: mpsc::Sender<Answer>,
    fresh_looks: JoinSet<()>,
    stops: JoinSet<()>,
    /// For each printer the doubt that was last said, and in which frame.
    said: HashMap<usize, (u64, u64)>,
    opened: &'a watch::Sender<Option<Opened>>,
}

impl<'a> Session<'a> {
    /// Runs a session on a connected socket until it is over.
    pub async fn run(
        office: &'a Arc<Office>,
        desks: &'a [Arc<Desk>],
        socket: Socket,
        opened: &'a watch::Sender<Option<Opened>>,
        stop: &CancellationToken,
    ) -> Over {
        let announced: Vec<_> = desks.iter().map(|desk| desk.announced()).collect();
        let hello = Hello {
            versions: fluxprint_link::VERSIONS.to_vec(),
            bridge_version: env!("CARGO_PKG_VERSION").to_owned(),
            printers: announced.clone(),
        };
        let (end, first) = match BridgeEnd::open(office.clock.monotonic(), hello) {
            Ok(open) => open,
            Err(error) => {
                let ended = Ended::Broken(error);
                return Over {
                    ended,
                    was_open: false,
                };
            }
        };
        let (sink, stream) = socket.split();
        let (out, frames) = mpsc::channel(OUT_FRAMES_MAX);
        let (answers, due_answers) = mpsc::channel(ANSWERS_MAX);
        let session = Self {
            office,
            desks,
            end,
            announced,
            ids: vec![None; desks.len()],
            names: None,
            out,
            answers,
            fresh_looks: JoinSet::new(),
            stops: JoinSet::new(),
            said: HashMap::new(),
            opened,
        };
        let mut writer = JoinSet::new();
        writer.spawn(write(sink, frames));
        let ended = session
            .talk(first, stream, due_answers, &mut writer, stop)
            .await;
        // No session, no start.
        office.set_gate(None);
        let was_open = opened.send_replace(None).is_some();
        // The writer says goodbye once nothing can be sent any more.
        let _ = timeout(Duration::from_millis(GOODBYE_MS), writer.join_next()).await;
        Over { ended, was_open }
    }

    async fn talk(
        mut self,
        first: Frame,
        mut stream: SplitStream<Socket>,
        mut due_answers: mpsc::Receiver<Answer>,
        writer: &mut JoinSet<()>,
        stop: &CancellationToken,
    ) -> Ended {
        let mut tick = tokio::time::interval(Duration::from_millis(LINK_TICK_MS));
        if let Err(ended) = self.send(&first) {
            return ended;
        }
        loop {
            let done = tokio::select! {
                biased;
                () = stop.cancelled() => Err(Ended::Stopped),
                message = stream.next() => self.heard(message),
                Some(_) = writer.join_next() => Err(Ended::Gone),
                Some(answer) = due_answers.recv() => self.answer(answer),
                Some(_) = self.fresh_looks.join_next() => self.full_report(),
                Some(_) = self.stops.join_next() => Ok(()),
                () = self.office.news.notified() => self.news(),
                _ = tick.tick() => self.tick(),
            };
            if let Err(ended) = done {
                return ended;
            }
        }
    }

    fn heard(
        &mut self,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Result<(), Ended> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Binary(_) | Message::Frame(_))) => {
                return Err(Ended::Broken(LinkError::NotAMessage));
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Ended::Gone),
        };
        let now = self.office.clock.monotonic();
        let input = self.end.receive(now, &text).map_err(Ended::Broken)?;
        self.acknowledged(&text);
        match input {
            None => Ok(()),
            Some(BridgeInput::Welcome(welcome)) => {
                self.welcome(welcome);
                Ok(())
            }
            Some(BridgeInput::Turned(turned)) => Err(Ended::Turned(turned.because)),
            Some(BridgeInput::Command { number, command }) => {
                self.obey(number, command);
                Ok(())
            }
        }
    }

    fn welcome(&mut self, welcome: Welcome) {
        for named in welcome.printers {
            let place = self.desks.iter().position(|desk| desk.name == named.name);
            if let Some(id) = place.and_then(|place| self.ids.get_mut(place)) {
                *id = Some(named.id);
            }
        }
        self.names = Some((welcome.bridge, welcome.session));
        self.look_at_all();
    }

    /// Fresh looks at all printers at once; the full report goes out when they are in, or late.
    fn look_at_all(&mut self) {
        if !self.fresh_looks.is_empty() {
            return;
        }
        let desks = self.desks.to_vec();
        self.fresh_looks
            .spawn(async move { fresh_looks(&desks).await });
    }

    fn answer(&mut self, answer: Answer) -> Result<(), Ended> {
        let now = self.office.clock.monotonic();
        let frame = self.end.answer(now, answer).map_err(Ended::Broken)?;
        self.send(&frame)
    }

    fn tick(&mut self) -> Result<(), Ended> {
        match self.end.tick(self.office.clock.monotonic()) {
            Ok(Tick::Quiet) => Ok(()),
            Ok(Tick::Send(frame)) => self.send(&frame),
            Err(LinkError::Dead) => Err(Ended::Gone),
            Err(error) => Err(Ended::Broken(error)),
        }
    }

    fn send(&self, frame: &Frame) -> Result<(), Ended> {
        let text =
            serde_json::to_string(frame).map_err(|_| Ended::Broken(LinkError::NotAMessage))?;
        // A full line means that the network has stopped taking.
        self.out
            .try_send(Message::text(text))
            .map_err(|_| Ended::Gone)
    }
}

/// Asks every attendant to look now, and waits until they have or are late.
pub async fn fresh_looks(desks: &[Arc<Desk>]) {
    let looks = desks.iter().map(|desk| async move {
        let (done, looked) = oneshot::channel();
        if desk.orders.send(Order::Look(done)).await.is_ok() {
            // An attendant that has gone sends nothing; the last look has to do.
            let _ = looked.await;
        }
    });
    let all = future::join_all(looks);
    let _ = timeout(Duration::from_millis(FRESH_LOOK_MS), all).await;
}

/// Hands frames to the network one by one; ends with a goodbye, or when the network takes no more.
async fn write(mut sink: SplitSink<Socket, Message>, mut frames: mpsc::Receiver<Message>) {
    let patience = Duration::from_millis(WRITE_MS);
    while let Some(frame) = frames.recv().await {
        if !matches!(timeout(patience, sink.send(frame)).await, Ok(Ok(()))) {
            return;
        }
    }
    let _ = timeout(patience, sink.close()).await;
}
