//! An OctoPrint under test: the real one or the virtual one.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use fluxprint_clock::SystemClock;
use fluxprint_sim::octoprint::knobs::Lie;
use fluxprint_sim::octoprint::{Config, Running, VirtualOctoPrint};
use fluxprint_sim::real_octoprint::{RealOctoPrint, RealOctoPrintConfig};

/// The key of the virtual ones.
const KEY: &str = "0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F";

/// How long the real one waits for its printer. A printer that is reset in the middle of a print may
/// take the answer to the last line with it; then nothing goes on before this is over, twice.
const SILENCE_S: u32 = 8;

pub enum Target {
    Real(Box<RealOctoPrint>),
    Virtual {
        config: Box<Config>,
        running: Option<Running>,
    },
}

impl Target {
    /// Starts a real one; its key and port are its own. It reads no uploads, as ours does not.
    pub fn real(dir: &Path) -> Result<Self> {
        let mut config = RealOctoPrintConfig::new(dir);
        config.communication_timeout_s = Some(SILENCE_S);
        let real = RealOctoPrint::start(&config)?;
        real.leave_unread()?;
        Ok(Self::Real(Box::new(real)))
    }

    /// Starts a virtual one in real time, with a wrong answer when told so.
    pub fn planted(dir: &Path, lie: Option<Lie>) -> Result<Self> {
        let mut config = Config::new(dir, KEY, Arc::new(SystemClock::new()));
        config.knobs.lies.extend(lie);
        let running = VirtualOctoPrint::start(config.clone())?;
        config.port = running.addr().port();
        Ok(Self::Virtual {
            config: Box::new(config),
            running: Some(running),
        })
    }

    pub fn whose(&self) -> &'static str {
        match self {
            Self::Real(_) => "the real OctoPrint",
            Self::Virtual { .. } => "the virtual OctoPrint",
        }
    }

    pub fn url(&self) -> String {
        match self {
            Self::Real(octoprint) => octoprint.url(),
            Self::Virtual { config, .. } => format!("http://127.0.0.1:{}", config.port),
        }
    }

    pub fn api_key(&self) -> String {
        match self {
            Self::Real(octoprint) => octoprint.api_key().to_owned(),
            Self::Virtual { .. } => KEY.to_owned(),
        }
    }

    /// `kill -9` and a fresh start on the same folder and port; returns when it is Operational.
    pub fn kill_and_restart(&mut self) -> Result<()> {
        match self {
            Self::Real(octoprint) => {
                octoprint.kill();
                octoprint.restart()
            }
            Self::Virtual { config, running } => {
                running.take().context("it runs")?.stop();
                *running = Some(VirtualOctoPrint::start(Config::clone(config))?);
                Ok(())
            }
        }
    }
}
