//! Where files lie: content-addressed inside an organisation, whose id is part of every key, so
//! that no guess of a hash reaches a file of somebody else. Bytes pass through as streams.

mod draft;
mod draft_error;
mod error;
pub mod limits;
mod local;
mod local_draft;
mod mark;

pub use draft::{Draft, Drafts};
pub use draft_error::DraftError;
pub use error::BlobError;
pub use local::LocalBlobs;
pub use mark::Mark;

use async_trait::async_trait;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::OrganisationId;
use std::ops::Range;
use std::pin::Pin;
use tokio::io::AsyncRead;

/// Bytes on their way in.
pub type Source<'a> = &'a mut (dyn AsyncRead + Send + Unpin);

/// A stored file, opened.
pub struct Opened {
    /// Bytes of the whole file.
    pub size_bytes: u64,
    /// The bytes of the wanted part.
    pub bytes: Pin<Box<dyn AsyncRead + Send>>,
}

/// Whether [`Blobs::put`] had to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// The bytes are on the disk now.
    Written,
    /// The same bytes were there before; the source was not read.
    AlreadyThere,
}

/// A store of files.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Stores `source` under its hash: all of it and exactly it, or nothing. When this returns,
    /// the bytes survive a power cut.
    ///
    /// # Errors
    /// [`BlobError::OtherBytes`] and [`BlobError::OtherSize`] when the bytes are not the announced
    /// ones, [`BlobError::Sender`] when the source breaks off, [`BlobError::DiskFull`].
    async fn put(
        &self,
        organisation: OrganisationId,
        sha256: Sha256,
        size_bytes: u64,
        source: Source<'_>,
    ) -> Result<Put, BlobError>;

    /// Opens a file, or the part `range` of it (its end is not included).
    ///
    /// # Errors
    /// [`BlobError::NotFound`]; [`BlobError::OutOfRange`] for an empty part or one that ends
    /// behind the file.
    async fn open(
        &self,
        organisation: OrganisationId,
        sha256: Sha256,
        range: Option<Range<u64>>,
    ) -> Result<Opened, BlobError>;

    /// The size of a file in bytes, `None` when it is not here.
    ///
    /// # Errors
    /// [`BlobError::Disk`].
    async fn size(
        &self,
        organisation: OrganisationId,
        sha256: Sha256,
    ) -> Result<Option<u64>, BlobError>;

    /// Removes a file; one that is not here is as good as removed.
    ///
    /// # Errors
    /// [`BlobError::Disk`].
    async fn delete(&self, organisation: OrganisationId, sha256: Sha256) -> Result<(), BlobError>;

    /// Bytes that can still be written, `None` where nobody can say.
    ///
    /// # Errors
    /// [`BlobError::Disk`] when the store cannot be reached.
    async fn free_bytes(&self) -> Result<Option<u64>, BlobError>;
}
