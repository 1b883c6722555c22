//! `cargo xtask up --once`, the very command, before any other test: the main job must work.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// The simplest way and the fullest one: the ways in between are `e2e`'s.
const WAYS: [&[&str]; 2] = [&[], &["--octoprint", "--postgres"]];

/// Prints the sample part each way, on a free port and in a folder of its own.
pub fn every_way(root: &Path, programs: &Path) -> Result<()> {
    for (number, way) in WAYS.iter().enumerate() {
        let status = Command::new(std::env::current_exe()?)
            .args(["up", "--once", "--fresh"])
            .args(*way)
            .env("FLUXPRINT_BIN_DIR", programs)
            .env("FLUXPRINT_ADDR", "127.0.0.1:0")
            .env(
                "FLUXPRINT_DATA",
                root.join(format!("target/up-once-{number}")),
            )
            .current_dir(root)
            .stdin(Stdio::null())
            .status()
            .context("cannot start ourselves")?;
        ensure!(
            status.success(),
            "`cargo xtask up --once {}` failed: {status}",
            way.join(" ")
        );
    }
    Ok(())
}
