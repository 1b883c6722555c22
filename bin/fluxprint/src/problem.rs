//! What can keep the program from starting: each says what is wrong and what to do.

use std::path::PathBuf;

/// Exit code when a setting is wrong.
pub const EXIT_SETTINGS: u8 = 2;
/// Exit code when a part that is needed is missing or does not answer.
pub const EXIT_PART: u8 = 3;
/// Exit code when a print did not end well (`smoke`).
pub const EXIT_PRINT: u8 = 4;

/// Exit code when a running program refused what was asked.
pub const EXIT_REFUSED: u8 = 5;

/// Exit code when the database holds what must never be (`doctor`).
pub const EXIT_UNSOUND: u8 = 6;

/// Why the program does not start, or ends.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The configuration cannot be understood.
    #[error("the configuration cannot be used: {0}. Correct it in the file or the environment.")]
    Settings(String),
    /// A setting whose value cannot be used; the value itself is not shown.
    #[error("{name} {why}")]
    Setting {
        /// Which one.
        name: &'static str,
        /// What is wrong with it and what to do, as the rest of a sentence.
        why: &'static str,
    },
    /// A secret that everybody can read in a public document.
    #[error(
        "{0} is set to a value that was published. Make a new one, for example with `openssl rand -hex 32`."
    )]
    PublishedSecret(&'static str),
    /// A secret that can be guessed.
    #[error(
        "{0} is too short. It needs at least 32 bytes, for example from `openssl rand -hex 32`."
    )]
    ShortSecret(&'static str),
    /// A part that is needed does not work.
    #[error("{part} cannot be used: {why}. {remedy}.")]
    Part {
        /// Which one.
        part: &'static str,
        /// What it said.
        why: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A file that cannot be read.
    #[error("{path} cannot be read: {why}. Check the name and who may read it.")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// A running program refused what was asked.
    #[error("{sentence} {remedy} [{code}]")]
    Refused {
        /// Stable code.
        code: String,
        /// What happened.
        sentence: String,
        /// What to do.
        remedy: String,
    },
    /// The database holds what must never be.
    #[error(
        "{count} found that must never be. Put printing on hold, look at the printers, keep a copy of the database, then report it."
    )]
    Unsound {
        /// How much of it.
        count: usize,
    },
    /// A print that did not end with a part.
    #[error("the print did not succeed: {sentence} {remedy} [{code}]")]
    Print {
        /// Stable code.
        code: String,
        /// What happened.
        sentence: String,
        /// What to do.
        remedy: String,
    },
}

impl Problem {
    /// A configuration error, without the value that caused it: it may be a secret.
    pub fn settings(error: &config::ConfigError) -> Self {
        Self::Settings(match error {
            config::ConfigError::Type { key, expected, .. } => {
                format!(
                    "`{}` should be {expected}",
                    key.as_deref().unwrap_or("a setting")
                )
            }
            config::ConfigError::At { key, .. } => {
                format!(
                    "`{}` has a value that makes no sense",
                    key.as_deref().unwrap_or("a setting")
                )
            }
            config::ConfigError::NotFound(key) => format!("`{key}` is missing"),
            config::ConfigError::FileParse { uri, .. } => {
                format!(
                    "the file {} is no valid TOML",
                    uri.as_deref().unwrap_or("given")
                )
            }
            other => other.to_string(),
        })
    }

    /// The same where it ends a print.
    #[must_use]
    pub fn of_a_print(self) -> Self {
        match self {
            Self::Refused {
                code,
                sentence,
                remedy,
            } => Self::Print {
                code,
                sentence,
                remedy,
            },
            other => other,
        }
    }

    /// The exit code that goes with it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_)
            | Self::Setting { .. }
            | Self::PublishedSecret(_)
            | Self::ShortSecret(_) => EXIT_SETTINGS,
            Self::Part { .. } | Self::File { .. } => EXIT_PART,
            Self::Refused { .. } => EXIT_REFUSED,
            Self::Unsound { .. } => EXIT_UNSOUND,
            Self::Print { .. } => EXIT_PRINT,
        }
    }
}
