//! `fluxprint-sim`: stand-ins for the world around FluxPrint as a program, for demos, tests and
//! load. It is never part of a deployment.
//!
//! Every verb but `load` prints one line of JSON with `"ready": true` on standard output once it can
//! be used, logs to standard error, and runs until it is told to end (SIGINT or SIGTERM).

mod camera;
mod load;
mod octoprint;
mod rigs;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Stand-ins for the world around FluxPrint.
#[derive(Parser)]
#[command(name = "fluxprint-sim", version)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// A virtual OctoPrint with knobs for failures.
    Octoprint(octoprint::Octoprint),
    /// A camera: MJPEG and snapshots, with knobs for failures.
    Camera(camera::Camera),
    /// A recording proxy in front of an OctoPrint that counts starts.
    Proxy(octoprint::Proxy),
    /// A real OctoPrint with its own virtual printer, from a local Python environment.
    RealOctoprint(rigs::RealOctoprint),
    /// A PostgreSQL cluster on loopback.
    Postgres(rigs::PostgresCluster),
    /// Sends requests as fast as they are answered and prints how fast that was.
    Load(load::Load),
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(Cli::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        // One sentence for a person; a trace would be for nobody.
        Err(error) => {
            eprintln!("fluxprint-sim: {error:#}.");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Octoprint(wanted) => wanted.run().await,
        Verb::Camera(wanted) => wanted.run().await,
        Verb::Proxy(wanted) => wanted.run().await,
        Verb::RealOctoprint(wanted) => wanted.run().await,
        Verb::Postgres(wanted) => wanted.run().await,
        Verb::Load(wanted) => wanted.run().await,
    }
}

/// Says that everything is ready, then waits until the program is told to end.
async fn ready_until_told(line: &Value) -> Result<()> {
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()?;
    }
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
