//! The verb `load`.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_sim::load;

/// `fluxprint-sim load`. Unlike the others it ends by itself, with one line of JSON.
#[derive(Args)]
pub struct Load {
    /// Address of the service, for example http://127.0.0.1:8080.
    #[arg(long)]
    url: String,
    /// What is asked for, with its query.
    #[arg(long)]
    path: String,
    /// Connections at the same time; each sends its next request when the last one is answered.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// How long.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Send this JSON by POST, every time with an Idempotency-Key of its own.
    #[arg(long)]
    body: Option<String>,
    /// Who asks. From the environment only: other programs can read arguments.
    #[arg(skip = std::env::var("FLUXPRINT_TOKEN").ok())]
    token: Option<String>,
}

impl Load {
    pub async fn run(self) -> Result<()> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let load = load::Load {
            url: self.url,
            path: self.path,
            token: self.token,
            connections: self.connections,
            duration: Duration::from_secs(self.seconds),
            body: self.body.map(Into::into),
        };
        let outcome = load::run(&load, &clock)
            .await
            .context("the load cannot be sent")?;
        let line = serde_json::to_string(&outcome)?;
        writeln!(std::io::stdout(), "{line}")?;
        Ok(())
    }
}
