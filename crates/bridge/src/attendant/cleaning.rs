//! Takes our files out of the printer's program again, a while after their tries have ended.

use crate::desk::{Desk, Office};
use crate::error::BridgeError;
use crate::journal::Row;
use crate::limits::SETTLED_MAX;
use fluxprint_domain::Timestamp;
use fluxprint_domain::printer::PrinterState;
use fluxprint_printers::PrinterError;

/// Which files of ended tries go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that have been kept long enough.
    Aged,
    /// All of them: somebody asks for it, or the disk is full.
    All,
}

/// Deletes what settled tries left in the printer's program and in the cache. What cannot be
/// deleted now goes the next time. So does the selected file, and whatever may be selected on a
/// printer that is out of sight: with the file the selection would go, and a bridge that has not
/// looked since would take that for somebody's doing. `Ok(Err)` is why a file is still there.
pub async fn clean(
    desk: &Desk,
    office: &Office,
    which: Which,
) -> Result<Result<(), PrinterError>, BridgeError> {
    let over = office.journal.rows_of(&desk.name, true).await?;
    let crowded = over.len() > SETTLED_MAX;
    let seen = desk.face().observation;
    let in_sight = !matches!(seen.state, PrinterState::Unknown | PrinterState::Offline);
    let selected = seen.job.map(|job| job.path);
    let mut done = match in_sight || over.is_empty() {
        true => Ok(()),
        false => Err(PrinterError::NotConnected),
    };
    let now = office.clock.now();
    let due = |row: &Row| which == Which::All || crowded || is_aged(row, office, now);
    for row in over.iter().filter(|row| due(row)) {
        let path = row.path();
        if !in_sight || selected == Some(path.to_string()) {
            continue;
        }
        let deleted = desk.printer.delete(&path).await;
        if deleted.is_ok() || crowded {
            office.journal.forget(row.attempt).await?;
        }
        done = done.and(deleted);
    }
    let needed = office.journal.all_rows().await?;
    let keep: Vec<_> = needed
        .iter()
        .filter(|row| !row.settled)
        .map(|row| row.sha256)
        .collect();
    office.depot.tidy(&keep).await;
    Ok(done)
}

fn is_aged(row: &Row, office: &Office, now: Timestamp) -> bool {
    now.seconds_since(row.changed_at) >= office.pace.keep_files_s
}
