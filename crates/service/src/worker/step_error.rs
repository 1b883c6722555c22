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

    /// What whoever waits for it is told.
    pub fn reason(&self) -> Reason {
        let (code, sentence, remedy) = match self {
            Self::Blobs(error) => (error.code(), error.sentence(), error.remedy()),
            Self::Store(StoreError::Full) | Self::Disk(_) => (
                "DISK_FULL",
                "There was no room left to work on this file.",
                "Ask your operator to make room on the disk, then print it again.",
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

/// A slicer's refusal in the words it has for people.
pub fn slicer_reason(error: &fluxprint_slicer::SliceError) -> Reason {
    Reason {
        code: error.code().to_owned(),
        sentence: error.sentence().to_string(),
        remedy: error.remedy().to_string(),
    }
}
