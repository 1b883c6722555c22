//! The outbox and the audit chain of an organisation, for reading.

use crate::audit::{self, AuditEntry, AuditHead, AuditVerdict};
use crate::db::transaction;
use crate::error::Result;
use crate::outbox;
use crate::service::handle;
use fluxprint_domain::Timestamp;
use serde_json::Value as Json;

pub use crate::outbox::{
    ALERT, Event, MODEL_STATUS, ORGANISATION_HOLD, PRINT_COMPLETED, PRINT_FAILED, PRINT_STATUS,
    PRINTER_BED, PRINTER_STATUS, QUEUE_UPDATED,
};

handle!(
    /// The outbox of an organisation.
    Events
);
handle!(
    /// The audit chain of an organisation.
    Audit
);

impl Events<'_> {
    /// The events after number `seq`, oldest first, at most `limit` of them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn since(&self, seq: i64, limit: u32) -> Result<Vec<Event>> {
        transaction!(self.db.read(self.org), |tx| outbox::since(tx, seq, limit)
            .await)
    }

    /// The number of the newest event, 0 when there is none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn latest_seq(&self) -> Result<i64> {
        outbox::latest(self.db, self.org).await
    }

    /// Forgets the events before `before`; returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune(&self, before: Timestamp) -> Result<u64> {
        transaction!(self.db.touch(self.org), |tx| outbox::prune(tx, before)
            .await)
    }
}

impl Audit<'_> {
    /// Notes an act that changes no other row (a token was minted, an emergency stop was sent).
    ///
    /// # Errors
    /// Those of the database.
    pub async fn note(
        &self,
        at: Timestamp,
        who: &str,
        what: &str,
        object: &str,
        facts: &Json,
    ) -> Result<()> {
        transaction!(self.db.write(self.org), |tx| {
            audit::append(tx, at, who, what, object, facts).await
        })
    }

    /// The rows after number `after`, oldest first, at most `limit` of them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self, after: i64, limit: u32) -> Result<Vec<AuditEntry>> {
        transaction!(self.db.read(self.org), |tx| audit::list(tx, after, limit)
            .await)
    }

    /// Checks every seal of the chain. `noted` is a head exported earlier, to find a cut-off end.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn verify(&self, noted: Option<AuditHead>) -> Result<AuditVerdict> {
        transaction!(self.db.read(self.org), |tx| audit::verify(tx, noted).await)
    }
}
