//! `GET /v1/audit`.

use crate::http::door::Caller;
use crate::http::dto::audit::{AuditPage, AuditShown};
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_http::Query;
use fluxprint_http::cursor;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which rows to read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RowsWanted {
    /// Only those after this number.
    after: Option<i64>,
    /// At most so many, 1 to 100.
    limit: Option<u32>,
}

/// Who did what, oldest first.
#[utoipa::path(get, path = "/v1/audit", tag = "organisation", params(RowsWanted),
    responses((status = 200, body = AuditPage)))]
pub async fn audit(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(wanted): Query<RowsWanted>,
) -> Result<Json<AuditPage>, Failure> {
    let limit = cursor::limit(wanted.limit)?;
    let audit = service.store.audit(caller.org());
    let entries = audit.list(wanted.after.unwrap_or(0), limit).await?;
    let full = u32::try_from(entries.len()).is_ok_and(|len| len == limit);
    let next = entries.last().filter(|_| full).map(|entry| entry.seq);
    Ok(Json(AuditPage {
        entries: entries.into_iter().map(AuditShown::from).collect(),
        next,
    }))
}
