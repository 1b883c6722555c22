//! The OctoPrint of a world: ours, or the real one.

use crate::config::{Pace, WorldConfig};
use crate::program::Program;
use anyhow::{Context, Result};
use fluxprint_sim::real_octoprint::{RealOctoPrint, RealOctoPrintConfig};
use serde_json::Value;
use std::net::TcpListener;
use std::path::Path;

/// Key of every virtual OctoPrint here; it opens nothing else.
const VIRTUAL_KEY: &str = "virtual-octoprint-of-a-test";

/// The OctoPrint of a world.
#[derive(Debug)]
pub enum OctoPrint {
    /// Ours, in a process of its own.
    Virtual {
        /// The process; `None` while it is dead.
        program: Option<Program>,
        /// Its port, kept over restarts.
        port: u16,
    },
    /// The real one.
    Real(Box<RealOctoPrint>),
}

impl OctoPrint {
    /// Starts one in `dir`; with its address and key.
    pub(crate) fn start(dir: &Path, config: &WorldConfig) -> Result<(Self, String, String)> {
        if config.real_octoprint {
            let real = RealOctoPrint::start(&RealOctoPrintConfig::new(dir.join("octoprint")))?;
            real.speed_up()?;
            let (url, key) = (real.url(), real.api_key().to_owned());
            return Ok((Self::Real(Box::new(real)), url, key));
        }
        let port = free_port()?;
        let (program, url) = start_virtual(dir, config, port)?;
        let octoprint = Self::Virtual {
            program: Some(program),
            port,
        };
        Ok((octoprint, url, VIRTUAL_KEY.to_owned()))
    }

    /// Where it answers itself, with no proxy before it.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Virtual { port, .. } => format!("http://127.0.0.1:{port}"),
            Self::Real(real) => real.url(),
        }
    }

    /// The path that nothing but this attempt, as the service's API tells it, has in OctoPrint.
    #[must_use]
    pub fn path_of(attempt: &Value) -> String {
        format!("fluxprint/{}.gcode", attempt["id"].as_str().unwrap_or("?"))
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        match self {
            Self::Virtual { program, .. } => {
                if let Some(program) = program.take() {
                    program.kill();
                }
            }
            Self::Real(real) => real.kill(),
        }
    }

    /// Starts a killed one again, on its old port.
    pub(crate) fn restart(&mut self, dir: &Path, config: &WorldConfig) -> Result<()> {
        match self {
            Self::Virtual { program, port } => {
                *program = Some(start_virtual(dir, config, *port)?.0);
                Ok(())
            }
            Self::Real(real) => real.restart(),
        }
    }
}

fn start_virtual(dir: &Path, config: &WorldConfig, port: u16) -> Result<(Program, String)> {
    let speed = match config.pace {
        Pace::Fast => 2_000.0,
        Pace::Times(speed) => speed,
    };
    let log = dir.join("octoprint.log");
    let program = Program::start("fluxprint-sim", &log, |command| {
        command
            .arg("octoprint")
            .arg("--dir")
            .arg(dir.join("octoprint"));
        command.args(["--port", &port.to_string(), "--speed", &speed.to_string()]);
        command.args(["--knobs", config.knobs, "--api-key", VIRTUAL_KEY]);
    })?;
    let ready = program.ready()?;
    let url = ready["url"].as_str().context("no url in the ready line")?;
    Ok((program, url.to_owned()))
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
