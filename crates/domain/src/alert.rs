//! What somebody should know at once: the alarms of bridges and what the service itself finds.

use serde::{Deserialize, Serialize};

/// What a bridge sees wrong at a printer, without any service. It holds for as long as it is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// A heater was on without a print and without anybody's wish; the bridge switches it off.
    HeaterLeftOn,
    /// The printer's program has gone in the middle of a print.
    OctoprintGone,
    /// The program has lost its machine.
    SerialLost,
    /// The machine has stopped itself, or was stopped in an emergency.
    PrinterHalted,
    /// A print has paused and nobody asked for it here: often the filament has run out.
    PausedByItself,
    /// A print neither gets on nor heats.
    ProgressFrozen,
}

impl Alarm {
    /// Every alarm.
    pub const ALL: [Self; 6] = [
        Self::HeaterLeftOn,
        Self::OctoprintGone,
        Self::SerialLost,
        Self::PrinterHalted,
        Self::PausedByItself,
        Self::ProgressFrozen,
    ];
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlertKind {
    /// A bridge sees it.
    Alarm(Alarm),
    /// A bridge has refused a start because it knows a newer one.
    EpochRefused,
    /// A print's outcome is not known, or it needs a person for another reason.
    NeedsAttention,
    /// A bridge has not been heard of for more than five minutes.
    BridgeSilent,
    /// A bridge is there, and its printer's program has not answered for more than five minutes.
    PrinterSilent,
    /// The same bridge has connected twice, and the newer connection has taken over.
    BridgeTakenOver,
    /// The record of what was done no longer fits together.
    AuditBroken,
}

/// How soon somebody should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Today.
    Notice,
    /// Soon.
    Warning,
    /// Now: a machine may be hot or moving, or the record cannot be trusted.
    Critical,
}

impl Level {
    /// The word of the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Alarm(Alarm::HeaterLeftOn),
        Self::Alarm(Alarm::OctoprintGone),
        Self::Alarm(Alarm::SerialLost),
        Self::Alarm(Alarm::PrinterHalted),
        Self::Alarm(Alarm::PausedByItself),
        Self::Alarm(Alarm::ProgressFrozen),
        Self::EpochRefused,
        Self::NeedsAttention,
        Self::BridgeSilent,
        Self::PrinterSilent,
        Self::BridgeTakenOver,
        Self::AuditBroken,
    ];

    /// The word of the database and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Alarm(Alarm::HeaterLeftOn) => "heater_left_on",
            Self::Alarm(Alarm::OctoprintGone) => "octoprint_gone",
            Self::Alarm(Alarm::SerialLost) => "serial_lost",
            Self::Alarm(Alarm::PrinterHalted) => "printer_halted",
            Self::Alarm(Alarm::PausedByItself) => "paused_by_itself",
            Self::Alarm(Alarm::ProgressFrozen) => "progress_frozen",
            Self::EpochRefused => "epoch_refused",
            Self::NeedsAttention => "needs_attention",
            Self::BridgeSilent => "bridge_silent",
            Self::PrinterSilent => "printer_silent",
            Self::BridgeTakenOver => "bridge_taken_over",
            Self::AuditBroken => "audit_broken",
        }
    }

    /// The kind that [`Self::word`] names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it can be known that it is over. The others are over when somebody has seen them.
    #[must_use]
    pub fn ends_by_itself(self) -> bool {
        !matches!(
            self,
            Self::EpochRefused | Self::BridgeTakenOver | Self::AuditBroken
        )
    }

    /// How soon somebody should look.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::Alarm(
                Alarm::HeaterLeftOn
                | Alarm::OctoprintGone
                | Alarm::SerialLost
                | Alarm::PrinterHalted
                | Alarm::ProgressFrozen,
            )
            | Self::AuditBroken => Level::Critical,
            Self::Alarm(Alarm::PausedByItself)
            | Self::NeedsAttention
            | Self::BridgeSilent
            | Self::PrinterSilent
            | Self::BridgeTakenOver => Level::Warning,
            Self::EpochRefused => Level::Notice,
        }
    }

    /// What has happened.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Alarm(Alarm::HeaterLeftOn) => {
                "A heater was on for ten minutes without a print and without anybody's wish; the bridge switches it off."
            }
            Self::Alarm(Alarm::OctoprintGone) => {
                "OctoPrint stopped answering in the middle of a print. The printer may still be hot."
            }
            Self::Alarm(Alarm::SerialLost) => "OctoPrint has lost the connection to the printer.",
            Self::Alarm(Alarm::PrinterHalted) => {
                "The printer has stopped itself for safety, or was stopped in an emergency."
            }
            Self::Alarm(Alarm::PausedByItself) => {
                "The print has paused and nobody asked for it here. Often the filament has run out."
            }
            Self::Alarm(Alarm::ProgressFrozen) => {
                "The print neither gets on nor heats, although the printer says that it prints."
            }
            Self::EpochRefused => {
                "A bridge refused a start because it knows a newer one. Nothing was printed."
            }
            Self::NeedsAttention => "How a print ended is not known.",
            Self::BridgeSilent => "A bridge has not been heard of for more than five minutes.",
            Self::PrinterSilent => "A printer has not answered for more than five minutes.",
            Self::BridgeTakenOver => {
                "The same bridge connected a second time, and the newer connection took over."
            }
            Self::AuditBroken => "The record of what was done no longer fits together.",
        }
    }

    /// What to do.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Alarm(Alarm::HeaterLeftOn) => {
                "Look at the printer and whether it cools down. Preheat again if somebody needs it."
            }
            Self::Alarm(Alarm::OctoprintGone) => {
                "Go to the printer now; switch it off if it is hot and stands still. Then look after OctoPrint."
            }
            Self::Alarm(Alarm::SerialLost) => {
                "Look at the printer, its power and its cable, then connect it again."
            }
            Self::Alarm(Alarm::PrinterHalted) => {
                "Go to the printer and find out why. Connect it again only when it is safe."
            }
            Self::Alarm(Alarm::PausedByItself) => {
                "Go to the printer, put filament in if it is out, then let the print go on."
            }
            Self::Alarm(Alarm::ProgressFrozen) => {
                "Go to the printer. If it stands still, cancel the print; stop it at once if anything is too hot."
            }
            Self::EpochRefused => {
                "Look whether two print services or a restored backup drive the same printer."
            }
            Self::NeedsAttention => {
                "Look at the printer, then say how the print ended and whether the bed is clear."
            }
            Self::BridgeSilent => {
                "Check the computer the bridge runs on and its network. Prints that run go on meanwhile."
            }
            Self::PrinterSilent => "Check the printer, OctoPrint and the network between them.",
            Self::BridgeTakenOver => {
                "If nobody restarted or moved the bridge, its token may be in other hands: rotate it."
            }
            Self::AuditBroken => {
                "Keep the database as it is and find out who has changed it; restore nothing yet."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_from_its_word_and_every_alarm_is_a_kind() {
        for kind in AlertKind::ALL {
            assert_eq!(AlertKind::from_word(kind.word()), Some(kind));
        }
        for alarm in Alarm::ALL {
            let kind = AlertKind::Alarm(alarm);
            assert!(AlertKind::ALL.contains(&kind), "{alarm:?}");
        }
    }
}
