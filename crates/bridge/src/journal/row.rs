//! One try as the journal keeps it.

use crate::error::BridgeError;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::id::AttemptId;
use fluxprint_domain::printer::Build;
use fluxprint_domain::{Sha256, Timestamp};
use fluxprint_link::{AttemptReport, Refused};
use fluxprint_printers::{OwnPath, PrintCounts};
use serde::Serialize;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

/// One try.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Which one.
    pub attempt: AttemptId,
    /// The printer's name in the local configuration.
    pub printer: String,
    /// The approved bytes.
    pub sha256: Sha256,
    /// Their number.
    pub size_bytes: u64,
    /// What is proved.
    pub phase: Phase,
    /// The hash the printer's program has of what it stored.
    pub stored_sha1: Option<String>,
    /// The local limits the bytes were checked against.
    #[serde(skip)]
    pub checked_for: Option<Build>,
    /// The epoch of its start.
    pub epoch: Option<Epoch>,
    /// How often its file had been printed before the start.
    #[serde(skip)]
    pub at_intent: PrintCounts,
    /// Whether we were told to cancel it.
    pub cancel_asked: bool,
    /// Why, for a refusal, a failure or doubt.
    pub because: Option<Refused>,
    /// Whether the service has written its last phase down.
    pub settled: bool,
    /// When its phase last changed.
    #[serde(skip)]
    pub changed_at: Timestamp,
}

impl Row {
    /// Its file in the printer's program.
    #[must_use]
    pub fn path(&self) -> OwnPath {
        OwnPath::of(self.attempt)
    }

    /// Its phase in a word.
    #[must_use]
    pub fn phase_word(&self) -> &'static str {
        word(self.phase)
    }

    /// What is told to the service.
    #[must_use]
    pub fn report(&self) -> AttemptReport {
        AttemptReport {
            attempt: self.attempt,
            phase: self.phase,
            because: self.because.clone(),
        }
    }

    /// Whether its file may be moving.
    #[must_use]
    pub fn may_be_printing(&self) -> bool {
        matches!(
            self.phase,
            Phase::Intent | Phase::Starting | Phase::Printing | Phase::Paused
        )
    }

    pub(super) fn read(row: &SqliteRow) -> Result<Self, BridgeError> {
        let text = |name: &'static str| row.try_get::<String, _>(name);
        let wrong = BridgeError::JournalEntry;
        let because = row.try_get::<Option<String>, _>("because")?;
        let checked_for = row.try_get::<Option<String>, _>("checked_for")?;
        Ok(Self {
            attempt: text("attempt")?.parse().map_err(|_| wrong("attempt"))?,
            printer: text("printer")?,
            sha256: text("sha256")?.parse().map_err(|_| wrong("sha256"))?,
            size_bytes: count(row, "size_bytes")?,
            phase: phase_of(&text("phase")?).ok_or(wrong("phase"))?,
            stored_sha1: row.try_get("stored_sha1")?,
            checked_for: checked_for.and_then(|text| serde_json::from_str(&text).ok()),
            epoch: row.try_get::<Option<i64>, _>("epoch")?.map(Epoch),
            at_intent: PrintCounts {
                success: count(row, "success_before")?,
                failure: count(row, "failure_before")?,
            },
            cancel_asked: row.try_get("cancel_asked")?,
            because: because.and_then(|text| serde_json::from_str(&text).ok()),
            settled: row.try_get("settled")?,
            changed_at: Timestamp(row.try_get("updated_at")?),
        })
    }
}

fn count(row: &SqliteRow, name: &'static str) -> Result<u64, BridgeError> {
    let number: i64 = row.try_get(name)?;
    u64::try_from(number).map_err(|_| BridgeError::JournalEntry(name))
}

/// The word the journal uses.
pub fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Staging => "staging",
        Phase::Staged => "staged",
        Phase::NothingTried => "nothing_tried",
        Phase::Intent => "intent",
        Phase::Starting => "starting",
        Phase::Printing => "printing",
        Phase::Paused => "paused",
        Phase::Completed => "completed",
        Phase::Failed => "failed",
        Phase::Canceled => "canceled",
        Phase::Unsure => "unsure",
    }
}

fn phase_of(text: &str) -> Option<Phase> {
    Phase::ALL.into_iter().find(|phase| word(*phase) == text)
}

/// Whether a try in phase `from` may be proved to be in phase `to`. One way only; pausing and
/// going on are the only loop. After INTENT, `NothingTried` is only for a start that certainly was
/// not sent or was refused.
#[must_use]
pub fn may_follow(from: Phase, to: Phase) -> bool {
    use Phase::{Intent, NothingTried, Paused, Printing, Staged, Staging, Starting};
    match (from, to) {
        _ if from == to || from.is_last() => false,
        (Staging | Staged | Intent, NothingTried) => true,
        (_, NothingTried | Staging | Intent) => false,
        (Staging, Staged) => true,
        (_, Staged) | (Staging | Staged, _) => false,
        (Intent, _) => true,
        (Starting | Printing | Paused, to) => to != Starting,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_reads_back_from_its_word() {
        for phase in Phase::ALL {
            assert_eq!(phase_of(word(phase)), Some(phase));
        }
    }

    #[test]
    fn a_last_phase_is_the_last_and_intent_comes_only_through_its_own_door() {
        for from in Phase::ALL {
            for to in Phase::ALL {
                if from.is_last() {
                    assert!(!may_follow(from, to), "{from:?} {to:?}");
                }
                assert!(!may_follow(from, Phase::Intent));
            }
        }
    }

    #[test]
    fn what_was_seen_to_run_is_never_denied_and_what_was_not_tried_never_runs() {
        for seen in [Phase::Starting, Phase::Printing, Phase::Paused] {
            assert!(!may_follow(seen, Phase::NothingTried));
            assert!(!may_follow(Phase::Staged, seen));
            assert!(may_follow(Phase::Intent, seen));
        }
        assert!(may_follow(Phase::Paused, Phase::Printing));
        assert!(may_follow(Phase::Printing, Phase::Paused));
    }
}
