//! What a house rule has to say about one place.

use std::fmt;

/// One broken or strained rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `path` or `path:line`, or the room.
    pub place: String,
    /// What is wrong, why the rule is there and what to do.
    pub message: String,
    /// A warning is printed, an error also fails the check.
    pub fails: bool,
}

impl Finding {
    /// A finding that fails the check.
    pub fn error(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
            fails: true,
        }
    }

    /// A finding that is only printed.
    pub fn warning(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
            fails: false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.fails { "error" } else { "warning" };
        write!(f, "{word}: {}: {}", self.place, self.message)
    }
}
