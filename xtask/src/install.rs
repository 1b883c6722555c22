//! Puts in place what tests and demos need beyond Rust, or says in one sentence what to install.

mod debian;
mod octoprint;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

pub use octoprint::venv;

/// Names a browser other than the `chromium` of the PATH.
pub const BROWSER_VAR: &str = "FLUXPRINT_CHROMIUM";

/// PrusaSlicer, its sandbox, PostgreSQL, a browser and OctoPrint.
pub fn everything(root: &Path) -> Result<()> {
    let named = std::env::var_os(BROWSER_VAR);
    ensure!(
        named.is_none() || debian::browser().is_some(),
        "{BROWSER_VAR} names a file that is not there; correct it, or leave it away to use `chromium`"
    );
    debian::install_missing(&debian::FOR_TESTS)?;
    octoprint::install(root)
}

/// Only the browser.
pub fn for_pages() -> Result<()> {
    debian::install_missing(&debian::FOR_PAGES)
}

/// The browser that `everything` has put in place.
pub fn browser() -> Result<PathBuf> {
    debian::browser().context("there is no `chromium`; install it")
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

/// Only what makes Python environments.
pub fn python_venv() -> Result<()> {
    debian::install_missing(&debian::FOR_PYTHON)
}
