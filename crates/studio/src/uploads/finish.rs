//! A file is complete: what it is decides whether it stays.

use super::open::Open;
use super::protocol::{FILE, OUTCOME, put};
use crate::content::{
    Ending, FileKind, HEAD_BYTES, NotStored, Sample, TAIL_BYTES, agreed, directory, recognise,
};
use crate::files::forget_bytes;
use crate::http::door::Caller;
use crate::http::{Failure, Thing};
use crate::studio::Studio;
use axum::http::HeaderMap;
use fluxprint_blobs::{BlobError, Draft};
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{ErrandId, FileId, FileVersionId};
use fluxprint_domain::role::Act;
use fluxprint_store::StoreError;
use fluxprint_store::studio::file::Outcome;
use fluxprint_store::studio::upload::{Complete, Upload};

/// What an upload has become.
pub(super) struct Done {
    pub file: FileId,
    /// Unknown when it was done by an earlier call whose answer was lost.
    pub outcome: Option<Outcome>,
}

impl Done {
    /// Says so in the answer.
    pub fn tell(&self, headers: &mut HeaderMap) {
        put(headers, FILE, self.file);
        let word = self.outcome.map(|outcome| match outcome {
            Outcome::NewFile => "new-file",
            Outcome::NewVersion => "new-version",
            Outcome::Unchanged => "unchanged",
        });
        if let Some(word) = word {
            put(headers, OUTCOME, word);
        }
    }
}

/// Makes a file of an upload whose bytes are all here. May be done again after a death at any point
/// of it. The bytes may have taken hours: what the caller may do is looked at anew.
///
/// # Errors
/// When the caller may not add to the project any more: then the upload stays until its time is over.
/// [`NotStored`] when the content is not what the name says: then nothing stays of it. Those of disk
/// and database: then the upload stays, and the next call tries again.
pub(super) async fn finish(
    studio: &Studio,
    caller: &Caller,
    open: &Open,
    mut draft: Box<dyn Draft>,
) -> Result<Done, Failure> {
    let upload = &open.upload;
    let caller = caller.again(studio).await?;
    caller.may_in(Act::Upload, upload.project)?;
    let kind = match kind_of(upload, draft.as_mut()).await? {
        Ok(kind) => kind,
        Err(not_stored) => {
            forget(studio, open).await?;
            return Err(not_stored.into());
        }
    };
    let (sha256, stored) = {
        let _bytes = studio.uploads.bytes.read().await;
        let (sha256, _) = draft.keep().await?;
        (sha256, note(studio, open, sha256, kind).await)
    };
    drop(draft);
    let done = match stored {
        Ok(done) => done,
        Err(error) => {
            if matches!(error, StoreError::NotFound) {
                forget(studio, open).await?;
            }
            forget_bytes(studio, open.org, &[sha256]).await;
            return Err(Thing::Project.missing()(error));
        }
    };
    studio.blobs.drop_draft(open.org, upload.id).await?;
    studio.handover.ring();
    studio.live.poke();
    Ok(done)
}

async fn note(
    studio: &Studio,
    open: &Open,
    sha256: Sha256,
    kind: FileKind,
) -> Result<Done, StoreError> {
    let clock = studio.clock.as_ref();
    let complete = Complete {
        sha256,
        kind: kind.word(),
        printable: kind.is_printable(),
        file: FileId::fresh(clock),
        version: FileVersionId::fresh(clock),
        errand: ErrandId::fresh(clock),
    };
    let uploads = studio.store.uploads(open.org);
    let (file, outcome) = uploads.finish(&open.upload, &complete, clock.now()).await?;
    Ok(Done { file, outcome })
}

/// What the file is, if its content is what its name says.
async fn kind_of(
    upload: &Upload,
    draft: &mut dyn Draft,
) -> Result<Result<FileKind, NotStored>, BlobError> {
    let size_bytes = upload.size_bytes;
    let head = draft.read(0..HEAD_BYTES).await?;
    let tail = draft
        .read(size_bytes.saturating_sub(TAIL_BYTES)..size_bytes)
        .await?;
    let listed = match directory(&tail, size_bytes) {
        Some(place) => draft.read(place).await?,
        None => Vec::new(),
    };
    let found = recognise(&Sample {
        size_bytes,
        head: &head,
        tail: &tail,
        directory: &listed,
    });
    // The name was looked at when the upload began.
    let ending = Ending::of(&upload.name).ok_or(NotStored::Ending);
    Ok(ending.and_then(|ending| agreed(ending, found)))
}

/// Nothing stays of an upload that is refused.
async fn forget(studio: &Studio, open: &Open) -> Result<(), Failure> {
    studio
        .store
        .uploads(open.org)
        .remove(open.upload.id)
        .await?;
    studio.blobs.drop_draft(open.org, open.upload.id).await?;
    Ok(())
}
