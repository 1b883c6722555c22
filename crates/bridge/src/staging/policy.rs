//! The local G-code policy: the last look at the bytes before a printer gets them (B-07).

use crate::words::{self, Why};
use fluxprint_domain::printer::Build;
use fluxprint_gcode::{Bounds, inspect};
use fluxprint_link::Refused;
use std::path::Path;

/// Whether this file keeps the limits of this machine.
///
/// # Errors
/// The first thing that is wrong with it, in words.
pub fn allowed(file: &Path, build: &Build) -> Result<(), Refused> {
    let unreadable = || words::printer(&fluxprint_printers::PrinterError::LocalFile);
    let mut reader = std::fs::File::open(file).map_err(|_| unreadable())?;
    let inspection = inspect(&mut reader, &Bounds::from(build)).map_err(|error| {
        words::because(
            Why::FileRefused,
            format!("The print file cannot be used: {error}."),
        )
    })?;
    match inspection.verdict.findings.first() {
        Some(finding) if inspection.verdict.refused() => Err(Refused {
            code: finding.code.to_owned(),
            sentence: finding.sentence.clone(),
            remedy: finding.remedy.to_owned(),
        }),
        _ if inspection.verdict.refused() => Err(Why::FileRefused.into()),
        _ => Ok(()),
    }
}
