//! What can go wrong with a draft.

use crate::error::BlobError;

/// Why a draft could not be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Another process works on it.
    #[error("another process works on this draft")]
    InUse,
    /// Bytes before its mark are gone.
    #[error("bytes of the draft are gone")]
    Lost,
    /// The disk.
    #[error(transparent)]
    Blob(#[from] BlobError),
}
