//! `fluxprint-sim`: the simulator as a program. For demos, tests and load; never part of a
//! deployment.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};
use fluxprint_clock::SystemClock;
use fluxprint_sim::octoprint::knobs::Knobs;
use fluxprint_sim::octoprint::{Config, VirtualOctoPrint};
use serde_json::json;

/// Stand-ins for the world around FluxPrint.
#[derive(Parser)]
#[command(name = "fluxprint-sim", version)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run a virtual OctoPrint until the program is ended.
    Octoprint(OctoPrint),
}

#[derive(Args)]
struct OctoPrint {
    /// Folder for uploads and their history; a second start finds them again.
    #[arg(long)]
    dir: PathBuf,
    /// Port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The API key it accepts.
    #[arg(long, env = "OCTOPRINT_API_KEY")]
    api_key: String,
    /// Printer seconds per real second.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// What goes wrong from the start, as JSON (the same as `PUT /sim/knobs` takes).
    #[arg(long, default_value = "{}")]
    knobs: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    match Cli::parse().verb {
        Verb::Octoprint(wanted) => octoprint(wanted).await,
    }
}

async fn octoprint(wanted: OctoPrint) -> Result<()> {
    let knobs: Knobs = serde_json::from_str(&wanted.knobs).context("--knobs is not understood")?;
    let clock = Arc::new(SystemClock::new());
    let mut config = Config::new(wanted.dir, &wanted.api_key, clock)
        .with_port(wanted.port)
        .with_speed(wanted.speed);
    config.knobs = knobs;
    let running = VirtualOctoPrint::start(config).context("the virtual OctoPrint cannot start")?;
    say(&json!({"kind": "octoprint", "addr": running.addr(), "url": running.url()}))?;
    tokio::signal::ctrl_c().await?;
    running.stop();
    Ok(())
}

/// One line of JSON on standard output: the sign that everything is ready.
fn say(line: &serde_json::Value) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
