//! Why a task did not succeed for reasons that are not the model's.

use fluxprint_blobs::BlobError;
use fluxprint_store::StoreError;
use fluxprint_store::service::reason::Reason;

/// Something about this machine or installation.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The file store.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The local disk.
    #[error("the local disk: {0}")]
    Disk(#[from] std::io::Error),
    /// The slicer could not do its work for a reason that may pass.
    #[error("the slicer: {0}")]
    Slicer(#[from] fluxprint_slicer::SliceError),
    /// What a task says about itself cannot be read.
    #[error("the task cannot be read")]
    Unreadable,
    /// Its worker died too often in it.
    #[error("it was tried too often")]
    Exhausted,
    /// The thread that did it broke down.
    #[error("the work broke down")]
    Broke,
}

impl StepError {
    /// Whether trying again later may help.
    pub fn may_pass(&self) -> bool {
        !matches!(self, Self::Unreadable | Self::Exhausted)
    }

    /// Whether this is the database's trouble of the moment. A task that somebody else has taken
    /// meanwhile is not.
    pub fn database_may_recover(&self) -> bool {
        use StoreError as E;
        matches!(
            self,
            Self::Store(E::Full | E::Busy | E::Unknown(_) | E::Backend(_))
        )
    }

    /// What whoever waits for it is told.
    pub fn reason(&self) -> Reason {
        let (code, sentence, remedy) = match self {
            Self::Blobs(BlobError::DiskFull) | Self::Store(StoreError::Full) => FULL,
            Self::Disk(error) if is_full(error) => FULL,
            Self::Blobs(BlobError::Disk(_)) | Self::Disk(_) => (
                "DISK_FAILED",
                "The server's disk failed while this file was worked on.",
                "Ask your operator to look at the disk, then print it again.",
            ),
            Self::Slicer(error) => return slicer_reason(error),
            _ => (
                "CHECK_FAILED",
                "Something on our side kept this file from being worked on.",
                "Print it again. If that does not help, tell your operator.",
            ),
        };
        Reason {
            code: code.to_owned(),
            sentence: sentence.to_owned(),
            remedy: remedy.to_owned(),
        }
    }
}

/// Code, sentence and remedy of a disk without room.
const FULL: (&str, &str, &str) = (
    "DISK_FULL",
    "The server's disk is full, so this file could not be worked on.",
    "Ask whoever runs the server to free space; then print it again.",
);

fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}

/// A slicer's refusal in the words it has for people.
pub fn slicer_reason(error: &fluxprint_slicer::SliceError) -> Reason {
    Reason {
        code: error.code().to_owned(),
        sentence: error.sentence().to_string(),
        remedy: error.remedy().to_string(),
    }
}
