//! What keeps people from knowing when, in words.

use crate::refusal::Refusal;
use std::borrow::Cow;

/// Why nobody can say when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Something stands in the way that people have to remove.
    Obstacle(Refusal),
    /// Another print comes first; when it is done, somebody has to clear the bed.
    BedAfterPrint,
    /// Nobody can say how long it prints, or one that comes first.
    Duration,
    /// The model is being checked and sliced.
    Preparing,
    /// It waits for a person to release it.
    Held,
    /// The print is paused.
    Paused,
    /// A person has to look first.
    NeedsAttention,
}

impl Unknown {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Obstacle(refusal) => refusal.code(),
            Self::BedAfterPrint => "BED_AFTER_PRINT",
            Self::Duration => "DURATION_UNKNOWN",
            Self::Preparing => "PREPARING",
            Self::Held => "HELD",
            Self::Paused => "PAUSED",
            Self::NeedsAttention => "NEEDS_ATTENTION",
        }
    }

    /// What is not known.
    #[must_use]
    pub fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::Obstacle(refusal) => refusal.sentence(),
            Self::BedAfterPrint => {
                "Another print comes first, and then somebody has to clear the bed.".into()
            }
            Self::Duration => "Nobody can say yet how long this takes.".into(),
            Self::Preparing => "The model is still being prepared.".into(),
            Self::Held => "This print is held back.".into(),
            Self::Paused => "The print on that printer is paused.".into(),
            Self::NeedsAttention => "Nobody knows how this print stands.".into(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Obstacle(refusal) => refusal.remedy(),
            Self::BedAfterPrint => "Clear the bed soon after the print before it.",
            Self::Duration | Self::Preparing => "Look again in a moment.",
            Self::Held => "Release it when it may go on.",
            Self::Paused => "Look at the printer, then resume or cancel the print.",
            Self::NeedsAttention => "Look at the printer, then say what became of the print.",
        }
    }
}
