//! Rows of the audit chain.

use super::Moment;
use fluxprint_domain::Sha256;
use fluxprint_store::AuditEntry;
use serde::Serialize;
use utoipa::ToSchema;

/// Who did what to which thing. Each row is sealed with the one before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditShown {
    /// Counts from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub who: String,
    /// What happened.
    pub what: String,
    /// To which thing.
    pub object: String,
    /// What else is worth knowing.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    /// The seal of this row.
    #[schema(value_type = String)]
    pub hash: Sha256,
}

impl From<AuditEntry> for AuditShown {
    fn from(entry: AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            at: Moment(entry.at),
            who: entry.who,
            what: entry.what,
            object: entry.object,
            facts: serde_json::from_str(&entry.facts).unwrap_or_default(),
            hash: entry.hash,
        }
    }
}

/// One page of the chain, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The rows.
    pub entries: Vec<AuditShown>,
    /// Send this as `after` for the next page; absent on the last one.
    pub next: Option<i64>,
}
