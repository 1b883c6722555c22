//! One session with the service, and the thin loop around it.

mod commands;
mod reports;

use crate::desk::{Desk, Office, Order};
use crate::dial::Socket;
use crate::limits::{
    ANSWERS_MAX, FRESH_LOOK_MS, GOODBYE_MS, LINK_TICK_MS, OUT_FRAMES_MAX, WRITE_MS,
};
use crate::run::Opened;
use fluxprint_domain::Nonce;
use fluxprint_domain::id::{BridgeId, PrinterId, SessionId};
use fluxprint_link::limits::{CLOSE_REPLACED, CLOSE_SHUT_OUT};
use fluxprint_link::{
    Answer, BridgeEnd, BridgeInput, Frame, Hello, LinkError, LocalPrinter, Refused, Tick, Welcome,
};
use futures_util::future::BoxFuture;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt, future};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
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
    /// Another program with this bridge's identity has connected.
    TakenOver,
    /// The service has shut this bridge out for good.
    ShutOut,
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

/// A session from hello to goodbye, without a socket: texts and time go in, texts to be sent come
/// out. [`run`] is the thin loop around it; a simulation takes its steps one by one.
///
/// After every step its texts ([`Session::take_due`]) are to be sent, its stops
/// ([`Session::take_stops`]) to be run beside it, and all printers to be looked at if it wants that
/// ([`Session::take_looks_wanted`]); [`Session::full_report`] comes when they were.
pub struct Session {
    office: Arc<Office>,
    desks: Vec<Arc<Desk>>,
    end: BridgeEnd,
    announced: Vec<LocalPrinter>,
    ids: Vec<Option<PrinterId>>,
    names: Option<(BridgeId, SessionId)>,
    answers: mpsc::Sender<Answer>,
    /// For each printer the doubt that was last said, and in which frame.
    said: BTreeMap<usize, (u64, u64)>,
    opened: Option<Opened>,
    due: Vec<String>,
    stops: Vec<BoxFuture<'static, ()>>,
    looks_wanted: bool,
}

impl Session {
    /// A connected socket: the service speaks first. Answers to commands come out of the receiver,
    /// to be given back to [`Session::answer`].
    #[must_use]
    pub fn open(office: &Arc<Office>, desks: &[Arc<Desk>]) -> (Self, mpsc::Receiver<Answer>) {
        let announced: Vec<_> = desks.iter().map(|desk| desk.announced()).collect();
        let end = BridgeEnd::new(office.clock.monotonic());
        let (answers, due_answers) = mpsc::channel(ANSWERS_MAX);
        let session = Self {
            office: office.clone(),
            desks: desks.to_vec(),
            end,
            announced,
            ids: vec![None; desks.len()],
            names: None,
            answers,
            said: BTreeMap::new(),
            opened: None,
            due: Vec::new(),
            stops: Vec::new(),
            looks_wanted: false,
        };
        (session, due_answers)
    }

    /// Takes one text of the service in.
    ///
    /// # Errors
    /// [`Ended`]: the session is over.
    pub fn heard(&mut self, text: &str) -> Result<(), Ended> {
        let now = self.office.clock.monotonic();
        let input = self.end.receive(now, text).map_err(Ended::Broken)?;
        self.acknowledged(text);
        match input {
            None => Ok(()),
            Some(BridgeInput::Challenge(challenge)) => self.hello(&challenge.nonce),
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

    /// The texts that have to be sent, in this order.
    #[must_use]
    pub fn take_due(&mut self) -> Vec<String> {
        std::mem::take(&mut self.due)
    }

    /// The stops that were begun since this was last asked.
    #[must_use]
    pub fn take_stops(&mut self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut self.stops)
    }

    /// Whether all printers are to be looked at, for a full report.
    #[must_use]
    pub fn take_looks_wanted(&mut self) -> bool {
        std::mem::take(&mut self.looks_wanted)
    }

    /// Who we are in this session, once the whole truth was told.
    #[must_use]
    pub fn opened(&self) -> Option<Opened> {
        self.opened
    }

    /// It is over. No session, no start.
    pub fn close(&self) {
        self.office.set_gate(None);
    }

    fn hello(&mut self, nonce: &Nonce) -> Result<(), Ended> {
        let proved = self.office.credentials.prove(nonce);
        let (key, proof) = proved.ok_or(Ended::ShutOut)?;
        let hello = Hello {
            versions: fluxprint_link::VERSIONS.to_vec(),
            bridge_version: env!("CARGO_PKG_VERSION").to_owned(),
            run: self.office.run,
            key,
            proof,
            printers: self.announced.clone(),
        };
        let now = self.office.clock.monotonic();
        let frame = self.end.hello(now, hello).map_err(Ended::Broken)?;
        self.send(&frame)
    }

    fn welcome(&mut self, welcome: Welcome) {
        for named in welcome.printers {
            let place = self.desks.iter().position(|desk| desk.name == named.name);
            if let Some(id) = place.and_then(|place| self.ids.get_mut(place)) {
                *id = Some(named.id);
            }
        }
        self.names = Some((welcome.bridge, welcome.session));
        self.looks_wanted = true;
    }

    /// Passes on what became of a command.
    ///
    /// # Errors
    /// [`Ended`]: the session is over.
    pub fn answer(&mut self, answer: Answer) -> Result<(), Ended> {
        let now = self.office.clock.monotonic();
        let frame = self.end.answer(now, answer).map_err(Ended::Broken)?;
        self.send(&frame)
    }

    /// Looks at the clock.
    ///
    /// # Errors
    /// [`Ended`]: nobody is there any more.
    pub fn tick(&mut self) -> Result<(), Ended> {
        match self.end.tick(self.office.clock.monotonic()) {
            Ok(Tick::Quiet) => Ok(()),
            Ok(Tick::Send(frame)) => self.send(&frame),
            Err(LinkError::Dead) => Err(Ended::Gone),
            Err(error) => Err(Ended::Broken(error)),
        }
    }

    fn send(&mut self, frame: &Frame) -> Result<(), Ended> {
        let text =
            serde_json::to_string(frame).map_err(|_| Ended::Broken(LinkError::NotAMessage))?;
        self.due.push(text);
        Ok(())
    }
}

/// Runs a session on a connected socket until it is over.
pub async fn run(
    office: &Arc<Office>,
    desks: &[Arc<Desk>],
    socket: Socket,
    opened: &watch::Sender<Option<Opened>>,
    stop: &CancellationToken,
) -> Over {
    let (mut session, answers) = Session::open(office, desks);
    let (sink, stream) = socket.split();
    let (out, frames) = mpsc::channel(OUT_FRAMES_MAX);
    let mut writer = JoinSet::new();
    writer.spawn(write(sink, frames));
    let mut line = Line {
        stream,
        out,
        answers,
        beside: JoinSet::new(),
        fresh_looks: JoinSet::new(),
    };
    let ended = talk(&mut session, &mut line, &mut writer, opened, stop).await;
    session.close();
    // The writer says goodbye once nothing can be sent any more.
    drop(line);
    let was_open = opened.send_replace(None).is_some();
    let _ = timeout(Duration::from_millis(GOODBYE_MS), writer.join_next()).await;
    Over { ended, was_open }
}

/// What the loop holds around a session.
struct Line {
    stream: SplitStream<Socket>,
    out: mpsc::Sender<Message>,
    answers: mpsc::Receiver<Answer>,
    /// Stops under way.
    beside: JoinSet<()>,
    fresh_looks: JoinSet<()>,
}

async fn talk(
    session: &mut Session,
    line: &mut Line,
    writer: &mut JoinSet<()>,
    opened: &watch::Sender<Option<Opened>>,
    stop: &CancellationToken,
) -> Ended {
    let office = session.office.clone();
    let mut tick = tokio::time::interval(Duration::from_millis(LINK_TICK_MS));
    let mut done = Ok(());
    loop {
        let sent = line.after_step(session, opened);
        if let Err(ended) = done.and(sent) {
            return ended;
        }
        done = tokio::select! {
            biased;
            () = stop.cancelled() => Err(Ended::Stopped),
            message = line.stream.next() => match text(message) {
                Ok(Some(text)) => session.heard(&text),
                Ok(None) => Ok(()),
                Err(ended) => Err(ended),
            },
            Some(_) = writer.join_next() => Err(Ended::Gone),
            Some(answer) = line.answers.recv() => session.answer(answer),
            Some(_) = line.fresh_looks.join_next() => session.full_report(),
            Some(_) = line.beside.join_next() => Ok(()),
            () = office.news.notified() => session.news(),
            _ = tick.tick() => session.tick(),
        };
    }
}

impl Line {
    /// Does what a step has asked for.
    fn after_step(
        &mut self,
        session: &mut Session,
        opened: &watch::Sender<Option<Opened>>,
    ) -> Result<(), Ended> {
        for stop in session.take_stops() {
            self.beside.spawn(stop);
        }
        if session.take_looks_wanted() && self.fresh_looks.is_empty() {
            let desks = session.desks.clone();
            self.fresh_looks
                .spawn(async move { fresh_looks(&desks).await });
        }
        opened
            .send_if_modified(|before| std::mem::replace(before, session.opened) != session.opened);
        for text in session.take_due() {
            // A full line means that the network has stopped taking.
            let sent = self.out.try_send(Message::text(text));
            sent.map_err(|_| Ended::Gone)?;
        }
        Ok(())
    }
}

/// The text of a message; nothing for the socket's own pings and pongs.
fn text(
    message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
) -> Result<Option<Utf8Bytes>, Ended> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Binary(_) | Message::Frame(_))) => {
            Err(Ended::Broken(LinkError::NotAMessage))
        }
        Some(Ok(Message::Close(Some(close)))) => Err(match u16::from(close.code) {
            CLOSE_REPLACED => Ended::TakenOver,
            CLOSE_SHUT_OUT => Ended::ShutOut,
            _ => Ended::Gone,
        }),
        Some(Ok(Message::Close(None)) | Err(_)) | None => Err(Ended::Gone),
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
