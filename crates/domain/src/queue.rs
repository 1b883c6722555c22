//! The order of the queue: raised before ordinary before low, and inside each as they came or as
//! somebody has put them.

use serde::{Deserialize, Serialize};

/// How urgent a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Before all that is ordinary.
    Raised,
    /// Ordinary.
    Normal,
    /// When nothing else waits.
    Low,
}

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Raised, Self::Normal, Self::Low];

    /// The word of the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// The priority that [`Self::word`] names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    /// The number by which the databases sort: the more urgent, the smaller.
    #[must_use]
    pub fn rank(self) -> i64 {
        match self {
            Self::Raised => 0,
            Self::Normal => 1,
            Self::Low => 2,
        }
    }

    /// The priority that [`Self::rank`] numbers.
    #[must_use]
    pub fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.rank() == rank)
    }
}

/// Which version of the queue's order somebody has seen. It rises with every move and every change
/// of a priority, not when jobs come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderVersion(pub i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_ranks_name_their_priority_and_ranks_rise() {
        for (rank, priority) in (0..).zip(Priority::ALL) {
            assert_eq!(Priority::from_word(priority.word()), Some(priority));
            assert_eq!(Priority::from_rank(priority.rank()), Some(priority));
            assert_eq!(priority.rank(), rank);
        }
        assert_eq!(Priority::from_rank(3), None);
    }
}
