//! The stagings under way for one printer: each goes on until it is done, hopeless or called off.

use crate::desk::{Desk, Office};
use crate::error::BridgeError;
use crate::journal::Row;
use crate::limits::SETTLED_MAX;
use crate::staging::StageError;
use fluxprint_domain::id::AttemptId;
use fluxprint_domain::printer::PrinterState;
use fluxprint_link::Refused;
use fluxprint_printers::StoredFile;
use futures_util::future::{AbortHandle, BoxFuture, abortable};
use std::collections::HashMap;
use std::sync::Arc;

/// How a staging ended: the stored file, or why there is none.
pub type Ended = (AttemptId, Result<StoredFile, Refused>);

/// The stagings under way.
#[derive(Default)]
pub(super) struct Stagings {
    running: HashMap<AttemptId, AbortHandle>,
}

impl Stagings {
    /// Begins a staging, unless it is under way: the work, which gives `None` once it is called off.
    pub(super) fn begin(
        &mut self,
        desk: &Arc<Desk>,
        office: &Arc<Office>,
        row: &Row,
    ) -> Option<BoxFuture<'static, Option<Ended>>> {
        if self.running.contains_key(&row.attempt) {
            return None;
        }
        let (desk, office, row) = (desk.clone(), office.clone(), row.clone());
        let attempt = row.attempt;
        let (work, stop) =
            abortable(async move { (attempt, until_done(&desk, &office, &row).await) });
        self.running.insert(attempt, stop);
        Some(Box::pin(async move { work.await.ok() }))
    }

    /// A staging has ended.
    pub(super) fn is_over(&mut self, attempt: AttemptId) {
        self.running.remove(&attempt);
    }

    /// Calls a staging off. What was fetched stays in the cache.
    pub(super) fn call_off(&mut self, attempt: AttemptId) {
        if let Some(task) = self.running.remove(&attempt) {
            task.abort();
        }
    }
}

/// Tries until it is done, until trying cannot help, or until nothing has moved for too long.
async fn until_done(desk: &Desk, office: &Office, row: &Row) -> Result<StoredFile, Refused> {
    let pace = office.pace;
    let (mut pause_ms, mut moved_at) = (pace.stage_retry_ms, office.clock.monotonic());
    if let Err(error) = clear_away(desk, office).await {
        tracing::warn!(printer = desk.name, code = error.code(), "{error}");
    }
    loop {
        let want = (row.sha256, row.size_bytes);
        let printer = desk.printer.as_ref();
        let tried = office
            .depot
            .stage(printer, &row.path(), want, &desk.build)
            .await;
        let (because, moved) = match tried {
            Ok(stored) => return Ok(stored),
            Err(StageError::Never(because)) => return Err(because),
            Err(StageError::Again { because, moved }) => (because, moved),
        };
        let now = office.clock.monotonic();
        if moved {
            (pause_ms, moved_at) = (pace.stage_retry_ms, now);
        } else if now.ms_since(moved_at) >= pace.stage_give_up_ms {
            return Err(because);
        }
        tracing::info!(
            printer = desk.name,
            code = because.code,
            "staging goes on in a while"
        );
        office.patience.wait_ms(pause_ms).await;
        pause_ms = (pause_ms * 2).min(pace.stage_retry_ms_max);
    }
}

/// Deletes what settled tries left in the printer's program and in the cache. Best effort: what
/// cannot be deleted now goes the next time. So does the selected file, and whatever may be selected
/// on a printer that is out of sight: with the file the selection would go, and a bridge that has
/// not looked since would take that for somebody's doing.
async fn clear_away(desk: &Desk, office: &Office) -> Result<(), BridgeError> {
    let over = office.journal.rows_of(&desk.name, true).await?;
    let crowded = over.len() > SETTLED_MAX;
    let seen = desk.face().observation;
    let in_sight = !matches!(seen.state, PrinterState::Unknown | PrinterState::Offline);
    let selected = seen.job.map(|job| job.path);
    for row in over {
        let path = row.path();
        if !in_sight || selected == Some(path.to_string()) {
            continue;
        }
        let deleted = desk.printer.delete(&path).await.is_ok();
        if deleted || crowded {
            office.journal.forget(row.attempt).await?;
        }
    }
    let needed = office.journal.all_rows().await?;
    let keep: Vec<_> = needed
        .iter()
        .filter(|row| !row.settled)
        .map(|row| row.sha256)
        .collect();
    office.depot.tidy(&keep).await;
    Ok(())
}
