//! Why a file could not be judged at all.

use std::io;

/// Why a file is not G-code that can be inspected.
#[derive(Debug, thiserror::Error)]
pub enum GcodeError {
    /// No bytes, or nothing but comments.
    #[error("no command in the file")]
    Empty,
    /// Most of the file is something else.
    #[error("{strange} of {total} lines are no commands")]
    NotGcode {
        /// Lines that are no command.
        strange: u64,
        /// Lines with content.
        total: u64,
    },
    /// Prusa's binary G-code.
    #[error("binary G-code")]
    Binary,
    /// Control bytes that no text holds.
    #[error("line {line} holds bytes that are not text")]
    NotText {
        /// Which line, counted from 1.
        line: u64,
    },
    /// A line longer than [`crate::limits::LINE_BYTES_MAX`].
    #[error("line {line} is too long")]
    LineTooLong {
        /// Which line, counted from 1.
        line: u64,
    },
    /// More bytes than [`crate::limits::FILE_BYTES_MAX`].
    #[error("the file is too large")]
    TooLarge,
    /// The source of the bytes failed.
    #[error("reading the file failed")]
    Unreadable(#[source] io::Error),
}

impl GcodeError {
    /// The stable name of this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "GCODE_EMPTY",
            Self::NotGcode { .. } => "GCODE_NOT_GCODE",
            Self::Binary => "GCODE_BINARY",
            Self::NotText { .. } => "GCODE_NOT_TEXT",
            Self::LineTooLong { .. } => "GCODE_LINE_TOO_LONG",
            Self::TooLarge => "GCODE_TOO_LARGE",
            Self::Unreadable(_) => "GCODE_UNREADABLE",
        }
    }

    /// What happened, for a designer.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Empty => "This file holds no command for a printer.".to_owned(),
            Self::NotGcode { strange, total } => format!(
                "This file is not G-code: {strange} of its {total} lines are no printer commands."
            ),
            Self::Binary => "This file is binary G-code, which cannot be checked yet.".to_owned(),
            Self::NotText { line } => {
                format!("Line {line} of this file holds bytes that no G-code has.")
            }
            Self::LineTooLong { line } => {
                format!("Line {line} of this file is too long for G-code.")
            }
            Self::TooLarge => "This file is larger than 500 MB.".to_owned(),
            Self::Unreadable(_) => "This file could not be read.".to_owned(),
        }
    }

    /// What the person can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Empty => "Slice the part again and upload the new file.",
            Self::NotGcode { .. } | Self::NotText { .. } | Self::LineTooLong { .. } => {
                "Export plain-text G-code from your slicer, or upload the model itself."
            }
            Self::Binary => {
                "Switch off \"binary G-code\" in your slicer and export again, or upload the model."
            }
            Self::TooLarge => "Use thicker layers or split the part, or upload the model itself.",
            Self::Unreadable(_) => "Upload it again. If that does not help, tell your operator.",
        }
    }
}
