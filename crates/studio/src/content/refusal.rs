//! Why a file is not stored, in words.

use super::ending::{Class, Ending};
use super::found::Found;
use axum::http::StatusCode;
use fluxprint_http::{Problem, size};
use std::borrow::Cow;

/// Why a file is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotStored {
    /// Its name cannot be kept.
    Name(&'static str),
    /// Files of its ending are not taken.
    Ending,
    /// It is binary G-code.
    BinaryGcode,
    /// Its content is of another type than its name says.
    Renamed {
        /// What the name says.
        ending: Ending,
        /// What it is.
        found: Found,
    },
    /// It has no bytes.
    Empty,
    /// It is larger than its class may be.
    TooLarge {
        /// Its class.
        class: Class,
        /// Bytes that are allowed.
        max_bytes: u64,
    },
    /// The organisation's share of the store does not suffice.
    Quota {
        /// Bytes that are left.
        left_bytes: u64,
        /// Bytes that are kept for uploads which are not finished.
        promised_bytes: u64,
        /// Bytes of the whole share.
        quota_bytes: u64,
    },
}

impl NotStored {
    /// What happened.
    #[must_use]
    pub fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::Name(rule) => (*rule).into(),
            Self::Ending => "Files of this type are not kept here.".into(),
            Self::BinaryGcode => {
                "This is binary G-code (.bgcode), which cannot be printed here.".into()
            }
            Self::Renamed { ending, found } => {
                let (word, words) = (ending.word(), found.words());
                format!("This file is named .{word}, but it is {words}, so it was not kept.").into()
            }
            Self::Empty => "This file is empty.".into(),
            Self::TooLarge { class, max_bytes } => {
                let what = match class {
                    Class::Model => "a model",
                    Class::Gcode => "a G-code file",
                    Class::Other => "a file that is not printed",
                };
                format!(
                    "This file is larger than the {} that {what} may have.",
                    size(*max_bytes)
                )
                .into()
            }
            Self::Quota {
                left_bytes,
                promised_bytes,
                quota_bytes,
            } => {
                let promised = match promised_bytes {
                    0 => String::new(),
                    _ => format!(
                        " ({} are kept for uploads that are not finished)",
                        size(*promised_bytes)
                    ),
                };
                format!(
                    "Your organisation may keep {} of files; {} are left{promised}, which is less \
                     than this file needs.",
                    size(*quota_bytes),
                    size(*left_bytes)
                )
                .into()
            }
        }
    }

    /// What to do.
    #[must_use]
    pub fn remedy(&self) -> Cow<'static, str> {
        match self {
            Self::Name(_) => "Rename it, then upload it again.".into(),
            Self::Ending => {
                "To print: STL or G-code (OBJ and 3MF are kept for later). To keep: glTF, images, \
                 PDF, Word documents, text."
                    .into()
            }
            Self::BinaryGcode => {
                "Upload the model itself (STL): it is prepared for the printer here.".into()
            }
            Self::Renamed { found, .. } => match Ending::fitting(*found) {
                Some(ending) => format!(
                    "Give it the ending .{}, then upload it again.",
                    ending.word()
                )
                .into(),
                None => "Export it again from the program it comes from, then upload that.".into(),
            },
            Self::Empty => "Export it again, then upload that.".into(),
            Self::TooLarge {
                class: Class::Model,
                ..
            } => "Export it with fewer triangles, then upload that.".into(),
            Self::TooLarge { .. } => "Make it smaller, or split it.".into(),
            Self::Quota {
                promised_bytes: 0, ..
            } => "Delete files that nobody needs any more, then try again.".into(),
            Self::Quota { .. } => {
                "Finish or cancel the open uploads, or delete files that nobody needs \
                 any more; then try again."
                    .into()
            }
        }
    }

    /// The words for it, with status and code.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (status, code) = match self {
            Self::Name(_) => (StatusCode::BAD_REQUEST, "PRINTING_INVALID_FILENAME"),
            Self::Ending => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "PRINTING_UNSUPPORTED_FILE_TYPE",
            ),
            Self::BinaryGcode => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "BINARY_GCODE"),
            Self::Renamed { .. } => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "FILE_TYPE_MISMATCH"),
            Self::Empty => (StatusCode::BAD_REQUEST, "FILE_EMPTY"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "FILE_TOO_LARGE"),
            // Not 507: that is our disk, which may be free again in a minute; a client tries again.
            Self::Quota { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "QUOTA_REACHED"),
        };
        Problem::new(status, code, self.sentence(), self.remedy())
    }
}
