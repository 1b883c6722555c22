//! `GET /api/audit`: who did what.

use crate::http::Failure;
use crate::http::door::Caller;
use crate::http::shown::Moment;
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::Sha256;
use fluxprint_http::{Query, cursor};
use fluxprint_store::AuditEntry;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which rows to read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RowsWanted {
    /// Only those after this number.
    after: Option<i64>,
    /// At most so many, 1 to 100.
    limit: Option<u32>,
}

/// Who did what to which thing. Each row is sealed with the one before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditShown {
    /// Counts from 1, without gaps.
    seq: i64,
    at: Moment,
    /// A person's id, or the word for a part of the program.
    who: String,
    what: String,
    /// To which thing, by its id.
    object: String,
    #[schema(value_type = Object)]
    facts: serde_json::Value,
    /// The seal of this row.
    #[schema(value_type = String)]
    hash: Sha256,
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
pub(crate) struct AuditPage {
    entries: Vec<AuditShown>,
    /// Send this as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
}

/// Who did what, oldest first.
#[utoipa::path(get, path = "/api/audit", tag = "organisation", params(RowsWanted),
    responses((status = 200, body = AuditPage)))]
pub(crate) async fn list(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Query(wanted): Query<RowsWanted>,
) -> Result<Json<AuditPage>, Failure> {
    let limit = cursor::limit(wanted.limit)?;
    let after = wanted.after.unwrap_or(0);
    let entries = studio.store.audit(caller.org, after, limit).await?;
    let full = u32::try_from(entries.len()).is_ok_and(|len| len == limit);
    let next = entries.last().filter(|_| full).map(|entry| entry.seq);
    Ok(Json(AuditPage {
        entries: entries.into_iter().map(AuditShown::from).collect(),
        next,
    }))
}
