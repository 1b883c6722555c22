//! Finds the Python environment that holds OctoPrint.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::OCTOPRINT_VERSION;

/// Names another Python environment that holds OctoPrint.
pub const VENV_VAR: &str = "FLUXPRINT_OCTOPRINT_VENV";

/// The Python environment that holds OctoPrint.
///
/// # Errors
/// When there is none; the message says how to get one.
pub fn find_venv() -> Result<PathBuf> {
    if let Some(venv) = std::env::var_os(VENV_VAR) {
        return Ok(PathBuf::from(venv));
    }
    let starts = [
        std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from),
        std::env::current_dir().ok(),
        std::env::current_exe().ok(),
    ];
    let relative = format!(".tools/octoprint-{OCTOPRINT_VERSION}");
    starts
        .iter()
        .flatten()
        .flat_map(|start| start.ancestors())
        .map(|folder| folder.join(&relative))
        .find(|venv| venv.join("bin/octoprint").exists())
        .with_context(|| {
            format!(
                "OctoPrint {OCTOPRINT_VERSION} is not installed here; `cargo xtask test` does it"
            )
        })
}
