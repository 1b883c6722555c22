//! Why a model was not sliced, in words a person can act on.

/// A slicing run that gave nothing. Whatever the reason, no output file exists.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub enum SliceError {
    /// PrusaSlicer is not installed, or is not a program that can be run here.
    SlicerMissing {
        /// What was looked for and what came of it, for the log.
        detail: String,
    },
    /// The sandbox cannot be built, so nothing is sliced.
    SandboxUnavailable {
        /// What the sandbox's program said, for the log.
        detail: String,
    },
    /// The slicer stopped without a result and without a known reason.
    Crashed {
        /// The last words of the slicer, for the log.
        detail: String,
    },
    /// The slicer used up its CPU time or its wall clock.
    TimedOut,
    /// The slicer needed more memory than a run may take.
    OutOfMemory,
    /// The slicer found the part larger than the bed.
    DoesNotFit,
    /// Nothing of the part is thick enough to become a layer.
    NoLayers,
    /// The slicer could not read the mesh.
    MeshUnreadable {
        /// What the slicer said, for the log.
        detail: String,
    },
    /// The model has more triangles than are sliced.
    TooDetailed,
    /// The G-code, or what the slicer wrote beside it, grew past the limit.
    OutputTooLarge,
    /// No room on the disk for the work folder or the result.
    DiskFull,
    /// The disk failed in another way.
    Disk(std::io::Error),
}

impl SliceError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SlicerMissing { .. } => "SLICER_MISSING",
            Self::SandboxUnavailable { .. } => "SANDBOX_UNAVAILABLE",
            Self::Crashed { .. } => "SLICER_CRASHED",
            Self::TimedOut => "SLICER_TIMED_OUT",
            Self::OutOfMemory => "SLICER_OUT_OF_MEMORY",
            Self::DoesNotFit => "MODEL_DOES_NOT_FIT",
            Self::NoLayers => "NO_LAYERS",
            Self::MeshUnreadable { .. } => "MESH_UNREADABLE",
            Self::TooDetailed => "MODEL_TOO_DETAILED",
            Self::OutputTooLarge => "OUTPUT_TOO_LARGE",
            Self::DiskFull => "DISK_FULL",
            Self::Disk(_) => "DISK_FAILED",
        }
    }

    /// What happened.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::SlicerMissing { .. } => "PrusaSlicer could not be found on this machine.",
            Self::SandboxUnavailable { .. } => {
                "The slicer cannot be locked in on this machine, so slicing is switched off."
            }
            Self::Crashed { .. } => "The slicer stopped before it had finished this model.",
            Self::TimedOut => "Slicing this model took too long and was stopped.",
            Self::OutOfMemory => "Slicing this model needs more memory than one job may use.",
            Self::DoesNotFit => "The model is larger than the printer's bed.",
            Self::NoLayers => "The model is so small or thin that there is nothing to print.",
            Self::MeshUnreadable { .. } => "The slicer could not read the model.",
            Self::TooDetailed => "The model has more triangles than can be sliced.",
            Self::OutputTooLarge => "The print file for this model grew too large.",
            Self::DiskFull => "There is no room left on the disk for slicing.",
            Self::Disk(_) => "The disk failed while the model was being sliced.",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::SlicerMissing { .. } => {
                "Install it (on Debian: apt-get install prusa-slicer), or set its path in the configuration (slicer.program)."
            }
            Self::SandboxUnavailable { .. } => {
                "Install bubblewrap (on Debian: apt-get install bubblewrap) and allow user namespaces; \
                 the service's log says what is missing. Uploaded G-code can be printed meanwhile."
            }
            Self::Crashed { .. } => {
                "Try once more. If it happens again, repair the model in your design program and upload it anew."
            }
            Self::TimedOut => {
                "Choose a coarser quality or less infill, or upload the model with fewer triangles."
            }
            Self::OutOfMemory | Self::TooDetailed => {
                "Reduce the number of triangles in your design program and upload the model anew."
            }
            Self::DoesNotFit => {
                "Scale the model down, cut it into parts, or choose a larger printer."
            }
            Self::NoLayers => {
                "Check the model's units and scale: it may have been exported in metres or inches."
            }
            Self::MeshUnreadable { .. } => {
                "Export the model anew as STL, and check that it opens elsewhere."
            }
            Self::OutputTooLarge => {
                "Choose a coarser quality or less infill, or print the model in parts."
            }
            Self::DiskFull => {
                "Free some space on the disk that holds the temporary files, then try again."
            }
            Self::Disk(_) => "Check the disk of the machine that slices, then try again.",
        }
    }

    /// What the programs said, for the log only; never shown to a designer.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::SlicerMissing { detail }
            | Self::SandboxUnavailable { detail }
            | Self::Crashed { detail }
            | Self::MeshUnreadable { detail } => Some(detail.clone()),
            Self::Disk(error) => Some(error.to_string()),
            _ => None,
        }
    }

    /// Whether the same run may well succeed later without anybody changing the model.
    #[must_use]
    pub fn may_pass_later(&self) -> bool {
        matches!(
            self,
            Self::SlicerMissing { .. }
                | Self::SandboxUnavailable { .. }
                | Self::DiskFull
                | Self::Disk(_)
        )
    }
}

impl From<std::io::Error> for SliceError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Disk(error),
        }
    }
}
