//! What can keep the bridge from doing its work, in words for whoever looks after it.

/// Why the bridge cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// The configuration says something that cannot be used.
    #[error("The configuration cannot be used: {0}")]
    Config(String),
    /// No token: the bridge was never paired.
    #[error("This bridge is not paired with a print service.")]
    NotPaired,
    /// The file of the device key holds something else.
    #[error("The file device.key in the data folder holds no key.")]
    NotAKey,
    /// A new token was sent, but the one in use comes from the environment.
    #[error("The token of this bridge comes from its environment (BRIDGE_AUTH_TOKEN).")]
    TokenGiven,
    /// A file of the data folder cannot be read or written.
    #[error("{what} cannot be used: {error}")]
    Disk {
        /// What was tried.
        what: &'static str,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// Another bridge works in this folder: two would contradict each other about what was started.
    #[error("Another bridge is running in this data folder.")]
    FolderInUse,
    /// The journal cannot be read or written.
    #[error("The journal cannot be read or written: {0}")]
    Journal(#[from] sqlx::Error),
    /// The journal holds something this version does not understand.
    #[error("The journal holds an entry this version does not understand ({0}).")]
    JournalEntry(&'static str),
    /// The service could not be asked.
    #[error("The print service does not answer at its address.")]
    ServiceSilent,
    /// The service refused to pair.
    #[error("The print service did not pair this bridge: {0}")]
    PairingRefused(String),
    /// The answer of what is at the address makes no sense.
    #[error("What answers at the address is not a print service.")]
    NotAService,
}

impl BridgeError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Config(_) => "BRIDGE_CONFIG_UNUSABLE",
            Self::NotPaired => "BRIDGE_NOT_PAIRED",
            Self::NotAKey => "BRIDGE_KEY_UNUSABLE",
            Self::TokenGiven => "BRIDGE_TOKEN_GIVEN",
            Self::Disk { .. } => "BRIDGE_DISK_UNUSABLE",
            Self::FolderInUse => "BRIDGE_FOLDER_IN_USE",
            Self::Journal(_) | Self::JournalEntry(_) => "BRIDGE_JOURNAL_FAILED",
            Self::ServiceSilent => "SERVICE_SILENT",
            Self::PairingRefused(_) => "PAIRING_REFUSED",
            Self::NotAService => "NOT_A_PRINT_SERVICE",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Config(_) => {
                "Correct the configuration file or the environment, then start the bridge again."
            }
            Self::NotPaired => {
                "Run: fluxprint-bridge pair. It shows a code that somebody who manages printers confirms."
            }
            Self::NotAKey => {
                "Put the file back from a copy, or remove it and pair again: fluxprint-bridge pair"
            }
            Self::TokenGiven => {
                "Change BRIDGE_AUTH_TOKEN at the service and at the bridge, then start both again."
            }
            Self::Disk { .. } => {
                "Check that the folder exists, that the disk has space and that the bridge's user may write there."
            }
            Self::FolderInUse => {
                "End the other one, or give this bridge a data folder and a pairing of its own."
            }
            Self::Journal(_) => {
                "Check the disk and its free space. Do not delete the journal: it knows what was started."
            }
            Self::JournalEntry(_) => "Use the version of the bridge that wrote it, or a later one.",
            Self::ServiceSilent => "Check FLUXPRINT_API_URL and the network, then try again.",
            Self::PairingRefused(_) => {
                "Ask a manager for a new pairing code; a code works once and not for long."
            }
            Self::NotAService => {
                "Check FLUXPRINT_API_URL: it must be the address of the print service, as https://HOST."
            }
        }
    }

    /// The exit code of the program.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::TokenGiven => 2,
            Self::NotPaired => 3,
            Self::NotAKey
            | Self::Disk { .. }
            | Self::FolderInUse
            | Self::Journal(_)
            | Self::JournalEntry(_) => 4,
            Self::ServiceSilent | Self::NotAService => 5,
            Self::PairingRefused(_) => 6,
        }
    }

    pub(crate) fn disk(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::Disk { what, error }
    }
}
