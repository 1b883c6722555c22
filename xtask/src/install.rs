//! Puts in place what tests and demos need beyond Rust, or says in one sentence what to install.

mod debian;
mod octoprint;

use std::path::Path;

use anyhow::Result;

pub use octoprint::venv;

/// PrusaSlicer, its sandbox, PostgreSQL and OctoPrint.
pub fn everything(root: &Path) -> Result<()> {
    debian::install_missing(&debian::FOR_TESTS)?;
    octoprint::install(root)
}

/// Only what slices a model: enough for `up` with the virtual printer.
pub fn slicer() -> Result<()> {
    debian::install_missing(&debian::FOR_SLICING)
}

/// Only PostgreSQL.
pub fn postgres() -> Result<()> {
    debian::install_missing(&debian::FOR_POSTGRES)
}

/// Only OctoPrint.
pub fn octoprint(root: &Path) -> Result<()> {
    octoprint::install(root)
}
