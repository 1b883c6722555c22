//! Staging: from "this hash" to "these very bytes lie in the printer's program". Safe to repeat.

mod cache;
mod fetch;
mod policy;

pub use cache::Cache;
pub use fetch::{Artifacts, FetchError, Source};

use crate::words::{self, Why};
use fluxprint_domain::limits::GCODE_BYTES_MAX;
use fluxprint_domain::printer::Build;
use fluxprint_domain::{Refusal, Sha256};
use fluxprint_link::Refused;
use fluxprint_printers::{OwnPath, Printer, PrinterError, StoredFile};
use std::path::PathBuf;

/// Where print files come from and where they are kept.
pub struct Depot {
    artifacts: Artifacts,
    cache: Cache,
}

/// Why a staging did not succeed.
#[derive(Debug)]
pub enum StageError {
    /// Trying again may help. `moved`: this try got further than the one before.
    Again {
        /// What to say when it is given up.
        because: Refused,
        /// Whether bytes came in.
        moved: bool,
    },
    /// Trying again cannot help.
    Never(Refused),
}

impl Depot {
    /// A depot that fetches from `artifacts` and keeps in `cache`.
    #[must_use]
    pub fn new(artifacts: Artifacts, cache: Cache) -> Self {
        Self { artifacts, cache }
    }

    /// Fetches (or finds) the bytes, checks them against hash, size and local limits, and stores
    /// them in the printer's program.
    ///
    /// # Errors
    /// [`StageError`] says whether to try again.
    pub async fn stage(
        &self,
        printer: &dyn Printer,
        path: &OwnPath,
        want: (Sha256, u64),
        build: &Build,
    ) -> Result<StoredFile, StageError> {
        let (sha256, size_bytes) = want;
        if size_bytes > GCODE_BYTES_MAX {
            return Err(StageError::Never(Why::FileTooLarge.into()));
        }
        let file = self.fetched(sha256, size_bytes).await?;
        self.allowed(file.clone(), build).await?;
        let tag = format!("{{\"fluxprint\":\"{}\"}}", path.attempt());
        printer
            .upload(path, &file, size_bytes, &tag)
            .await
            .map_err(|error| upload_error(&error))
    }

    async fn fetched(&self, sha256: Sha256, size_bytes: u64) -> Result<PathBuf, StageError> {
        if let Some(file) = self.cache.find(sha256, size_bytes).await {
            return Ok(file);
        }
        let before = self.cache.partial_bytes(sha256).await;
        let fetched = self.artifacts.fetch(&self.cache, sha256, size_bytes).await;
        let moved = self.cache.partial_bytes(sha256).await > before;
        fetched.map_err(|error| match error {
            FetchError::Silent => StageError::Again {
                because: Why::FetchGivenUp.into(),
                moved,
            },
            FetchError::Disk(_) => StageError::Again {
                because: Why::DiskFull.into(),
                moved: false,
            },
            FetchError::NotThere => StageError::Never(Why::FileNotThere.into()),
            FetchError::Forbidden => StageError::Never(Why::FileForbidden.into()),
            FetchError::OtherBytes => StageError::Never(words::refusal(&Refusal::OtherBytes)),
        })
    }

    async fn allowed(&self, file: PathBuf, build: &Build) -> Result<(), StageError> {
        let build = build.clone();
        let judged = tokio::task::spawn_blocking(move || policy::allowed(&file, &build)).await;
        match judged {
            Ok(Ok(())) => Ok(()),
            Ok(Err(because)) => Err(StageError::Never(because)),
            Err(_) => Err(StageError::Never(Why::FileRefused.into())),
        }
    }

    /// Looks at the kept bytes once more, right before a start: are they still the approved ones,
    /// and do they keep the local limits, when these have changed since staging?
    ///
    /// # Errors
    /// Why they may not be printed.
    pub async fn still_good(
        &self,
        want: (Sha256, u64),
        build: &Build,
        checked_for: Option<&Build>,
    ) -> Result<(), Refused> {
        let (sha256, size_bytes) = want;
        let Some(file) = self.cache.find(sha256, size_bytes).await else {
            return Err(words::refusal(&Refusal::OtherBytes));
        };
        if checked_for == Some(build) {
            return Ok(());
        }
        match self.allowed(file, build).await {
            Err(StageError::Never(because) | StageError::Again { because, .. }) => Err(because),
            Ok(()) => Ok(()),
        }
    }

    /// Makes room: files nobody needs any more go, oldest first. Those in `keep` stay.
    pub async fn tidy(&self, keep: &[Sha256]) {
        self.cache.tidy(keep).await;
    }
}

fn upload_error(error: &PrinterError) -> StageError {
    let because = words::printer(error);
    match error {
        PrinterError::Unreachable
        | PrinterError::NoAnswer
        | PrinterError::Failed { .. }
        | PrinterError::UploadDamaged { .. }
        | PrinterError::Strange { .. }
        | PrinterError::TooLong
        | PrinterError::LocalFile => StageError::Again {
            because,
            moved: false,
        },
        PrinterError::AddressUnusable
        | PrinterError::KeyRefused
        | PrinterError::NotAllowed
        | PrinterError::Refused { .. }
        | PrinterError::NotConnected
        | PrinterError::FileGone
        | PrinterError::SignInBlocked
        | PrinterError::NoSpace { .. } => StageError::Never(because),
    }
}
