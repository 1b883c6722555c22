//! Files on their way in over several calls, which may be cut, repeated, and interrupted by our own
//! death at any moment.

use crate::draft_error::DraftError;
use crate::error::BlobError;
use crate::mark::Mark;
use crate::{Blobs, Put};
use async_trait::async_trait;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{OrganisationId, UploadId};
use std::ops::Range;

/// A store that also takes files in pieces.
///
/// The caller remembers the newest [`Mark`] of each draft. What a crash leaves behind that mark is
/// cut off when the draft is opened again.
#[async_trait]
pub trait Drafts: Blobs {
    /// Opens a draft to go on at `mark`; at [`Mark::start`] it is made. Held by one at a time.
    ///
    /// # Errors
    /// [`DraftError::Lost`] when bytes before the mark are gone: only the start is left.
    /// [`DraftError::InUse`] while another process holds it.
    async fn draft(
        &self,
        organisation: OrganisationId,
        upload: UploadId,
        mark: &Mark,
    ) -> Result<Box<dyn Draft>, DraftError>;

    /// Removes a draft; one that is not here is as good as removed.
    ///
    /// # Errors
    /// [`BlobError::Disk`].
    async fn drop_draft(
        &self,
        organisation: OrganisationId,
        upload: UploadId,
    ) -> Result<(), BlobError>;
}

/// An open draft.
#[async_trait]
pub trait Draft: Send {
    /// Bytes so far, saved or not.
    fn offset_bytes(&self) -> u64;

    /// Adds bytes at the end. They are hashed and written beside the caller's further work.
    ///
    /// # Errors
    /// [`BlobError::DiskFull`], [`BlobError::Disk`]; the draft is good for nothing more then, and
    /// has to be opened again at its last mark.
    async fn append(&mut self, bytes: &[u8]) -> Result<(), BlobError>;

    /// Makes all bytes so far survive a power cut.
    ///
    /// # Errors
    /// As [`Draft::append`].
    async fn save(&mut self) -> Result<Mark, BlobError>;

    /// A part of it; what lies behind its end is missing from the answer.
    ///
    /// # Errors
    /// As [`Draft::append`].
    async fn read(&mut self, range: Range<u64>) -> Result<Vec<u8>, BlobError>;

    /// Stores all of it under its hash, as [`Blobs::put`] would. The draft stays beside it until it
    /// is dropped, so that a death between here and the caller's own note of it loses nothing: the
    /// same can be done once more. Nothing may be appended after that.
    ///
    /// # Errors
    /// As [`Draft::append`].
    async fn keep(&mut self) -> Result<(Sha256, Put), BlobError>;
}
