//! A real OctoPrint 1.11.8 with its bundled virtual printer, on loopback, for tests and demos.
//!
//! It is started from a project-local Python environment that `cargo xtask test` makes
//! (`.tools/octoprint-1.11.8` at the workspace root, or `FLUXPRINT_OCTOPRINT_VENV`). Every plugin that
//! would look outside this machine is off, and so are the set-up wizards: see [`settings`].

mod process;
mod settings;
#[cfg(test)]
mod tests;
mod venv;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::loopback::{Answer, call, free_port};

use process::Running;
pub use venv::{VENV_VAR, find_venv};

/// The version whose behaviour our OctoPrint adapter is written against.
pub const OCTOPRINT_VERSION: &str = "1.11.8";

/// Pause between two looks at a starting or stopping OctoPrint.
const LOOK_PERIOD: Duration = Duration::from_millis(100);
/// Looks until a start has failed: two minutes, for a machine that is busy with other tests.
const START_LOOKS: u32 = 1_200;

/// How one instance is made.
#[derive(Debug, Clone)]
pub struct RealOctoPrintConfig {
    /// OctoPrint's base folder: settings, uploads, logs. Kept, so a second start finds its files.
    pub dir: PathBuf,
    /// 0 chooses a free one; a restart keeps it.
    pub port: u16,
    /// How long the host waits for the printer's answer before it counts a time-out; the default is 30 s.
    pub communication_timeout_s: Option<u32>,
}

impl RealOctoPrintConfig {
    /// An instance in `dir` on a free port.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            port: 0,
            communication_timeout_s: None,
        }
    }
}

/// A running OctoPrint; stopped when dropped, and when this process dies.
#[derive(Debug)]
pub struct RealOctoPrint {
    program: PathBuf,
    basedir: PathBuf,
    addr: SocketAddr,
    api_key: String,
    running: Option<Running>,
}

impl RealOctoPrint {
    /// Starts an instance and waits until its virtual printer is Operational.
    ///
    /// # Errors
    /// When the Python environment is missing, or OctoPrint dies or is not ready in two minutes.
    pub fn start(config: &RealOctoPrintConfig) -> Result<Self> {
        let program = find_venv()?.join("bin/octoprint");
        fs::create_dir_all(&config.dir)?;
        let basedir = fs::canonicalize(&config.dir)?;
        let api_key = settings::write(&basedir, config.communication_timeout_s)?;
        let port = if config.port == 0 {
            free_port()?
        } else {
            config.port
        };
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut octoprint = Self {
            program,
            basedir,
            addr,
            api_key,
            running: None,
        };
        octoprint.restart()?;
        Ok(octoprint)
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address as a bridge is told it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The key of its only user, who may do everything.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// OctoPrint's base folder.
    #[must_use]
    pub fn basedir(&self) -> &Path {
        &self.basedir
    }

    /// The process, or `None` when it is stopped.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.pid())
    }

    /// Ends it without a warning, as a power cut would, and waits until it is gone.
    pub fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }

    /// Asks it to end and waits; kills it when it does not.
    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
    }

    /// Starts it (again) on the same port and folder; ready when the virtual printer is Operational.
    ///
    /// # Errors
    /// When it dies or is not ready in two minutes; the message carries the end of its log.
    pub fn restart(&mut self) -> Result<()> {
        self.stop();
        self.running = Some(Running::spawn(
            &self.program,
            &self.basedir,
            self.addr.port(),
        )?);
        for _ in 0..START_LOOKS {
            let exited = match &mut self.running {
                Some(running) => running.exited()?,
                None => None,
            };
            if let Some(status) = exited {
                self.running = None;
                bail!(
                    "OctoPrint ended while starting ({status}): {}",
                    self.last_words()
                );
            }
            if self.is_operational() {
                return Ok(());
            }
            sleep(LOOK_PERIOD);
        }
        self.kill();
        bail!(
            "OctoPrint was not ready in two minutes: {}",
            self.last_words()
        )
    }

    /// Makes prints short: everything is hot at once, and moves and extrusion run at a hundred times
    /// their speed. The printer is disconnected and connected again for it; call it before a print.
    /// After a restart it is still hot, but moves at its own speed.
    ///
    /// # Errors
    /// When OctoPrint refuses.
    pub fn speed_up(&self) -> Result<()> {
        // The virtual printer begins at its ambient temperature, and 260 °C is above every target.
        // Told later (`!!DEBUG:set_ambient`) it would warm at 2 K/s only.
        let hot = json!({"plugins": {"virtual_printer": {"ambientTemperature": 260}}});
        self.post("/api/settings", &hot, 200)?;
        self.post("/api/connection", &json!({"command": "disconnect"}), 204)?;
        self.wait_until("disconnected", || !self.is_operational())?;
        self.post("/api/connection", &json!({"command": "connect"}), 204)?;
        self.wait_until("Operational", || self.is_operational())?;
        self.command("M220 S10000")?;
        self.command("M221 S10000")
    }

    /// Leaves uploads unread from now on. By default each is read in the background for its size and
    /// duration, and a folder that is deleted at the very moment such a reading ends is answered with
    /// 500, by a race inside OctoPrint (`dequeue_folder` in its `filemanager/analysis.py`).
    ///
    /// # Errors
    /// When OctoPrint refuses.
    pub fn leave_unread(&self) -> Result<()> {
        let never = json!({"gcodeAnalysis": {"runAt": "never"}});
        self.post("/api/settings", &never, 200)
    }

    /// Sends one line to the printer, `!!DEBUG:` lines of the virtual printer among them.
    ///
    /// # Errors
    /// When OctoPrint does not take it (204 means taken, not done).
    pub fn command(&self, line: &str) -> Result<()> {
        self.post("/api/printer/command", &json!({ "command": line }), 204)
    }

    /// What a GET answers, for tests that compare with OctoPrint's own truth.
    ///
    /// # Errors
    /// When it does not answer 200 with JSON.
    pub fn get(&self, path: &str) -> Result<Value> {
        let answer = self.api("GET", path, None)?;
        ensure!(
            answer.status == 200,
            "{path} answered {}: {}",
            answer.status,
            answer.body
        );
        serde_json::from_str(&answer.body).with_context(|| format!("{path} is not JSON"))
    }

    fn post(&self, path: &str, body: &Value, expected: u16) -> Result<()> {
        let answer = self.api("POST", path, Some(&body.to_string()))?;
        let said = answer.body;
        ensure!(
            answer.status == expected,
            "OctoPrint refused {body} at {path}: {said}"
        );
        Ok(())
    }

    fn wait_until(&self, what: &str, mut reached: impl FnMut() -> bool) -> Result<()> {
        for _ in 0..START_LOOKS {
            if reached() {
                return Ok(());
            }
            sleep(LOOK_PERIOD);
        }
        bail!("OctoPrint's printer was not {what} in two minutes")
    }

    fn api(&self, method: &str, path: &str, json: Option<&str>) -> Result<Answer> {
        call(self.addr, method, path, &self.api_key, json)
    }

    fn is_operational(&self) -> bool {
        self.get("/api/printer?exclude=sd,temperature")
            .is_ok_and(|printer| printer.pointer("/state/flags/operational") == Some(&true.into()))
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.basedir.join("stdout.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("; ")
    }
}

impl Drop for RealOctoPrint {
    fn drop(&mut self) {
        // Nobody needs the files of a dropped instance to be flushed: the quick way out.
        self.kill();
    }
}
