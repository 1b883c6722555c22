//! The verbs `octoprint` and `proxy`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock as _;
use fluxprint_sim::octoprint::knobs::Knobs;
use fluxprint_sim::octoprint::{Config, VirtualOctoPrint};
use fluxprint_sim::proxy::RecordingProxy;
use serde_json::json;

use crate::ready_until_told;

/// `fluxprint-sim octoprint`.
#[derive(Args)]
pub struct Octoprint {
    /// Folder for uploads and their history, which a later start finds again; a throw-away one by
    /// default.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The API key it accepts; a fresh one by default.
    #[arg(long, env = "OCTOPRINT_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
    /// Printer seconds per real second.
    #[arg(long, default_value_t = 60.0)]
    speed: f64,
    /// What goes wrong from the start, as JSON (what `PUT /sim/knobs` takes).
    #[arg(long, default_value = "{}")]
    knobs: String,
}

impl Octoprint {
    pub async fn run(self) -> Result<()> {
        let knobs: Knobs =
            serde_json::from_str(&self.knobs).context("--knobs is not understood")?;
        let clock = Arc::new(SystemClock::new());
        let api_key = self
            .api_key
            .unwrap_or_else(|| format!("{:032X}", clock.random()));
        let throw_away = if self.dir.is_none() {
            Some(tempfile::tempdir()?)
        } else {
            None
        };
        let dir = self
            .dir
            .or_else(|| throw_away.as_ref().map(|dir| dir.path().to_owned()));
        let dir = dir.context("no folder to work in")?;
        let mut config = Config::new(dir, &api_key, clock)
            .with_port(self.port)
            .with_speed(self.speed);
        config.knobs = knobs;
        let running =
            VirtualOctoPrint::start(config).context("the virtual OctoPrint cannot start")?;
        let line = json!({
            "ready": true, "kind": "octoprint", "addr": running.addr(), "url": running.url(),
            "api_key": api_key,
        });
        ready_until_told(&line).await?;
        running.stop();
        Ok(())
    }
}

/// `fluxprint-sim proxy`.
#[derive(Args)]
pub struct Proxy {
    /// The OctoPrint behind it, for example http://127.0.0.1:5000.
    #[arg(long)]
    upstream: String,
    /// Port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

impl Proxy {
    pub async fn run(self) -> Result<()> {
        let proxy = RecordingProxy::start_on(self.port, &self.upstream)
            .context("the recording proxy cannot start")?;
        let line = json!({
            "ready": true, "kind": "proxy", "addr": proxy.addr(), "url": proxy.url(),
        });
        ready_until_told(&line).await?;
        proxy.stop();
        Ok(())
    }
}
