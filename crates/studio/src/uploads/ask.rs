//! `HEAD /api/uploads/{upload}`: how far is it?

use super::finish::{Done, finish};
use super::metadata;
use super::open::open;
use super::protocol::{LENGTH, METADATA, OFFSET, put, tell_end};
use crate::http::door::Caller;
use crate::http::{Failure, Named};
use crate::studio::Studio;
use axum::extract::State;
use axum::http::HeaderMap;
use fluxprint_domain::id::UploadId;
use std::sync::Arc;

/// Says how far. One whose last byte had come when the studio died is finished now: its sender has
/// nothing left to send, and would not call again.
pub(super) async fn ask(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Named(upload): Named<UploadId>,
) -> Result<HeaderMap, Failure> {
    let mut open = open(&studio, &caller, upload).await?;
    let done = match open.upload.file {
        Some(file) => Some(Done {
            file,
            outcome: None,
        }),
        None => {
            // The draft is looked at, because the row alone cannot know of bytes that were lost.
            let draft = open.draft(&studio).await?;
            match open.upload.offset_bytes == open.upload.size_bytes {
                true => Some(finish(&studio, &caller, &open, draft).await?),
                false => None,
            }
        }
    };
    let upload = &open.upload;
    let mut answer = HeaderMap::new();
    put(&mut answer, OFFSET, upload.offset_bytes);
    put(&mut answer, LENGTH, upload.size_bytes);
    put(
        &mut answer,
        METADATA,
        metadata::write(&upload.name, upload.project),
    );
    match done {
        Some(done) => done.tell(&mut answer),
        None => tell_end(&mut answer, upload.expires_at),
    }
    Ok(answer)
}
