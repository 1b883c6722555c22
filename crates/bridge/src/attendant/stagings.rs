//! The stagings under way for one printer: each goes on until it is done, hopeless or called off.

use super::cleaning::{self, Which};
use crate::desk::{Desk, Office};
use crate::journal::Row;
use crate::staging::StageError;
use fluxprint_domain::id::AttemptId;
use fluxprint_link::Refused;
use fluxprint_printers::{PrinterError, StoredFile};
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
    clean(desk, office, Which::Aged).await;
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
        if because.code == PrinterError::NO_SPACE {
            clean(desk, office, Which::All).await;
        }
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

/// Best effort: a file that stays only takes space.
async fn clean(desk: &Desk, office: &Office, which: Which) {
    if let Err(error) = cleaning::clean(desk, office, which).await {
        tracing::warn!(printer = desk.name, code = error.code(), "{error}");
    }
}
