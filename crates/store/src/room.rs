//! The two rooms of the store: no statement of one sees a table of the other.

use crate::statement::Statement;

/// One of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// People, projects, design files.
    Studio,
    /// Printers, jobs, the queue.
    Service,
}

impl Room {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Studio, Self::Service];

    /// Its schema on PostgreSQL; with `.db` behind it, its file on SQLite.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Studio => "studio",
            Self::Service => "service",
        }
    }

    /// The role it connects to PostgreSQL as. It owns nothing.
    #[must_use]
    pub fn login(self) -> &'static str {
        match self {
            Self::Studio => "fluxprint_studio",
            Self::Service => "fluxprint_service",
        }
    }

    /// Every statement this room runs.
    pub(crate) fn statements(self) -> impl Iterator<Item = &'static Statement> {
        let nouns: &[&[Statement]] = match self {
            Self::Studio => crate::studio::ROOM,
            Self::Service => crate::service::STATEMENTS,
        };
        nouns.iter().copied().flatten()
    }
}
