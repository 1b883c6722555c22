//! Prints that the service is just being asked for: written down before the call, so that nobody
//! deletes the file in the moment between the question and the answer.
//!
//! An intent ends when it is known what became of the call. When that never becomes known (the
//! answer was lost, or this program died), it ends by itself: by then the picture of the service's
//! jobs ([`super::print`]) has been brought up to date.

use crate::db::transaction;
use crate::error::Result;
use crate::service::handle;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{FileId, PrintIntentId, ProjectId};

statements! {
    FILE = "SELECT id FROM files WHERE org_id = $1 AND project_id = $2 AND id = $3 AND deleted_at IS NULL";
    BEGIN = "INSERT INTO print_intents (org_id, id, project_id, file_id, until) VALUES ($1, $2, $3, $4, $5)";
    SETTLE = "DELETE FROM print_intents WHERE org_id = $1 AND id = $2";
    PRUNE = "DELETE FROM print_intents WHERE org_id = $1 AND until <= $2";
    ASKED = "SELECT id FROM print_intents WHERE org_id = $1 AND project_id = $2
        AND file_id = COALESCE($3, file_id) AND until > $4 LIMIT 1";
}

handle!(
    /// What is just being asked for.
    PrintIntents
);

impl PrintIntents<'_> {
    /// A print of `file` is about to be asked for; its file stays until that is settled, at most
    /// until `until`.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] when there is no such file (any more).
    pub async fn begin(
        &self,
        id: PrintIntentId,
        (project, file): (ProjectId, FileId),
        until: Timestamp,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            tx.one(FILE, args![tx.org, project, file]).await?;
            let values = args![tx.org, id, project, file, until];
            tx.run(BEGIN, values).await.map(drop)
        })
    }

    /// It is known what became of it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn settle(&self, id: PrintIntentId) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.run(SETTLE, args![tx.org, id]).await.map(drop)
        })
    }

    /// Forgets those whose time is over.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune(&self, now: Timestamp) -> Result<()> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.run(PRUNE, args![tx.org, now]).await.map(drop)
        })
    }
}

/// Whether a print of a file of `project` (of this one, if `only` names one) is being asked for.
pub(crate) async fn is_asked(
    tx: &mut Tx,
    project: ProjectId,
    only: Option<FileId>,
    now: Timestamp,
) -> Result<bool> {
    let asked = tx.maybe(ASKED, args![tx.org, project, only, now]).await?;
    Ok(asked.is_some())
}
