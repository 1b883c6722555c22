//! The audit chain: who did what to which thing, append-only, each row sealed with the one before.
//!
//! A row's hash is SHA-256 over the previous row's hash and the row's fields as a JSON array, so
//! that an edited, removed or swapped row breaks every hash after it (S-39). Rows cut off at the end
//! show only against a head that was noted down elsewhere: hand it to `verify`.

use crate::error::Result;
use crate::limits::AUDIT_ROWS_MAX;
use crate::row::Row;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::id::OrganisationId;
use fluxprint_domain::{Sha256, Timestamp};
use serde_json::{Value as Json, json};
use sha2::Digest as _;

statements! {
    HEAD = "SELECT seq, hash FROM audit WHERE org_id = $1 ORDER BY seq DESC LIMIT 1";
    APPEND = "INSERT INTO audit (org_id, seq, prev_hash, hash, at, who, what, object, facts)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    LIST = "SELECT seq, prev_hash, hash, at, who, what, object, facts FROM audit
        WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT +$3";
}

/// The hash before the first row.
const ROOT: Sha256 = Sha256([0; 32]);

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts from 1 in each organisation, without gaps.
    pub seq: i64,
    /// The seal of the row before.
    pub prev_hash: Sha256,
    /// The seal of this row.
    pub hash: Sha256,
    /// When.
    pub at: Timestamp,
    /// Who: a person's `sub`, `bridge:…`, `rule:…` or the name of a part of the program.
    pub who: String,
    /// What happened, past tense ("job created").
    pub what: String,
    /// To which thing, by its id.
    pub object: String,
    /// What else is worth knowing, as JSON.
    pub facts: String,
}

/// The newest row, to be noted down where nobody who can change the database can change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number.
    pub seq: i64,
    /// Its seal.
    pub hash: Sha256,
}

/// What a check of the whole chain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditVerdict {
    /// Every seal holds; the newest row, if there is any.
    Intact(Option<AuditHead>),
    /// The first number at which something is missing, changed or out of place.
    BrokenAt(i64),
}

fn seal(org: OrganisationId, entry: &AuditEntry) -> Sha256 {
    let row = json!([
        org,
        entry.seq,
        entry.at,
        entry.who,
        entry.what,
        entry.object,
        entry.facts
    ]);
    let mut hash = sha2::Sha256::new();
    hash.update(entry.prev_hash.0);
    hash.update(row.to_string());
    Sha256(hash.finalize().into())
}

/// Adds a row. Only inside [`crate::db::Db::write`], which lets one transaction of an organisation
/// in at a time.
pub(crate) async fn append(
    tx: &mut Tx,
    at: Timestamp,
    who: &str,
    what: &str,
    object: impl ToString,
    facts: &Json,
) -> Result<()> {
    let head = tx.maybe(HEAD, args![tx.org]).await?;
    let (seq, prev_hash) = match head {
        Some(row) => (row.get::<i64>("seq")?, row.get("hash")?),
        None => (0, ROOT),
    };
    let mut entry = AuditEntry {
        seq: seq.saturating_add(1),
        prev_hash,
        hash: ROOT,
        at,
        who: who.to_owned(),
        what: what.to_owned(),
        object: object.to_string(),
        facts: facts.to_string(),
    };
    entry.hash = seal(tx.org, &entry);
    let AuditEntry {
        seq,
        prev_hash,
        hash,
        at,
        who,
        what,
        object,
        facts,
    } = entry;
    let values = args![tx.org, seq, prev_hash, hash, at, who, what, object, facts];
    tx.run(APPEND, values).await.map(drop)
}

/// The rows after number `after`, oldest first.
pub(crate) async fn list(tx: &mut Tx, after: i64, limit: u32) -> Result<Vec<AuditEntry>> {
    let values = args![tx.org, after, limit.min(AUDIT_ROWS_MAX)];
    tx.all(LIST, values).await?.iter().map(entry).collect()
}

pub(crate) fn entry(row: &Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        seq: row.get("seq")?,
        prev_hash: row.get("prev_hash")?,
        hash: row.get("hash")?,
        at: row.get("at")?,
        who: row.get("who")?,
        what: row.get("what")?,
        object: row.get("object")?,
        facts: row.get("facts")?,
    })
}

/// Walks the whole chain. `noted` is a head that was exported earlier: it must lie on the chain.
pub(crate) async fn verify(tx: &mut Tx, noted: Option<AuditHead>) -> Result<AuditVerdict> {
    let mut head = AuditHead { seq: 0, hash: ROOT };
    loop {
        let page = list(tx, head.seq, AUDIT_ROWS_MAX).await?;
        let last = page.is_empty();
        for entry in page {
            let wanted = head.seq.saturating_add(1);
            let in_place = entry.seq == wanted && entry.prev_hash == head.hash;
            let as_noted = noted.is_none_or(|n| n.seq != entry.seq || n.hash == entry.hash);
            if !in_place || entry.hash != seal(tx.org, &entry) || !as_noted {
                return Ok(AuditVerdict::BrokenAt(wanted));
            }
            head = AuditHead {
                seq: entry.seq,
                hash: entry.hash,
            };
        }
        if last {
            break;
        }
    }
    if noted.is_some_and(|noted| noted.seq > head.seq) {
        return Ok(AuditVerdict::BrokenAt(head.seq.saturating_add(1)));
    }
    Ok(AuditVerdict::Intact((head.seq > 0).then_some(head)))
}
