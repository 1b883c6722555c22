//! Printers as they are shown.

use super::printer_job::{PrinterAct, PrinterJob};
use super::{ColourWord, MaterialWord, Moment, PrinterWord};
use crate::history::Point;
use crate::http::door::Caller;
use crate::hub::{Reach, Seen};
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{BridgeId, PrinterId};
use fluxprint_domain::limits::BED_TOKEN_S;
use fluxprint_domain::printer::{Heater, Observation, PrinterState, SeenJob};
use fluxprint_store::service::attempt::Held;
use fluxprint_store::service::printer::Printer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A printer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Printer)]
pub struct PrinterShown {
    /// Which one.
    #[schema(value_type = String, example = "prn_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f")]
    pub id: PrinterId,
    /// The bridge beside it.
    #[schema(value_type = String)]
    pub bridge: BridgeId,
    /// What people call it.
    pub name: String,
    /// Whether it is simulated: a rule may speak for its bed.
    pub is_virtual: bool,
    /// Whether its bridge is connected now. When it is not, everything else is as last seen.
    pub connected: bool,
    /// Whether the truth about it has been compared with the queue since it came back.
    pub reconciled: bool,
    /// What it was last seen doing.
    pub state: PrinterWord,
    /// Since when.
    pub state_since: Moment,
    /// The machine's own words.
    pub message: Option<String>,
    /// When it was last heard of.
    pub last_contact_at: Option<Moment>,
    /// Whether its camera can be looked through now.
    pub camera: bool,
    /// What a person said is loaded.
    pub loaded: Option<MaterialWord>,
    /// The colour of that.
    pub loaded_colour: Option<ColourWord>,
    /// What people keep it for: a job may ask for printers with some tags.
    pub tags: Vec<String>,
    /// How it is built.
    pub build: BuildShown,
    /// The bed.
    pub bed: BedShown,
    /// The newest temperatures; absent until the first was seen.
    pub heaters: Option<HeatersShown>,
    /// How far the print has got that runs on it.
    pub progress: Option<ProgressShown>,
    /// What is staged or printed on it.
    pub job: Option<PrinterJob>,
    /// What the caller's role allows at it. An event about a printer leaves it out: it stays as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, value_type = Vec<PrinterAct>)]
    pub allowed: Option<Vec<PrinterAct>>,
}

/// How a printer is built.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Build)]
pub struct BuildShown {
    /// Width of the build volume.
    pub x_mm: f64,
    /// Its depth.
    pub y_mm: f64,
    /// Its height.
    pub z_mm: f64,
    /// Diameter of the nozzle.
    pub nozzle_mm: f64,
    /// Hottest nozzle anybody may ask for.
    pub nozzle_c_max: f64,
    /// Hottest bed anybody may ask for.
    pub bed_c_max: f64,
}

/// A bed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Bed)]
pub struct BedShown {
    /// Whether a print may start on it.
    pub clear: bool,
    /// Until when somebody's word for it holds.
    pub until: Option<Moment>,
    /// Whether somebody could say now that it is clear: nothing moves there, and it was heard of in
    /// the last five minutes.
    pub can_be_cleared: bool,
}

/// How far a print has got, in the printer's own words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Progress)]
pub struct ProgressShown {
    /// Per cent of the file.
    pub completion_pct: Option<f64>,
    /// Printed so far.
    pub print_time_s: Option<u64>,
    /// Left, as the printer guesses.
    pub time_left_s: Option<u64>,
}

/// Temperatures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Heaters)]
pub struct HeatersShown {
    /// When they were seen.
    pub at: Moment,
    /// The nozzle.
    pub nozzle: Option<HeaterShown>,
    /// The bed.
    pub bed: Option<HeaterShown>,
}

/// One temperature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Heater)]
pub struct HeaterShown {
    /// Measured.
    pub actual_c: f64,
    /// Wanted; 0 is off.
    pub target_c: f64,
}

/// Who says that a bed is clear.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BedClearance {
    /// The named rule that says so; allowed only for virtual printers. Without it a person says so.
    pub rule: Option<String>,
}

/// What is loaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadedSaid {
    /// The filament; null when nothing is loaded or nobody knows.
    #[schema(required = true)]
    pub material: Option<MaterialWord>,
    /// Its colour; null when nobody knows.
    pub colour: Option<ColourWord>,
}

/// What a printer is kept for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagsSaid {
    /// At most 10 words of letters, digits, `-`, `_` and `.`; capitals make no difference.
    pub tags: Vec<String>,
}

impl PrinterShown {
    /// A printer and what holds it, as they are known at `now`, for whoever may see everything.
    #[must_use]
    pub fn new(
        printer: Printer,
        held: Option<Held>,
        reach: Option<Reach>,
        seen: Option<Seen>,
        now: Timestamp,
    ) -> Self {
        let clear = printer.bed_is_clear(now);
        let ours = held
            .as_ref()
            .is_some_and(|held| held.state.may_have_started());
        let can_be_cleared = !ours && !moves(printer.state) && !printer.is_out_of_sight(now);
        let until = printer
            .bed
            .filter(|_| clear)
            .map(|word| Moment(word.given_at.plus_s(BED_TOKEN_S)));
        let build = &printer.build;
        Self {
            id: printer.id,
            bridge: printer.bridge,
            name: printer.name,
            is_virtual: printer.is_virtual,
            connected: reach.is_some(),
            reconciled: reach.is_some_and(|reach| reach.reconciled),
            state: PrinterWord(printer.state),
            state_since: Moment(printer.state_at),
            message: printer.message,
            last_contact_at: printer.last_contact_at.map(Moment),
            camera: false,
            loaded: printer.loaded.map(|loaded| MaterialWord(loaded.material)),
            loaded_colour: printer.loaded.and_then(|it| it.colour).map(ColourWord),
            tags: printer.tags.words().map(str::to_owned).collect(),
            build: BuildShown {
                x_mm: build.volume.x_mm,
                y_mm: build.volume.y_mm,
                z_mm: build.volume.z_mm,
                nozzle_mm: build.nozzle_mm,
                nozzle_c_max: build.nozzle_c_max,
                bed_c_max: build.bed_c_max,
            },
            bed: BedShown {
                clear,
                until,
                can_be_cleared,
            },
            progress: seen.as_ref().and_then(|seen| progress(&seen.observation)),
            heaters: seen.map(|seen| heaters(&seen.observation, seen.at)),
            job: held.map(PrinterJob::from),
            allowed: None,
        }
    }

    /// The same with a camera, or without.
    #[must_use]
    pub fn with_camera(mut self, camera: bool) -> Self {
        self.camera = camera;
        self
    }

    /// The same as this caller may see it, with what the caller may do.
    #[must_use]
    pub fn for_caller(mut self, caller: &Caller) -> Self {
        self.job = self.job.map(|job| job.for_caller(caller));
        self.allowed = Some(PrinterAct::allowed(caller));
        self
    }
}

/// Whether the machine is at work on something.
fn moves(state: PrinterState) -> bool {
    matches!(state, PrinterState::Busy | PrinterState::Paused)
}

/// How far what runs has got. Only while something runs: what a finished file says of itself is no
/// progress.
#[must_use]
pub fn progress(seen: &Observation) -> Option<ProgressShown> {
    let job = seen.job.clone().filter(|_| moves(seen.state))?;
    Some(job.into())
}

impl From<SeenJob> for ProgressShown {
    fn from(seen: SeenJob) -> Self {
        Self {
            completion_pct: seen.completion_pct,
            print_time_s: seen.print_time_s,
            time_left_s: seen.time_left_s,
        }
    }
}

/// Its temperatures, seen at `at`.
#[must_use]
pub fn heaters(seen: &Observation, at: Timestamp) -> HeatersShown {
    HeatersShown {
        at: Moment(at),
        nozzle: seen.heaters.nozzle.map(heater),
        bed: seen.heaters.bed.map(heater),
    }
}

/// The course of a printer's temperatures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Temperatures)]
pub struct TemperaturesShown {
    /// Oldest first.
    pub points: Vec<HeatersShown>,
}

/// The course in the words of the API.
#[must_use]
pub fn temperatures(course: Vec<Point>) -> TemperaturesShown {
    let points = course.into_iter().map(|point| HeatersShown {
        at: Moment(point.at),
        nozzle: point.heaters.nozzle.map(heater),
        bed: point.heaters.bed.map(heater),
    });
    TemperaturesShown {
        points: points.collect(),
    }
}

fn heater(seen: Heater) -> HeaterShown {
    HeaterShown {
        actual_c: seen.actual_c,
        target_c: seen.target_c,
    }
}
