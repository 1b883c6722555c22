//! Our own programs, built and found.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::cargo_program;

/// Where the programs are after a build.
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Builds every program with the dev profile, whose dependencies are optimised where it matters.
    pub fn build(root: &Path) -> Result<Self> {
        build(root, &[])?;
        Self::beside_us()
    }

    /// Builds every program as it is shipped: optimised, and without points of sudden death.
    pub fn build_release(root: &Path) -> Result<Self> {
        build(root, &["--release"])?;
        let debug = Self::beside_us()?.folder;
        Ok(Self {
            folder: debug.with_file_name("release"),
        })
    }

    fn beside_us() -> Result<Self> {
        // We were built into the same folder.
        let own = std::env::current_exe()?;
        Ok(Self {
            folder: own
                .parent()
                .context("a program lies in a folder")?
                .to_owned(),
        })
    }

    /// The folder that holds them.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command that starts one of them.
    pub fn command(&self, program: &str) -> Command {
        Command::new(self.folder.join(program))
    }
}

fn build(root: &Path, more: &[&str]) -> Result<()> {
    let mut build = Command::new(cargo_program());
    build
        .current_dir(root)
        .args(["build", "--locked", "--bins"])
        .args([
            "--package",
            "fluxprint",
            "--package",
            "fluxprint-bridge-bin",
        ])
        .args(["--package", "fluxprint-sim-bin"])
        .args(more);
    let status = build.status().context("cannot run cargo build")?;
    ensure!(status.success(), "the programs do not build");
    Ok(())
}
