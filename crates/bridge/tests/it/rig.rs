//! A bridge with everything around it.

use crate::played_service::{PlayedService, Told};
use fluxprint_bridge::camera::{self, Cameras};
use fluxprint_bridge::identity::{store_token, stored_token};
use fluxprint_bridge::limits::Pace;
use fluxprint_bridge::local_limits::LocalLimits;
use fluxprint_bridge::watchdog::Waits;
use fluxprint_bridge::{Bridge, Credentials, OwnPrinter, Service};
use fluxprint_clock::SystemClock;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::id::{AttemptId, BedTokenId, PrinterId};
use fluxprint_domain::printer::{Build, Observation};
use fluxprint_domain::{Clock, Monotonic, Sha256, Timestamp};
use fluxprint_link::{Command, Stage, Start};
use fluxprint_printers::octoprint::{OctoPrint, Pace as OctoPace};
use fluxprint_sim::octoprint::{Config, Running, VirtualOctoPrint};
use fluxprint_sim::proxy::{Proxy, RecordingProxy};
use secrecy::SecretString;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub const PRINTER: &str = "Mk4-07";
const KEY: &str = "0123456789ABCDEF0123456789ABCDEF";

/// The machine's clock, which a test may move on.
pub struct ShiftedClock {
    machine: SystemClock,
    ahead_us: AtomicU64,
}

impl ShiftedClock {
    pub fn advance_s(&self, seconds: u64) {
        self.ahead_us
            .fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    fn ahead_us(&self) -> u64 {
        self.ahead_us.load(Ordering::SeqCst)
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.machine.now().0 + self.ahead_us() as i64)
    }

    fn monotonic(&self) -> Monotonic {
        Monotonic(self.machine.monotonic().0 + self.ahead_us())
    }

    fn random(&self) -> u128 {
        self.machine.random()
    }
}

/// Impatient, for tests.
pub fn pace() -> Pace {
    Pace {
        tick_ms: 20,
        start_look_ms: 30,
        start_seen_ms: 800,
        vanished_ms: 400,
        busy_look_ms: 50,
        idle_look_ms: 200,
        cancel_again_ms: 300,
        stage_retry_ms: 20,
        stage_retry_ms_max: 100,
        stage_give_up_ms: 700,
        dial_ms: (20, 100),
        keep_files_s: 0,
        watch: Waits {
            heater_ms: 1_500,
            frozen_ms: 3_000,
            off_again_ms: 500,
        },
        turned_away_ms: 50,
        taken_over_ms: (200, 60_000),
    }
}

/// Impatient as well.
fn cameras() -> Cameras {
    let pace = camera::Pace {
        look_ms: 200,
        picture_ms: 700,
        retry_ms: (20, 100),
        dial_ms: (20, 100),
    };
    Cameras {
        pace,
        ..Cameras::default()
    }
}

/// A bridge, its service, its OctoPrint and what stands between.
pub struct Rig {
    pub service: PlayedService,
    pub proxy: Proxy,
    pub clock: Arc<ShiftedClock>,
    pub folder: tempfile::TempDir,
    octoprint: Option<Running>,
    bridge: Option<(CancellationToken, JoinHandle<()>)>,
    pub build: Build,
    pub limits: LocalLimits,
    pub pace: Pace,
    pub epoch: i64,
    pub cameras: Cameras,
}

impl Rig {
    /// Everything but the bridge.
    pub async fn without_bridge() -> Self {
        let clock = Arc::new(ShiftedClock {
            machine: SystemClock::new(),
            ahead_us: AtomicU64::new(0),
        });
        let folder = tempfile::tempdir().unwrap();
        let octoprint = octoprint(folder.path());
        let proxy = RecordingProxy::start(&octoprint.url()).unwrap();
        Self {
            service: PlayedService::start(clock.clone()).await,
            proxy,
            clock,
            folder,
            octoprint: Some(octoprint),
            bridge: None,
            build: Build::DESKTOP,
            limits: LocalLimits::default(),
            pace: pace(),
            epoch: 0,
            cameras: cameras(),
        }
    }

    /// Everything, with a session open.
    pub async fn new() -> Self {
        let mut rig = Self::without_bridge().await;
        rig.start_bridge().await;
        rig
    }

    /// A bridge on the same data folder; waits for the full report of a session in which it knows
    /// its printer (a bridge announces it anew when it learns that it is virtual).
    pub async fn start_bridge(&mut self) {
        let before = self.service.full_reports();
        self.service.forget_hello();
        self.start_bridge_alone().await;
        let known = |told: &Told| {
            let hello = told.hello.as_ref();
            hello.is_some_and(|hello| hello.printers[0].is_virtual)
                && told.full_reports() > before
                && told.reported_since_hello
        };
        self.service.until("a full report", known).await;
    }

    /// The same without waiting.
    pub async fn start_bridge_alone(&mut self) {
        let octoprint = OctoPrint::new(
            self.proxy.url().parse().unwrap(),
            SecretString::from(KEY),
            self.clock.clone(),
        )
        .unwrap()
        .with_pace(OctoPace {
            poll_every: Duration::from_millis(50),
            poll_every_max: Duration::from_millis(100),
            socket_retry: (Duration::from_millis(50), Duration::from_millis(200)),
            ping_every: Duration::from_secs(5),
        });
        let own = OwnPrinter {
            name: PRINTER.to_owned(),
            build: self.limits.tightened(&self.build),
            limits: self.limits.clone(),
            is_virtual: true,
            printer: Arc::new(octoprint),
        };
        let url = self.service.url().parse().unwrap();
        let data = self.folder.path().join("bridge");
        if stored_token(&data).is_err() {
            store_token(&data, &SecretString::from("fxb_good")).unwrap();
        }
        let credentials = Credentials::open(&data, None, self.clock.as_ref()).unwrap();
        let service = Service::new(url, Some(Arc::new(credentials))).unwrap();
        let bridge = Bridge::new(&data, service, vec![own], self.clock.clone(), self.pace);
        let bridge = bridge.await.unwrap().with_cameras(self.cameras.clone());
        let stop = CancellationToken::new();
        let running = tokio::spawn(bridge.run(stop.clone()));
        self.bridge = Some((stop, running));
    }

    /// The bridge's data folder.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("bridge")
    }

    /// Waits until the bridge has forgotten its token.
    pub async fn until_shut_out(&self) {
        let gone = async {
            while stored_token(&self.data()).is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(10), gone).await;
        assert!(waited.is_ok(), "the token is still there");
    }

    /// Stops the bridge as a signal would.
    pub async fn stop_bridge(&mut self) {
        let (stop, running) = self.bridge.take().unwrap();
        stop.cancel();
        running.await.unwrap();
    }

    /// Ends the bridge in the middle of whatever it does.
    pub async fn kill_bridge(&mut self) {
        let (_, running) = self.bridge.take().unwrap();
        running.abort();
        assert!(running.await.unwrap_err().is_cancelled());
    }

    pub fn octoprint(&self) -> &Running {
        self.octoprint.as_ref().unwrap()
    }

    /// Kills OctoPrint.
    pub fn kill_octoprint(&mut self) {
        self.octoprint.take().unwrap().stop();
    }

    /// Starts OctoPrint again on the same files.
    pub fn start_octoprint(&mut self) {
        let octoprint = octoprint(self.folder.path());
        self.proxy.set_upstream(&octoprint.url());
        self.octoprint = Some(octoprint);
    }

    /// Somebody else's word to OctoPrint, past the proxy.
    pub async fn somebody_posts(&self, path: &str, body: serde_json::Value) {
        let url = format!("{}{path}", self.octoprint().url());
        let answer = reqwest::Client::new()
            .post(url)
            .header("X-Api-Key", KEY)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    /// Somebody else deletes something from OctoPrint.
    pub async fn somebody_deletes(&self, path: &str) {
        let url = format!("{}{path}", self.octoprint().url());
        let asked = reqwest::Client::new().delete(url).header("X-Api-Key", KEY);
        let answer = asked.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    /// Somebody else uploads a file and prints it.
    pub async fn somebody_prints(&self, gcode: &str) {
        let body = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"theirs.gcode\"\r\n\r\n{gcode}\r\n--cut\r\nContent-Disposition: form-data; name=\"print\"\r\n\r\ntrue\r\n--cut--\r\n"
        );
        let answer = reqwest::Client::new()
            .post(format!("{}/api/files/local", self.octoprint().url()))
            .header("X-Api-Key", KEY)
            .header("Content-Type", "multipart/form-data; boundary=cut")
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 201);
        let said: serde_json::Value =
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(said["effectivePrint"], true, "the printer was not free");
    }

    /// What was deleted in OctoPrint.
    pub fn deleted(&self) -> Vec<String> {
        let asked = self.proxy.requests().into_iter();
        let gone = asked.filter(|request| request.method == "DELETE");
        gone.map(|request| request.path).collect()
    }

    pub fn printer(&self) -> PrinterId {
        self.service.printer(PRINTER)
    }

    /// A new attempt for these bytes, staged.
    pub async fn staged(&mut self, gcode: &str) -> Try {
        let sha256 = self.service.offer(gcode.as_bytes());
        let attempt = AttemptId::fresh(self.clock.as_ref());
        let stage = Stage {
            attempt,
            printer: self.printer(),
            sha256,
            size_bytes: gcode.len() as u64,
        };
        self.service.command(Command::Stage(stage.clone()));
        self.service.until_phase(attempt, Phase::Staged).await;
        Try {
            attempt,
            sha256,
            stage,
        }
    }

    /// A start for it, good for a minute.
    pub fn start_of(&mut self, of: &Try) -> Start {
        self.epoch += 1;
        Start {
            attempt: of.attempt,
            printer: self.printer(),
            epoch: Epoch(self.epoch),
            bed_token: BedTokenId::fresh(self.clock.as_ref()),
            sha256: of.sha256,
            session: self.service.session(),
            not_after: self.clock.now().plus_s(60),
        }
    }

    /// Sends the start.
    pub fn start(&mut self, of: &Try) {
        let start = self.start_of(of);
        self.service.command(Command::Start(start));
    }

    /// Waits until so many calls for a start have reached OctoPrint and were answered (or lost).
    pub async fn until_start_calls(&self, count: usize) {
        let answered = |starts: &[fluxprint_sim::proxy::StartSeen]| {
            starts.len() == count && starts.iter().all(|start| start.status.is_some())
        };
        self.service
            .until("calls for a start", |_| answered(&self.proxy.starts()))
            .await;
    }

    /// The last look the service has been given.
    pub async fn until_seen(&self, what: &str, holds: impl Fn(&Observation) -> bool) {
        self.service
            .until(what, |told| told.observation.as_ref().is_some_and(&holds))
            .await;
    }
}

/// A staged try.
pub struct Try {
    pub attempt: AttemptId,
    pub sha256: Sha256,
    pub stage: Stage,
}

fn octoprint(folder: &std::path::Path) -> Running {
    let config = Config::new(folder.join("octoprint"), KEY, Arc::new(SystemClock::new()));
    VirtualOctoPrint::start(config).unwrap()
}

/// A print that takes `tenths` of a second.
pub fn gcode(tenths: usize) -> String {
    let mut text = String::from("G28\nG90\nM82\nG1 X10 Y10 Z0.2 F6000\n");
    text.push_str(&"G4 P100\n".repeat(tenths));
    text.push_str("M104 S0\nM140 S0\n");
    text
}

/// What somebody at OctoPrint's own page would press.
pub fn job(command: &str) -> serde_json::Value {
    json!({ "command": command })
}
