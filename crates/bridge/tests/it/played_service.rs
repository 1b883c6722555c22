//! The service's end of the link, played by a test: it says what it is told to say and keeps what
//! it hears. Its second door gives files out, with ranges, and can break off.

use crate::played_camera::PlayedCamera;
use fluxprint_domain::alert::Alarm;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::{AttemptId, BridgeId, PrinterId, SessionId};
use fluxprint_domain::octets::Octets;
use fluxprint_domain::printer::Observation;
use fluxprint_domain::{Clock, Nonce, Sha256};
use fluxprint_link::{
    Answer, AttemptReport, Command, Hello, NamedPrinter, Report, ServiceEnd, ServiceInput, Tick,
    Turned, Welcome,
};
use futures_util::{SinkExt, StreamExt};
use sha2::Digest;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// What the service says when a test wants it to.
pub enum Say {
    Command(Command),
    Raw(String),
    HangUp,
    Close(u16),
}

/// The chance of every challenge here.
pub const NONCE: Nonce = Octets([5; 32]);

/// What the service was told.
#[derive(Default)]
pub struct Told {
    pub hello: Option<Hello>,
    pub reported_since_hello: bool,
    pub session: Option<SessionId>,
    pub sessions: usize,
    pub reports: Vec<Report>,
    pub attempts: Vec<AttemptReport>,
    pub answers: Vec<Answer>,
    pub observation: Option<Observation>,
    pub alarms: BTreeSet<Alarm>,
    pub telemetry: usize,
    /// Heads of the requests for files.
    pub requests: Vec<String>,
    pub pairings: Vec<String>,
    pub refused_upgrades: usize,
}

impl Told {
    pub fn full_reports(&self) -> usize {
        self.reports.iter().filter(|report| report.full).count()
    }
}

/// What the service does wrong, or differently.
#[derive(Default)]
pub struct Mood {
    /// Break the connection after so many bytes of the next file.
    pub cut_next_file_after: Option<usize>,
    /// Give out other bytes.
    pub lie_about_files: bool,
    /// Answer file requests with this status.
    pub file_status: Option<u16>,
    /// Turn bridges away.
    pub turn_away: Option<Turned>,
    /// Answer the upgrade with this status.
    pub upgrade_status: Option<u16>,
    /// Answers to pairing: status and body; the last one stays.
    pub pairing: VecDeque<(u16, String)>,
}

struct Inner {
    clock: Arc<dyn Clock>,
    told: Mutex<Told>,
    mood: Mutex<Mood>,
    news: Notify,
    files: Mutex<HashMap<String, Vec<u8>>>,
    printers: Mutex<HashMap<String, PrinterId>>,
    say: Mutex<Option<mpsc::UnboundedSender<Say>>>,
    bridge: BridgeId,
    cameras: PlayedCamera,
}

#[derive(Clone)]
pub struct PlayedService {
    addr: SocketAddr,
    inner: Arc<Inner>,
}

impl PlayedService {
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let bridge = BridgeId::fresh(clock.as_ref());
        let inner = Arc::new(Inner {
            clock,
            told: Mutex::default(),
            mood: Mutex::default(),
            news: Notify::new(),
            files: Mutex::default(),
            printers: Mutex::default(),
            say: Mutex::default(),
            bridge,
            cameras: PlayedCamera::default(),
        });
        let served = inner.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(served.clone(), stream));
            }
        });
        Self { addr, inner }
    }

    /// The second socket.
    pub fn cameras(&self) -> PlayedCamera {
        self.inner.cameras.clone()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub fn offer(&self, bytes: &[u8]) -> Sha256 {
        let sha256 = Sha256(sha2::Sha256::digest(bytes).into());
        let mut files = self.inner.files.lock().unwrap();
        files.insert(sha256.to_string(), bytes.to_vec());
        sha256
    }

    pub fn mood(&self, change: impl FnOnce(&mut Mood)) {
        change(&mut self.inner.mood.lock().unwrap());
    }

    pub fn told<T>(&self, ask: impl FnOnce(&Told) -> T) -> T {
        ask(&self.inner.told.lock().unwrap())
    }

    pub fn say(&self, say: Say) {
        let line = self.inner.say.lock().unwrap();
        line.as_ref().unwrap().send(say).unwrap();
    }

    pub fn command(&self, command: Command) {
        self.say(Say::Command(command));
    }

    pub fn forget_hello(&self) {
        self.inner.told.lock().unwrap().hello = None;
    }

    pub fn hang_up(&self) {
        self.say(Say::HangUp);
    }

    /// Waits until so many upgrades were refused.
    pub async fn refused_upgrades(&self, count: usize) {
        self.until("refused upgrades", |told| told.refused_upgrades >= count)
            .await;
    }

    pub fn session(&self) -> SessionId {
        self.told(|told| told.session.unwrap())
    }

    pub fn printer(&self, name: &str) -> PrinterId {
        self.inner.printers.lock().unwrap()[name]
    }

    pub fn full_reports(&self) -> usize {
        self.told(Told::full_reports)
    }

    /// The phases a try was reported in, in order, without repeats.
    pub fn phases(&self, attempt: AttemptId) -> Vec<Phase> {
        self.told(|told| {
            let mut phases: Vec<_> = told
                .attempts
                .iter()
                .filter(|report| report.attempt == attempt)
                .map(|report| report.phase)
                .collect();
            phases.dedup();
            phases
        })
    }

    /// The code of the last reason given for a try.
    pub fn because(&self, attempt: AttemptId) -> Option<String> {
        self.told(|told| {
            let last = told
                .attempts
                .iter()
                .rfind(|report| report.attempt == attempt);
            last.and_then(|report| report.because.as_ref().map(|because| because.code.clone()))
        })
    }

    /// Waits until it holds.
    pub async fn until(&self, what: &str, mut holds: impl FnMut(&Told) -> bool) {
        let wait = async {
            loop {
                let news = self.inner.news.notified();
                if self.told(&mut holds) {
                    return;
                }
                let _ = tokio::time::timeout(Duration::from_millis(20), news).await;
            }
        };
        let done = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(done.is_ok(), "not within 20 s: {what}; {}", self.summary());
    }

    fn summary(&self) -> String {
        self.told(|told| {
            format!(
                "sessions {}, reports {}, attempts {:?}, answers {:?}, alarms {:?}, seen {:?}",
                told.sessions,
                told.reports.len(),
                told.attempts,
                told.answers,
                told.alarms,
                told.observation
            )
        })
    }

    pub async fn until_phase(&self, attempt: AttemptId, phase: Phase) {
        self.until(&format!("{phase:?}"), |told| {
            told.attempts
                .iter()
                .any(|report| report.attempt == attempt && report.phase == phase)
        })
        .await;
    }
}

impl PlayedService {
    /// Waits until the printer was seen at it.
    pub async fn until_running(&self, attempt: AttemptId) {
        let running = |report: &AttemptReport| {
            report.attempt == attempt && matches!(report.phase, Phase::Starting | Phase::Printing)
        };
        self.until("running", |told| told.attempts.iter().any(running))
            .await;
    }
}

async fn serve(inner: Arc<Inner>, stream: TcpStream) {
    let mut head = vec![0; 4096];
    let path = loop {
        let Ok(peeked) = stream.peek(&mut head).await else {
            return;
        };
        let text = String::from_utf8_lossy(&head[..peeked]).into_owned();
        if let Some((line, _)) = text.split_once("\r\n") {
            break line.to_owned();
        }
        if peeked == 0 {
            return;
        }
    };
    if path.starts_with("GET /v1/bridge/camera HTTP") {
        let ids = inner.printers.lock().unwrap().clone();
        return inner.cameras.clone().play(stream, ids).await;
    }
    let upgrade_status = inner.mood.lock().unwrap().upgrade_status;
    if path.starts_with("GET /v1/bridge HTTP") && upgrade_status.is_none() {
        play(inner, stream).await;
    } else {
        answer_http(inner, stream, upgrade_status).await;
    }
}

async fn answer_http(inner: Arc<Inner>, mut stream: TcpStream, upgrade_status: Option<u16>) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 => request.extend_from_slice(&chunk[..read]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    if let Some(status) = upgrade_status.filter(|_| head.starts_with("GET /v1/bridge HTTP")) {
        let answer = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes()).await;
        inner.told.lock().unwrap().refused_upgrades += 1;
        return;
    }
    if head.starts_with("POST /v1/pairing") {
        let length: usize = head
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            })
            .unwrap();
        let body_at = head.find("\r\n\r\n").unwrap() + 4;
        while request.len() < body_at + length {
            let read = stream.read(&mut chunk).await.unwrap();
            request.extend_from_slice(&chunk[..read]);
        }
        let body = String::from_utf8_lossy(&request[body_at..]).into_owned();
        inner.told.lock().unwrap().pairings.push(body);
        let (status, body) = {
            let pairing = &mut inner.mood.lock().unwrap().pairing;
            let next = pairing.pop_front().unwrap();
            if pairing.is_empty() {
                pairing.push_back(next.clone());
            }
            next
        };
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
        return;
    }
    let (bytes, cut) = file_answer(&inner, &head);
    let sent = cut.map_or(&bytes[..], |cut| &bytes[..cut.min(bytes.len())]);
    let _ = stream.write_all(sent).await;
    let _ = stream.shutdown().await;
    inner.told.lock().unwrap().requests.push(head);
    inner.news.notify_waiters();
}

/// The whole answer to a request for a file, and where to break it off.
fn file_answer(inner: &Inner, head: &str) -> (Vec<u8>, Option<usize>) {
    let mut mood = inner.mood.lock().unwrap();
    let sha256 = head
        .strip_prefix("GET /v1/bridge/artifacts/")
        .and_then(|rest| rest.split(' ').next())
        .unwrap_or_default();
    let file = inner.files.lock().unwrap().get(sha256).cloned();
    let status = mood.file_status.or(file.is_none().then_some(404));
    if let Some(status) = status {
        let answer = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        return (answer.into_bytes(), None);
    }
    let mut file = file.unwrap();
    if mood.lie_about_files {
        file.iter_mut()
            .for_each(|byte| *byte = byte.wrapping_add(1));
    }
    let from = head
        .to_lowercase()
        .lines()
        .find_map(|line| {
            line.strip_prefix("range: bytes=")?
                .strip_suffix('-')?
                .parse()
                .ok()
        })
        .unwrap_or(0usize);
    let (size, rest) = (file.len(), &file[from..]);
    let mut answer = if from == 0 {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n")
    } else {
        let last = size - 1;
        format!(
            "HTTP/1.1 206 Partial\r\nContent-Length: {}\r\nContent-Range: bytes {from}-{last}/{size}\r\n",
            rest.len()
        )
    };
    answer.push_str(&format!("ETag: \"{sha256}\"\r\nConnection: close\r\n\r\n"));
    let head_bytes = answer.len();
    let mut bytes = answer.into_bytes();
    bytes.extend_from_slice(rest);
    let cut = mood.cut_next_file_after.take().map(|cut| head_bytes + cut);
    (bytes, cut)
}

async fn play(inner: Arc<Inner>, stream: TcpStream) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    let clock = inner.clock.clone();
    let (mut end, challenge) = ServiceEnd::open(clock.monotonic(), NONCE).unwrap();
    let text = serde_json::to_string(&challenge).unwrap();
    if socket.send(Message::text(text)).await.is_err() {
        return;
    }
    let (say, mut said) = mpsc::unbounded_channel();
    *inner.say.lock().unwrap() = Some(say);
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    loop {
        let frame = tokio::select! {
            message = socket.next() => {
                let Some(Ok(Message::Text(text))) = message else { return };
                let input = end.receive(clock.monotonic(), &text).unwrap();
                match input {
                    Some(ServiceInput::Hello { hello, version }) => {
                        Some(hear_hello(&inner, &mut end, hello, version))
                    }
                    Some(input) => { hear(&inner, input); None }
                    None => None,
                }
            }
            Some(say) = said.recv(), if end.reconciled() => match say {
                Say::Command(command) => Some(end.command(clock.monotonic(), command).unwrap().unwrap()),
                Say::Raw(text) => {
                    let _ = socket.send(Message::text(text)).await;
                    None
                }
                Say::HangUp => return,
                Say::Close(code) => {
                    let reason = "the played service says so".into();
                    let close = CloseFrame { code: code.into(), reason };
                    let _ = socket.send(Message::Close(Some(close))).await;
                    return;
                }
            },
            _ = tick.tick() => match end.tick(clock.monotonic()) {
                Ok(Tick::Send(frame)) => Some(frame),
                Ok(Tick::Quiet) => None,
                Err(_) => return,
            },
        };
        if let Some(frame) = frame {
            let text = serde_json::to_string(&frame).unwrap();
            if socket.send(Message::text(text)).await.is_err() {
                return;
            }
        }
    }
}

fn hear_hello(
    inner: &Inner,
    end: &mut ServiceEnd,
    hello: Hello,
    version: u16,
) -> fluxprint_link::Frame {
    let clock = &inner.clock;
    let now = clock.monotonic();
    if let Some(turned) = inner.mood.lock().unwrap().turn_away.clone() {
        inner.told.lock().unwrap().sessions += 1;
        return end.turn_away(now, turned).unwrap();
    }
    let session = SessionId::fresh(clock.as_ref());
    let mut ids = inner.printers.lock().unwrap();
    let printers = hello.printers.iter().map(|local| NamedPrinter {
        name: local.name.clone(),
        id: *ids
            .entry(local.name.clone())
            .or_insert_with(|| PrinterId::fresh(clock.as_ref())),
    });
    let welcome = Welcome {
        version,
        bridge: inner.bridge,
        session,
        server_time: clock.now(),
        printers: printers.collect(),
    };
    let mut told = inner.told.lock().unwrap();
    told.hello = Some(hello);
    told.reported_since_hello = false;
    told.session = Some(session);
    told.sessions += 1;
    end.welcome(now, welcome).unwrap()
}

fn hear(inner: &Inner, input: ServiceInput) {
    let mut told = inner.told.lock().unwrap();
    match input {
        ServiceInput::Report(report) => {
            for printer in &report.printers {
                told.observation = Some(printer.observation.clone());
                told.alarms.clone_from(&printer.alarms);
                told.attempts.extend(printer.attempts.iter().cloned());
            }
            told.reports.push(report);
            told.reported_since_hello = true;
        }
        ServiceInput::Telemetry(seen) => {
            told.observation = Some(seen.observation);
            told.telemetry += 1;
        }
        ServiceInput::Answer(answer) => told.answers.push(answer),
        ServiceInput::Hello { .. } => {}
    }
    drop(told);
    inner.news.notify_waiters();
}
