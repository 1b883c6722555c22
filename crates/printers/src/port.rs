//! The port: what the bridge may ask of a printer's program, and what it learns from it.

use crate::error::{PrinterError, StartFailure};
use crate::path::OwnPath;
use async_trait::async_trait;
use fluxprint_domain::control::{Axis, Jog, Targets};
use fluxprint_domain::printer::Observation;
use reqwest::Url;
use std::collections::BTreeSet;
use std::path::Path;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

/// One printer behind its program (OctoPrint). The caller serialises commands per printer.
#[async_trait]
pub trait Printer: Send + Sync {
    /// Which program this is, whether the key works, and what a person should know about it.
    async fn identify(&self) -> Result<Identity, PrinterError>;

    /// One fresh look. A program without a connection to its machine is an observation
    /// (`offline` or `error`), not an error. After `error` never [`Self::connect`] without a person:
    /// whether the machine stopped itself for safety is told only by [`PrinterEvent::Error`].
    async fn look(&self) -> Result<Observation, PrinterError>;

    /// What is stored at `path`, if anything.
    async fn stored(&self, path: &OwnPath) -> Result<Option<StoredFile>, PrinterError>;

    /// Stores the local `file` of `size_bytes` at `path` without printing it, and compares what is
    /// stored with what was sent. `tag` is kept with the file, cut to
    /// [`crate::limits::TAG_CHARS_MAX`] characters. Safe to repeat; whatever goes wrong after bytes
    /// were sent, the file is deleted again as far as possible.
    async fn upload(
        &self,
        path: &OwnPath,
        file: &Path,
        size_bytes: u64,
        tag: &str,
    ) -> Result<StoredFile, PrinterError>;

    /// Asks to print `path`, once. [`StartSent`] proves nothing: observe.
    async fn start(&self, path: &OwnPath) -> Result<StartSent, StartFailure>;

    /// Asks for a pause; lasts until the printer has worked off what it holds.
    async fn pause(&self) -> Result<(), PrinterError>;

    /// Asks to go on after a pause.
    async fn resume(&self) -> Result<(), PrinterError>;

    /// Asks to cancel the print; the end shows in [`Self::watch`] or [`Self::look`].
    async fn cancel(&self) -> Result<(), PrinterError>;

    /// Sets nozzle and bed targets to 0. Both are tried even if one fails.
    async fn heaters_off(&self) -> Result<(), PrinterError>;

    /// Sets nozzle and bed targets, once each. When only one of them could be set, both are switched
    /// off again as far as possible. The caller has compared them with the limits.
    async fn heat(&self, targets: Targets) -> Result<(), PrinterError>;

    /// Asks to find the ends of these axes, once. What it took in is not yet done.
    async fn home(&self, axes: &BTreeSet<Axis>) -> Result<(), PrinterError>;

    /// Asks for a move from where the head is, once. The caller has compared it with the limits.
    async fn jog(&self, jog: Jog) -> Result<(), PrinterError>;

    /// Stops the machine at once (M112). The connection to the machine is gone afterwards, and a
    /// person has to restore it.
    async fn emergency_stop(&self) -> Result<(), PrinterError>;

    /// Asks the program to connect to its machine with its saved settings.
    async fn connect(&self) -> Result<(), PrinterError>;

    /// Asks the program to let go of its machine. Fails a running print.
    async fn disconnect(&self) -> Result<(), PrinterError>;

    /// Deletes our file. `Ok` also when there is none.
    async fn delete(&self, path: &OwnPath) -> Result<(), PrinterError>;

    /// Where the program says that its camera is, as far as that may be followed. A program that
    /// knows of none says so by default.
    async fn webcam(&self) -> Result<Webcam, PrinterError> {
        Ok(Webcam::default())
    }

    /// Watches the machine until the [`Watch`] is dropped. Needs a tokio runtime.
    fn watch(&self) -> Watch;
}

/// The addresses of a camera.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Webcam {
    /// Of its stream.
    pub stream: Option<Url>,
    /// Of a single picture.
    pub still: Option<Url>,
}

/// What a printer's program says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Name and version, for people: `OctoPrint 1.11.8`.
    pub software: String,
    /// The port it is connected to, if it is connected.
    pub port: Option<String>,
    /// Whether the machine is only simulated (OctoPrint's port `VIRTUAL`).
    pub is_virtual: bool,
    /// Free space for files.
    pub free_bytes: Option<u64>,
    /// What a person should know and change.
    pub warnings: Vec<Warning>,
}

/// Something about a printer's program that works but should be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Older than [`crate::limits::OCTOPRINT_FLOOR`], or a version that cannot be read.
    TooOld,
    /// The key belongs to an administrator: it may do far more than printing needs.
    AdminKey,
}

impl Warning {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooOld => "OCTOPRINT_TOO_OLD",
            Self::AdminKey => "KEY_OF_AN_ADMINISTRATOR",
        }
    }

    /// What is the matter.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TooOld => {
                "This OctoPrint is older than 1.11.8 and has known holes that a print file can use."
            }
            Self::AdminKey => {
                "The bridge's key belongs to an OctoPrint administrator and may do more than printing needs."
            }
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::TooOld => "Update OctoPrint to 1.11.8 or later.",
            Self::AdminKey => {
                "Make a user of its own for the bridge in OctoPrint, with only the permissions of the bridge's guide."
            }
        }
    }
}

/// A file of ours as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Where.
    pub path: OwnPath,
    /// Size.
    pub size_bytes: u64,
    /// SHA-1 as 40 lower-case hexadecimal digits: OctoPrint's own measure, good against damage only.
    pub sha1: Option<String>,
    /// How often it was printed.
    pub prints: PrintCounts,
}

/// How often a file was printed: rises at every end of a print, except when the program itself died.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrintCounts {
    /// To the end.
    pub success: u64,
    /// Not to the end: cancelled or failed.
    pub failure: u64,
}

/// The start was taken in (OctoPrint's 204). It is not known yet whether it prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartSent;

/// Something seen while watching.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// The state of the machine, now. Comes about once a second while something moves.
    Observation(Observation),
    /// Something happened, told by the printer's program itself. Comes only over the push socket:
    /// without it the observations have to do.
    Event(PrinterEvent),
    /// The push socket ended: events may have been missed. Observations go on by polling.
    Gap,
    /// The printer's program does not answer (any more). Said once, with the first reason; the next
    /// [`Seen::Observation`] ends it. Compare job and print counters then.
    Lost(PrinterError),
}

/// Something that happened to a print or a machine. `path` is as told, and may be anybody's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrinterEvent {
    /// A print has begun.
    Started {
        /// Its file.
        path: String,
    },
    /// A print ran to its end.
    Done {
        /// Its file.
        path: String,
    },
    /// A print ended early.
    Failed {
        /// Its file.
        path: String,
        /// Whether somebody (or a reset of the machine) stopped it, or it failed.
        reason: FailReason,
        /// The machine's own words, if it had any.
        message: Option<String>,
    },
    /// A print has come to a pause.
    Paused {
        /// Its file.
        path: String,
    },
    /// A print goes on.
    Resumed {
        /// Its file.
        path: String,
    },
    /// The program has its machine.
    Connected,
    /// The program lost or let go of its machine.
    Disconnected,
    /// The machine was reset; a print that ran shows as cancelled although nobody cancelled it.
    Reset,
    /// The machine or the line to it failed.
    Error {
        /// The machine's own words.
        message: String,
        /// The machine stopped itself for safety (thermal runaway, a halt): never connect again
        /// without a person.
        emergency: bool,
    },
}

/// Why a print ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailReason {
    /// Cancelled, by anybody, or the machine was reset.
    Canceled,
    /// The machine or the line to it failed.
    Error,
}

/// A running watch; dropping it ends it.
#[derive(Debug)]
pub struct Watch {
    seen: mpsc::Receiver<Seen>,
    _task: AbortOnDropHandle<()>,
}

impl Watch {
    /// A watch that hands on what `task` sends into `seen`.
    #[must_use]
    pub fn new(seen: mpsc::Receiver<Seen>, task: JoinHandle<()>) -> Self {
        Self {
            seen,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// The next thing seen. `None` only when the watching task has died. Cancel safe.
    pub async fn next(&mut self) -> Option<Seen> {
        self.seen.recv().await
    }
}
