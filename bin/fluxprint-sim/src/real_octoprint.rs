//! `fluxprint-sim real-octoprint`: a real OctoPrint with its virtual printer, for demos and tests.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use fluxprint_sim::real_octoprint::{RealOctoPrint, RealOctoPrintConfig};

use crate::ending::until_told_to_end;

/// Starts OctoPrint on 127.0.0.1 and prints one JSON line once its virtual printer is Operational.
///
/// The line is `{"ready":true,"url":…,"api_key":…,"pid":…}`. Ends on Ctrl-C.
#[derive(Debug, Args)]
pub struct RealOctoPrintArgs {
    /// OctoPrint's base folder; it is kept.
    #[arg(long)]
    dir: PathBuf,
    /// The port; 0 chooses a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Hot at once, and moves a hundred times as fast.
    #[arg(long)]
    fast: bool,
}

/// Runs the verb until the program is told to end.
///
/// # Errors
/// When OctoPrint is not installed or does not start.
pub async fn run(args: RealOctoPrintArgs) -> Result<()> {
    let config = RealOctoPrintConfig { port: args.port, ..RealOctoPrintConfig::new(args.dir) };
    let mut octoprint = RealOctoPrint::start(&config)?;
    if args.fast {
        octoprint.speed_up()?;
    }
    let ready = serde_json::json!({
        "ready": true,
        "url": octoprint.url(),
        "api_key": octoprint.api_key(),
        "pid": octoprint.pid(),
    });
    println!("{ready}");
    until_told_to_end().await?;
    octoprint.stop();
    Ok(())
}
