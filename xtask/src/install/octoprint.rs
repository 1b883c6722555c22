//! A real OctoPrint in a Python environment of this checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::debian::{FOR_OCTOPRINT, install_missing};
use crate::command::run;

/// The version that our adapter and the rig in `sim` speak of.
const VERSION: &str = "1.11.8";
/// Every package with its version, so that a year from now the same OctoPrint is tested.
const REQUIREMENTS: &str = "xtask/octoprint-requirements.txt";

/// Where it is.
pub fn venv(root: &Path) -> PathBuf {
    root.join(format!(".tools/octoprint-{VERSION}"))
}

/// Installs it unless it is there.
pub fn install(root: &Path) -> Result<()> {
    let venv = venv(root);
    // pip writes the programs last, so their presence means that it came to an end.
    if venv.join("bin/octoprint").exists() {
        return Ok(());
    }
    install_missing(&FOR_OCTOPRINT)?;
    println!("installing OctoPrint {VERSION} into {}", venv.display());
    if venv.exists() {
        fs::remove_dir_all(&venv).context("cannot remove a half-made Python environment")?;
    }
    let mut python = Command::new("python3");
    python.args(["-m", "venv"]).arg(&venv);
    run(python)?;
    let mut pip = Command::new(venv.join("bin/pip"));
    pip.current_dir(root).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
        REQUIREMENTS,
    ]);
    run(pip)
}
