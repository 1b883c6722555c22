//! Introduces the bridge to the service, once per data folder.

use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};

use super::data_folder::DataFolder;
use crate::binaries::Binaries;
use crate::command::spoken;

/// Asks the service for a one-time code and gives it to the bridge. A bridge that is paired stays paired.
pub fn pair(binaries: &Binaries, data: &DataFolder, url: &str) -> Result<()> {
    let bridge = data.path("bridge");
    if bridge.join("token").exists() {
        return Ok(());
    }
    let mut ask = binaries.command("fluxprint");
    ask.args(["bridge-code", "--url", url, "--data"]);
    ask.arg(data.folder());
    let code = answer(ask)?;
    let mut give = binaries.command("fluxprint-bridge");
    give.args(["pair", "--code", &code])
        .env("FLUXPRINT_API_URL", url)
        .env("FLUXPRINT_BRIDGE_DATA", &bridge);
    answer(give).map(drop)
}

/// What a short command prints; what it complains about when it fails.
pub fn answer(mut command: Command) -> Result<String> {
    let name = spoken(&command);
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run `{name}`"))?;
    let complaint = String::from_utf8_lossy(&stderr);
    ensure!(status.success(), "`{name}` failed: {}", complaint.trim());
    Ok(String::from_utf8_lossy(&stdout).trim().to_owned())
}
