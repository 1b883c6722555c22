//! What can go wrong with a printer's program, in words for a person beside the printer.

/// Why a printer's program did not do, or did not tell, what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrinterError {
    /// The configured address cannot be one of OctoPrint. Nothing was sent.
    #[error("The address of OctoPrint is not one that can be used.")]
    AddressUnusable,
    /// No connection could be made: nothing was sent.
    #[error("OctoPrint does not answer at its address.")]
    Unreachable,
    /// The request was sent and no complete answer came: it may or may not have been carried out.
    #[error("OctoPrint was asked but gave no answer in time.")]
    NoAnswer,
    /// The key is not known to OctoPrint (any more).
    #[error("OctoPrint refuses the key of this bridge.")]
    KeyRefused,
    /// The key is good but may not do this.
    #[error("OctoPrint does not allow this bridge's user to do that.")]
    NotAllowed,
    /// OctoPrint said no; nothing was done.
    #[error("OctoPrint refused{}", said.as_deref().map_or_else(|| ".".to_owned(), |s| format!(": {s}")))]
    Refused {
        /// Its own words, cut and cleaned, when there were any.
        said: Option<String>,
    },
    /// The machine is not connected to OctoPrint.
    #[error("OctoPrint has no connection to the printer.")]
    NotConnected,
    /// OctoPrint does not know this file.
    #[error("The print file is no longer in OctoPrint.")]
    FileGone,
    /// Signing in to the push socket is blocked for a while after failed sign-ins from our address.
    #[error("OctoPrint does not let this bridge sign in to its live channel for a while.")]
    SignInBlocked,
    /// An answer that makes no sense for OctoPrint: a redirect, too long, not JSON, an odd status.
    #[error("What answers at OctoPrint's address does not speak as OctoPrint does ({what}).")]
    Strange {
        /// What was strange about it.
        what: &'static str,
    },
    /// An answer longer than [`crate::limits::ANSWER_BYTES_MAX`].
    #[error("OctoPrint's answer is too long to be read.")]
    TooLong,
    /// An answer that says that OctoPrint itself failed.
    #[error("OctoPrint failed inside (status {status}).")]
    Failed {
        /// The HTTP status.
        status: u16,
    },
    /// Not enough free space where OctoPrint keeps its files.
    #[error("OctoPrint has {free_bytes} bytes free, and this print file needs {needed_bytes}.")]
    NoSpace {
        /// Free, as OctoPrint tells.
        free_bytes: u64,
        /// Needed: the file and its temporary copy.
        needed_bytes: u64,
    },
    /// What OctoPrint stored is not what was sent; it has been deleted there.
    #[error("OctoPrint stored the print file damaged or under another name ({what}).")]
    UploadDamaged {
        /// Which comparison failed.
        what: &'static str,
    },
    /// The local copy of the print file cannot be read or is not as long as promised.
    #[error("The bridge cannot read its copy of the print file.")]
    LocalFile,
}

impl PrinterError {
    /// The code of [`Self::NoSpace`].
    pub const NO_SPACE: &str = "OCTOPRINT_DISK_FULL";

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AddressUnusable => "OCTOPRINT_ADDRESS_UNUSABLE",
            Self::Unreachable => "OCTOPRINT_UNREACHABLE",
            Self::NoAnswer => "OCTOPRINT_NO_ANSWER",
            Self::KeyRefused => "KEY_REFUSED",
            Self::NotAllowed => "KEY_NOT_ALLOWED",
            Self::Refused { .. } => "OCTOPRINT_REFUSED",
            Self::NotConnected => "PRINTER_NOT_CONNECTED",
            Self::FileGone => "PRINT_FILE_GONE",
            Self::SignInBlocked => "OCTOPRINT_SIGN_IN_BLOCKED",
            Self::Strange { .. } => "NOT_OCTOPRINT",
            Self::TooLong => "OCTOPRINT_ANSWER_TOO_LONG",
            Self::Failed { .. } => "OCTOPRINT_FAILED",
            Self::NoSpace { .. } => Self::NO_SPACE,
            Self::UploadDamaged { .. } => "UPLOAD_DAMAGED",
            Self::LocalFile => "LOCAL_FILE_UNREADABLE",
        }
    }

    /// What happened, for a person.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.to_string()
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::AddressUnusable => {
                "Write the address as http://HOST or https://HOST, without a user name or password."
            }
            Self::Unreachable => {
                "Check that OctoPrint is switched on and that the address in the bridge's configuration is right."
            }
            Self::NoAnswer => {
                "Look at the printer before doing anything: the command may have arrived. Then check OctoPrint's load and the network."
            }
            Self::KeyRefused => {
                "Make a new application key in OctoPrint's settings, write it into the bridge's configuration and restart the bridge."
            }
            Self::NotAllowed => {
                "In OctoPrint give the bridge's user the permissions listed in the bridge's guide."
            }
            Self::Refused { .. } => "Look at the printer's state in OctoPrint and try again.",
            Self::NotConnected => {
                "Switch the printer on, check its cable, and press Connect in OctoPrint."
            }
            Self::FileGone => "Print it again: the file will be sent anew.",
            Self::SignInBlocked => {
                "Nothing needs doing: the bridge asks for the state every few seconds until OctoPrint allows it again."
            }
            Self::Strange { .. } => {
                "Check the address in the bridge's configuration; it must lead to OctoPrint itself, without a sign-in page in between."
            }
            Self::TooLong => {
                "Check that the address leads to OctoPrint; if it does, delete old files in OctoPrint."
            }
            Self::Failed { .. } => {
                "Look into OctoPrint's log, and restart OctoPrint if it goes on."
            }
            Self::NoSpace { .. } => "Delete old files in OctoPrint, then try again.",
            Self::UploadDamaged { .. } => {
                "Check the free space and the health of OctoPrint's disk or card; the file will be sent anew."
            }
            Self::LocalFile => "Check the bridge's disk; the file will be fetched anew.",
        }
    }

    /// Whether a command that ended like this has certainly had no effect on the printer.
    ///
    /// Judged for a single request; everything that is not certain counts as "may have happened".
    #[must_use]
    pub fn nothing_happened(&self) -> bool {
        match self {
            Self::AddressUnusable
            | Self::Unreachable
            | Self::KeyRefused
            | Self::NotAllowed
            | Self::Refused { .. }
            | Self::NotConnected
            | Self::FileGone
            | Self::SignInBlocked
            | Self::NoSpace { .. }
            | Self::LocalFile => true,
            Self::NoAnswer
            | Self::Strange { .. }
            | Self::TooLong
            | Self::Failed { .. }
            | Self::UploadDamaged { .. } => false,
        }
    }
}

/// How a start ended that was not accepted. The three are never mixed up (safety ).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartFailure {
    /// No connection was made: certainly nothing happened.
    #[error(transparent)]
    NotSent(PrinterError),
    /// The printer's program said no: certainly nothing happened.
    #[error(transparent)]
    Refused(PrinterError),
    /// Sent, and no usable answer: it may be printing. Look, never repeat.
    #[error(transparent)]
    Unknown(PrinterError),
}

impl StartFailure {
    /// What is behind it, with code, sentence and remedy.
    #[must_use]
    pub fn cause(&self) -> &PrinterError {
        match self {
            Self::NotSent(cause) | Self::Refused(cause) | Self::Unknown(cause) => cause,
        }
    }

    /// Whether the printer certainly did nothing.
    #[must_use]
    pub fn nothing_happened(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }
}

impl From<PrinterError> for StartFailure {
    fn from(cause: PrinterError) -> Self {
        match cause {
            PrinterError::Unreachable | PrinterError::AddressUnusable => Self::NotSent(cause),
            cause if cause.nothing_happened() => Self::Refused(cause),
            cause => Self::Unknown(cause),
        }
    }
}
