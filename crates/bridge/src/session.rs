//! One session with the service: the thin loop around the link's bridge end.

use crate::desk::{Desk, Office, Order, Reply};
use crate::dial::Socket;
use crate::limits::{
    ANSWERS_MAX, FRESH_LOOK_MS, GOODBYE_MS, LINK_TICK_MS, OUT_FRAMES_MAX, STOP_TRIES, WRITE_MS,
};
use crate::run::Opened;
use crate::words::{self, Why};
use fluxprint_domain::Refusal;
use fluxprint_domain::id::{AttemptId, BridgeId, PrinterId, SessionId};
use fluxprint_link::{
    Answer, BridgeEnd, BridgeInput, Command, Frame, Hello, LinkError, LocalPrinter, PrinterReport,
    Refused, Report, Telemetry, Tick, Welcome,
};
use fluxprint_printers::PrinterError;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt, future};
use std::collections::{BTreeSet, HashMap};
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

    fn full_report(&mut self) -> Result<(), Ended> {
        let mut printers = Vec::new();
        let mut doubts = Vec::new();
        for place in 0..self.desks.len() {
            if let Some(desk) = self.desks.get(place) {
                // Everything of before is in this report.
                let _ = desk.take_due();
            }
            if let Some((report, doubt)) = self.of_printer(place, None) {
                printers.push(report);
                doubts.push((place, doubt));
            }
        }
        let report = Report {
            full: true,
            printers,
        };
        self.report(report, &doubts)?;
        self.office.set_gate(self.end.gate());
        if let Some((bridge, session)) = self.names {
            self.opened.send_replace(Some(Opened { bridge, session }));
        }
        // What happened while the report was written comes next.
        self.office.news.notify_one();
        Ok(())
    }

    /// What is true about one printer: about all unsettled tries, or about `only` these.
    fn of_printer(
        &self,
        place: usize,
        only: Option<&BTreeSet<AttemptId>>,
    ) -> Option<(PrinterReport, Option<u64>)> {
        let (face, printer) = (self.desks.get(place)?.face(), (*self.ids.get(place)?)?);
        // A doubt is said once in a session: what follows it cannot overtake it.
        let said = self.said.get(&place).map(|(doubt, _)| *doubt);
        let doubt = face.doubt.filter(|doubt| Some(*doubt) != said);
        let wanted = |attempt: &AttemptId| only.is_none_or(|only| only.contains(attempt));
        let attempts = face
            .attempts
            .into_iter()
            .filter(|(attempt, _)| wanted(attempt));
        let report = PrinterReport {
            printer,
            observation: face.observation,
            epoch: face.epoch,
            bed_in_doubt: doubt.is_some(),
            attempts: attempts.map(|(_, report)| report).collect(),
        };
        Some((report, doubt))
    }

    fn report(&mut self, report: Report, doubts: &[(usize, Option<u64>)]) -> Result<(), Ended> {
        let now = self.office.clock.monotonic();
        let frame = self.end.report(now, report).map_err(Ended::Broken)?;
        for (place, doubt) in doubts {
            if let Some(doubt) = doubt {
                self.said.insert(*place, (*doubt, frame.seq));
            }
        }
        self.send(&frame)
    }

    /// Doubts the service has heard of need not be said in the next session. It reads and writes
    /// down a report before it acknowledges it.
    fn acknowledged(&mut self, text: &str) {
        #[derive(serde::Deserialize)]
        struct Ack {
            ack: u64,
        }
        let Ok(Ack { ack }) = serde_json::from_str(text) else {
            return;
        };
        for (place, (doubt, frame)) in &self.said {
            let desk = self.desks.get(*place).filter(|_| *frame <= ack);
            if let Some(desk) = desk.filter(|desk| desk.face().doubt == Some(*doubt)) {
                // If there is no room for it now, the next acknowledgement says the same.
                let _ = desk.orders.try_send(Order::DoubtTold(*doubt));
            }
        }
    }

    fn news(&mut self) -> Result<(), Ended> {
        if self.office.take_journal_failed() {
            return Err(Ended::JournalFailed);
        }
        if self
            .desks
            .iter()
            .zip(&self.announced)
            .any(|(desk, said)| desk.announced() != *said)
        {
            return Err(Ended::Changed);
        }
        if self.end.gate().is_none() {
            return Ok(());
        }
        for place in 0..self.desks.len() {
            let Some(desk) = self.desks.get(place).cloned() else {
                continue;
            };
            let due = desk.take_due();
            if let Some(changed) = due.report
                && let Some((report, doubt)) = self.of_printer(place, Some(&changed))
            {
                let partial = Report {
                    full: false,
                    printers: vec![report],
                };
                self.report(partial, &[(place, doubt)])?;
            }
            if due.look {
                self.telemetry(place, &desk)?;
            }
        }
        Ok(())
    }

    fn telemetry(&mut self, place: usize, desk: &Desk) -> Result<(), Ended> {
        let Some(Some(printer)) = self.ids.get(place) else {
            return Ok(());
        };
        let seen = Telemetry {
            printer: *printer,
            observation: desk.face().observation,
        };
        let now = self.office.clock.monotonic();
        match self.end.telemetry(now, seen).map_err(Ended::Broken)? {
            Some(frame) => self.send(&frame),
            None => Ok(()),
        }
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

    fn obey(&mut self, number: u64, command: Command) {
        let reply = Reply {
            to: number,
            out: self.answers.clone(),
        };
        match command {
            Command::EmergencyStop { printer } => self.stop(printer, Stop::Machine, reply),
            Command::HeatersOff { printer } => self.stop(printer, Stop::Heaters, reply),
            Command::Stage(stage) => {
                let desk = self.desk(stage.printer);
                give(desk, reply.clone(), Order::Stage(stage, reply));
            }
            Command::Start(start) => {
                let desk = self.desk(start.printer);
                give(desk, reply.clone(), Order::Start(start, reply));
            }
            Command::Pause { attempt } => {
                self.about(attempt, reply, |reply| Order::Pause(attempt, reply));
            }
            Command::Resume { attempt } => {
                self.about(attempt, reply, |reply| Order::Resume(attempt, reply));
            }
            Command::Cancel { attempt } => {
                self.about(attempt, reply, |reply| Order::Cancel(attempt, reply));
            }
            Command::Settled { attempt } => {
                // Said again: nothing is left to forget.
                if self.desks.iter().any(|desk| desk.has_attempt(attempt)) {
                    self.about(attempt, reply, |_| Order::Settled(attempt));
                }
            }
            Command::Refresh => self.look_at_all(),
        }
    }

    fn desk(&self, printer: PrinterId) -> Option<&Arc<Desk>> {
        let place = self.ids.iter().position(|id| *id == Some(printer))?;
        self.desks.get(place)
    }

    /// Gives an order about a try to the printer it is on.
    fn about(&self, attempt: AttemptId, reply: Reply, order: impl FnOnce(Reply) -> Order) {
        match self.desks.iter().find(|desk| desk.has_attempt(attempt)) {
            Some(desk) => give(Some(desk), reply.clone(), order(reply)),
            None => reply.refused(Why::UnknownTry),
        }
    }

    /// Straight to the printer's program, past every line (N-10).
    fn stop(&mut self, printer: PrinterId, what: Stop, reply: Reply) {
        let Some(desk) = self.desk(printer).cloned() else {
            reply.refused(words::refusal(&Refusal::NoPrinter));
            return;
        };
        self.stops.spawn(async move {
            match stop(&desk, what).await {
                Ok(()) => reply.given(),
                Err(error) => reply.refused(words::printer(&error)),
            }
        });
    }
}

#[derive(Clone, Copy)]
enum Stop {
    Machine,
    Heaters,
}

/// Safe, so it is tried again when it fails.
async fn stop(desk: &Desk, what: Stop) -> Result<(), PrinterError> {
    let mut done = Ok(());
    for _ in 0..STOP_TRIES {
        done = match what {
            Stop::Machine => desk.printer.emergency_stop().await,
            Stop::Heaters => desk.printer.heaters_off().await,
        };
        if done.is_ok() {
            break;
        }
    }
    done
}

fn give(desk: Option<&Arc<Desk>>, reply: Reply, order: Order) {
    match desk {
        None => reply.refused(words::refusal(&Refusal::NoPrinter)),
        Some(desk) if desk.orders.try_send(order).is_err() => reply.refused(Why::TooManyCommands),
        Some(_) => {}
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
