//! The vocabulary of protocol version 1.

use fluxprint_domain::alert::Alarm;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::control::Control;
use fluxprint_domain::id::{AttemptId, BedTokenId, BridgeId, PrinterId, SessionId};
use fluxprint_domain::printer::{Build, Observation};
use fluxprint_domain::{DeviceKey, Nonce, Sha256, Signature, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The service's first message: prove that you hold your device key (B-02).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// Chance of this session, to be signed ([`crate::proof::session`]).
    pub nonce: Nonce,
}

/// The bridge's first message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// Protocol versions the bridge speaks.
    pub versions: Vec<u16>,
    /// Version of the bridge program, for the people who look after it.
    pub bridge_version: String,
    /// Drawn by chance when the bridge program began: another number means that it was restarted,
    /// and that an undelivered start is not to be made again by itself.
    pub run: u64,
    /// The public half of its device key.
    pub key: DeviceKey,
    /// Its signature of [`crate::proof::session`]: a copied token alone opens nothing.
    pub proof: Signature,
    /// The printers in its local configuration.
    pub printers: Vec<LocalPrinter>,
}

/// A printer as the bridge's local configuration names it. Its address and key stay there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalPrinter {
    /// Name in the local configuration; unique in this bridge and stable over restarts.
    pub name: String,
    /// Whether it is a simulation: its serial port is the virtual one.
    pub is_virtual: bool,
    /// Its size and local limits.
    pub build: Build,
}

/// The service's answer to a [`Hello`] it accepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Welcome {
    /// The protocol version both will speak: the highest they share.
    pub version: u16,
    /// The bridge, as the service knows it.
    pub bridge: BridgeId,
    /// This session. A start is valid only in the session it was issued for.
    pub session: SessionId,
    /// The service's clock. Deadlines are measured from it on the bridge's monotonic clock.
    pub server_time: Timestamp,
    /// The service's ids for the printers of the [`Hello`].
    pub printers: Vec<NamedPrinter>,
}

/// A local printer and the id the service gave it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPrinter {
    /// Name in the bridge's local configuration.
    pub name: String,
    /// The service's id.
    pub id: PrinterId,
}

/// The service's answer to a [`Hello`] it does not accept. The session ends after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turned {
    /// Why, in words for the bridge's log.
    pub because: Refused,
}

/// Why something was not done, in words a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Stable code.
    pub code: String,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
}

/// What is true about printers and the tries made on them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Whether this speaks of every printer and every unsettled try. The first report of a session
    /// is full; what it does not name, the bridge does not know.
    pub full: bool,
    /// The printers spoken of.
    pub printers: Vec<PrinterReport>,
}

/// What is true about one printer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterReport {
    /// Which one.
    pub printer: PrinterId,
    /// The last look at it.
    pub observation: Observation,
    /// The highest epoch this bridge has accepted for it; it refuses lower ones.
    pub epoch: Epoch,
    /// Whether its bed may have changed unseen: its program restarted or its job or print counters
    /// moved while the bridge was not looking, or it printed something that is not ours.
    pub bed_in_doubt: bool,
    /// What is wrong with it now, as the bridge itself sees it.
    pub alarms: BTreeSet<Alarm>,
    /// Tries the service has not settled yet, in a partial report only those that changed.
    pub attempts: Vec<AttemptReport>,
}

/// How far one try has got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptReport {
    /// Which one.
    pub attempt: AttemptId,
    /// What the journal and the printer prove.
    pub phase: Phase,
    /// Why, when the phase is a refusal, a failure or doubt.
    pub because: Option<Refused>,
}

/// One look at a printer. Kept in memory by the service, never a row by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Which one.
    pub printer: PrinterId,
    /// What was seen.
    pub observation: Observation,
}

/// The closed list of what a service may ask of a bridge (B-04).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Fetch a file and store it in the printer's program. Safe; may be said again.
    Stage(Stage),
    /// Start a staged file. Unsafe: at most once, with epoch, session and deadline.
    Start(Start),
    /// Pause this try. Safe; ignored when another file prints.
    Pause {
        /// The try meant.
        attempt: AttemptId,
    },
    /// Go on with this try. Unsafe: it moves and heats.
    Resume {
        /// The try meant.
        attempt: AttemptId,
    },
    /// Cancel this try, wherever it stands. Safe.
    Cancel {
        /// The try meant.
        attempt: AttemptId,
    },
    /// Switch a printer's heaters off. Safe.
    HeatersOff {
        /// The printer meant.
        printer: PrinterId,
    },
    /// Stop a printer at once (M112). Safe, first in line.
    EmergencyStop {
        /// The printer meant.
        printer: PrinterId,
    },
    /// Heat, move or connect. Unsafe: at most once, with session and deadline.
    ByHand(ByHand),
    /// Delete what ended tries have left in a printer's program. Safe.
    Tidy {
        /// The printer meant.
        printer: PrinterId,
    },
    /// The service has written the last phase of this try down; the bridge may forget it.
    Settled {
        /// The try meant.
        attempt: AttemptId,
    },
    /// Send a full report again.
    Refresh,
    /// Keep this token and come with it from now on. The old one is good until then (B-03).
    TakeToken {
        /// The new token.
        token: NewToken,
    },
}

/// A token on its way to its bridge. It is a secret: nobody prints it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NewToken(pub String);

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewToken(…)")
    }
}

/// What to fetch and store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The try it is for; its id makes the path in the printer's program unique.
    pub attempt: AttemptId,
    /// The printer.
    pub printer: PrinterId,
    /// The approved bytes.
    pub sha256: Sha256,
    /// Their number.
    pub size_bytes: u64,
}

/// What to start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The try.
    pub attempt: AttemptId,
    /// The printer.
    pub printer: PrinterId,
    /// Fencing token; must be higher than any the bridge has accepted for this printer.
    pub epoch: Epoch,
    /// The word about the bed that this start uses up.
    pub bed_token: BedTokenId,
    /// The approved bytes, compared again before the start.
    pub sha256: Sha256,
    /// The session it was issued for.
    pub session: SessionId,
    /// Server time after which it must be refused.
    pub not_after: Timestamp,
}

/// Something a person does to a printer by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// The printer.
    pub printer: PrinterId,
    /// What is to be done.
    pub control: Control,
    /// The session it was issued for.
    pub session: SessionId,
    /// Server time after which it must be refused.
    pub not_after: Timestamp,
}

/// What became of a command that leaves no trace in a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Number of the frame that carried the command.
    pub to: u64,
    /// What became of it.
    pub answer: SafeAnswer,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum SafeAnswer {
    /// Given to the printer; what it does is seen in reports.
    Given,
    /// Not given, and why.
    Refused(Refused),
    /// Said to the printer's program, which did not answer: nobody knows whether it was done.
    Unknown(Refused),
}
