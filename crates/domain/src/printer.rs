//! What a machine is observed to do. Nobody decides a printer's state; it is only ever seen.

use crate::colour::Colour;
use crate::print_choice::Material;
use crate::units::SizeMm;
use serde::{Deserialize, Serialize};

/// The state of a machine as last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrinterState {
    /// The printer's own program does not answer, or has no connection to the machine.
    Offline,
    /// Nothing has been seen yet in this session, or what was seen makes no sense.
    Unknown,
    /// Connected and doing nothing. Says nothing about the bed.
    Ready,
    /// Printing, starting, finishing, cancelling or otherwise moving.
    Busy,
    /// A print is paused.
    Paused,
    /// The machine reports an error; a person has to look.
    Error,
}

impl PrinterState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Offline,
        Self::Unknown,
        Self::Ready,
        Self::Busy,
        Self::Paused,
        Self::Error,
    ];

    /// The word the databases and the API use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Unknown => "unknown",
            Self::Ready => "ready",
            Self::Busy => "busy",
            Self::Paused => "paused",
            Self::Error => "error",
        }
    }

    /// The state that [`Self::word`] names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// One heater: what it measures and what it was told to reach, in degrees Celsius.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heater {
    /// Measured.
    pub actual_c: f64,
    /// Wanted; 0 is off.
    pub target_c: f64,
}

/// The heaters of a machine with one extruder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heaters {
    /// The nozzle.
    pub nozzle: Option<Heater>,
    /// The bed.
    pub bed: Option<Heater>,
}

impl Heaters {
    /// Whether any heater is told to be warm.
    #[must_use]
    pub fn any_target_on(&self) -> bool {
        [self.nozzle, self.bed]
            .into_iter()
            .flatten()
            .any(|h| h.target_c > 0.0)
    }
}

/// The file a machine holds selected and how far it has got, as its own program tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenJob {
    /// Path of the selected file inside the printer's program.
    pub path: String,
    /// Size of that file as the printer's program tells it.
    pub size_bytes: Option<u64>,
    /// Per cent of the file's bytes, 0 to 100. `None` once a print was cancelled or lost.
    pub completion_pct: Option<f64>,
    /// Seconds printed so far.
    pub print_time_s: Option<u64>,
    /// Seconds left, in the printer program's own opinion.
    pub time_left_s: Option<u64>,
}

/// What a machine is doing in more words than [`PrinterState`]: needed to tell starts from ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Nothing.
    Idle,
    /// A print is being started.
    Starting,
    /// Printing.
    Printing,
    /// On the way to paused.
    Pausing,
    /// Paused.
    Paused,
    /// On the way back from paused.
    Resuming,
    /// On the way to cancelled.
    Cancelling,
    /// The last commands of a print are being worked off.
    Finishing,
    /// Something is being printed that is not a file of ours to watch (for example from SD card).
    Other,
}

/// One look at a machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// What it is doing, in the service's words.
    pub state: PrinterState,
    /// The same, in more detail.
    pub activity: Activity,
    /// Selected file and progress, if any file is selected.
    pub job: Option<SeenJob>,
    /// Heaters, when the machine is connected.
    pub heaters: Heaters,
    /// The machine's own words on an error, or why it cannot be reached and what to do; shown as
    /// text only and cut to [`crate::limits::PRINTER_MESSAGE_CHARS_MAX`].
    pub message: Option<String>,
}

/// What is fixed about a machine: how large it is and what it may do. Registered, not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// Usable volume.
    pub volume: SizeMm,
    /// Nozzle diameter.
    pub nozzle_mm: f64,
    /// Highest nozzle temperature anybody may ask for.
    pub nozzle_c_max: f64,
    /// Highest bed temperature anybody may ask for.
    pub bed_c_max: f64,
}

impl Build {
    /// A common desktop machine: what the print dialog assumes until a printer says otherwise.
    pub const DESKTOP: Self = Self {
        volume: SizeMm {
            x_mm: 220.0,
            y_mm: 220.0,
            z_mm: 250.0,
        },
        nozzle_mm: 0.4,
        nozzle_c_max: 275.0,
        bed_c_max: 110.0,
    };
}

/// What a person says is in the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loaded {
    /// The filament.
    pub material: Material,
    /// Its colour; `None` when nobody has said.
    #[serde(default)]
    pub colour: Option<Colour>,
}
