//! The outbox: what others are to be told, written in the transaction that made it true.

use crate::db::Db;
use crate::error::Result;
use crate::limits::EVENTS_MAX;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::OrganisationId;
use serde_json::Value as Json;

statements! {
    APPEND = "INSERT INTO outbox (org_id, at, name, payload) VALUES ($1, $2, $3, $4)";
    SINCE = "SELECT seq, at, name, payload FROM outbox
        WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT +$3";
    LATEST = "SELECT COALESCE(MAX(seq), 0) AS seq FROM outbox WHERE org_id = $1";
    PRUNE = "DELETE FROM outbox WHERE org_id = $1 AND at < $2
        AND seq < (SELECT MAX(seq) FROM outbox WHERE org_id = $1)";
}

/// An organisation was put on hold or let go on.
pub const ORGANISATION_HOLD: &str = "organisation:hold";
/// A copy of a job changed its state.
pub const PRINT_STATUS: &str = "print:status-update";
/// Every copy of a job is over, and a part was made.
pub const PRINT_COMPLETED: &str = "print:completed";
/// Every copy of a job is over, and one of them broke off or could not be printed.
pub const PRINT_FAILED: &str = "print:failed";
/// A job joined or left the queue, went on in it, or the order changed.
pub const QUEUE_UPDATED: &str = "queue:updated";
/// What waited is held, because a printer was out of sight for too long.
pub const QUEUE_HELD: &str = "queue:held";
/// A printer was registered, or was seen doing something else.
pub const PRINTER_STATUS: &str = "printer:status";
/// A bed was cleared, or its word is gone.
pub const PRINTER_BED: &str = "printer:bed";
/// An alert was raised, seen or is over.
pub const ALERT: &str = "alert";
/// A model was received, checked or refused.
pub const MODEL_STATUS: &str = "model:status";

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Rises in the order of the commits of an organisation; may leave gaps.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Its name, `noun:past` (`job:created`).
    pub name: String,
    /// JSON.
    pub payload: String,
}

/// Adds an event. Only inside [`crate::db::Db::write`], so that numbers follow commits.
pub(crate) async fn append(tx: &mut Tx, at: Timestamp, name: &str, payload: &Json) -> Result<()> {
    let values = args![tx.org, at, name, payload.to_string()];
    tx.run(APPEND, values).await.map(drop)
}

pub(crate) async fn since(tx: &mut Tx, seq: i64, limit: u32) -> Result<Vec<Event>> {
    let values = args![tx.org, seq, limit.min(EVENTS_MAX)];
    let event = |row: crate::row::Row| {
        Ok(Event {
            seq: row.get("seq")?,
            at: row.get("at")?,
            name: row.get("name")?,
            payload: row.get("payload")?,
        })
    };
    tx.all(SINCE, values)
        .await?
        .into_iter()
        .map(event)
        .collect()
}

/// Counts up with every change that the outbox tells of: the newest row is never pruned.
pub(crate) async fn latest(db: &Db, org: OrganisationId) -> Result<i64> {
    db.look_at(org, LATEST, args![org]).await?.get("seq")
}

pub(crate) async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.run(PRUNE, args![tx.org, before]).await
}
