//! `DELETE /api/uploads/{upload}`: its sender gives it up.

use super::open::open;
use crate::http::door::Caller;
use crate::http::{Failure, Named};
use crate::studio::Studio;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::UploadId;
use std::sync::Arc;

/// Forgets an upload. The file that it has become, if it has, stays.
pub(super) async fn end(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Named(upload): Named<UploadId>,
) -> Result<StatusCode, Failure> {
    let open = open(&studio, &caller, upload).await?;
    studio.store.uploads(open.org).remove(upload).await?;
    studio.blobs.drop_draft(open.org, upload).await?;
    Ok(StatusCode::NO_CONTENT)
}
