//! Our own programs, built and found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::cargo_command;
use crate::web::Web;

/// What the whole-product tests need in the programs: points of sudden death.
const FAILPOINTS: &str = "fluxprint/failpoints,fluxprint-bridge-bin/failpoints";
/// What the programs are called.
const PROGRAMS: [&str; 3] = ["fluxprint", "fluxprint-bridge", "fluxprint-sim"];

/// Where the programs are after a build.
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Builds every program with the dev profile, whose dependencies are optimised where it matters.
    /// Whoever has built them already says where they are (`FLUXPRINT_BIN_DIR`).
    pub fn build(root: &Path) -> Result<Self> {
        if let Some(folder) = std::env::var_os("FLUXPRINT_BIN_DIR") {
            return Ok(Self {
                folder: folder.into(),
            });
        }
        build(root, &[])?;
        Self::beside_us()
    }

    /// Builds every program as the whole-product tests need them: with points of sudden death. They
    /// are kept in a folder of their own, where no later build replaces them by others.
    pub fn build_for_tests(root: &Path) -> Result<Self> {
        build(root, &["--features", FAILPOINTS])?;
        let built = Self::beside_us()?.folder;
        let folder = built.with_file_name("e2e-bins");
        fs::create_dir_all(&folder)?;
        for program in PROGRAMS {
            let kept = folder.join(program);
            // A program that runs cannot be written, but its name can be given to another.
            let fresh = folder.join(format!("{program}.new"));
            fs::copy(built.join(program), &fresh)
                .and_then(|_| fs::rename(&fresh, &kept))
                .with_context(|| format!("cannot keep {}", kept.display()))?;
        }
        Ok(Self { folder })
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

/// The pages first: the programs carry them inside.
fn build(root: &Path, more: &[&str]) -> Result<()> {
    Web::prepare(root)?.build()?;
    let mut build = cargo_command();
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
