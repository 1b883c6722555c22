//! The printer and OctoPrint's talk with it, as a pure state machine on injected time.
//!
//! ```text
//! Offline ─connect► OpenSerial ► Connecting ► Operational ─start► Starting ► Printing ► Finishing ► Operational
//!                                                  ▲                    pause │  ▲ resume
//!                                                  └── Cancelling ◄─cancel── Pausing ► Paused ► Resuming
//! any of them ─fatal error, lost port, M112► Offline after error
//! ```
//!
//! Time is *machine time* in microseconds; [`Machine::advance`] plays everything that is due. The
//! caller decides how fast machine time runs. What happened is collected as [`Effect`]s.

mod commands;
mod debug;
mod endings;
mod gcode_line;
mod head;
mod heaters;
mod obey;
mod program;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::{Value, json};

use self::program::{Busy, Program};
pub use self::{
    commands::Asker,
    head::Head,
    heaters::{Heater, Heaters, Temperature, micros, seconds},
    state::State,
};
use super::event::Event;

/// Opening the port and greeting the printer take this long each.
const CONNECT_STEP_US: u64 = 25_000;
/// From the request to the first line.
const START_US: u64 = 5_000;
/// OctoPrint's `Pausing` lasts about a second, or until the running command is done.
const PAUSE_US: u64 = 1_000_000;
/// `Cancelling` and `Finishing` last a moment, or until the running command is done.
const SETTLE_US: u64 = 60_000;
/// What one line costs OctoPrint (measured: about 2,650 lines per second).
const LINE_US: u64 = 300;
/// Six time-outs of 30 s, then OctoPrint gives up a silent printer.
const SILENCE_US: u64 = 180_000_000;

/// A file as the machine knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintFile {
    /// Path in the uploads folder.
    pub path: String,
    /// Length of the stored file.
    pub size_bytes: u64,
    /// Modification time, whole seconds since 1970.
    pub date_s: i64,
    /// `(average, last)` print time in seconds, once it was printed to its end.
    pub print_times_s: Option<(f64, f64)>,
}

impl PrintFile {
    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// What the caller has to pass on.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// For the push socket.
    Announce(Event),
    /// A print was started; the outside world counts these.
    Started(PrintFile),
    /// A print is over.
    Ended(Ending),
}

/// How a print ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// Path of the file.
    pub path: String,
    /// Whether it came to its last line.
    pub success: bool,
    /// Time printed, machine seconds.
    pub print_time_s: f64,
    /// Highest nozzle position, millimetres.
    pub max_z_mm: f64,
    /// Highest nozzle position at which filament came out, millimetres.
    pub max_print_z_mm: f64,
}

/// `progress` of `/api/job`; every field is null when there is nothing to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Percent of the file that was read.
    pub completion: Option<f64>,
    /// The same in bytes.
    pub filepos: Option<usize>,
    /// Whole seconds.
    pub print_time_s: Option<u64>,
    /// Whole seconds, guessed from the bytes.
    pub print_time_left_s: Option<u64>,
}

/// What happens by itself after some time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Due {
    Connecting,
    Operational,
    Printing,
    Paused(Asker),
    Cancelled,
    Done,
    Silence,
}

/// The virtual printer behind OctoPrint.
#[derive(Debug)]
pub struct Machine {
    now_us: u64,
    state: State,
    error: String,
    report: Option<Value>,
    /// The heaters.
    pub heaters: Heaters,
    head: Head,
    selected: Option<PrintFile>,
    ever_selected: bool,
    program: Option<Program>,
    finished: Option<Progress>,
    due: Option<(u64, Due)>,
    /// While set, nothing moves although the state says `Printing`.
    pub frozen: bool,
    silent: bool,
    effects: Vec<Effect>,
}

impl Machine {
    /// A machine that is switched on and not connected; heaters change by `heat_c_per_s`.
    #[must_use]
    pub fn new(heat_c_per_s: f64) -> Self {
        Self {
            now_us: 0,
            state: State::Offline,
            error: String::new(),
            report: None,
            heaters: Heaters::new(heat_c_per_s),
            head: Head::default(),
            selected: None,
            ever_selected: false,
            program: None,
            finished: None,
            due: None,
            frozen: false,
            silent: false,
            effects: Vec::new(),
        }
    }

    /// Plays everything that is due until `now_us`. Time never runs backwards.
    pub fn advance(&mut self, now_us: u64) {
        while let Some(at) = self.next_moment_us().filter(|at| *at <= now_us) {
            self.pass_until(at);
            self.step();
        }
        self.pass_until(now_us);
    }

    /// What happened since this was last asked, oldest first.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// The error text of `Offline after error`, else empty.
    #[must_use]
    pub fn error(&self) -> &str {
        &self.error
    }

    /// The body of `GET /api/printer/error`.
    #[must_use]
    pub fn error_report(&self) -> Value {
        self.report
            .clone()
            .unwrap_or_else(|| json!({"error": "", "reason": ""}))
    }

    /// The selected file.
    #[must_use]
    pub fn selected(&self) -> Option<&PrintFile> {
        self.selected.as_ref()
    }

    /// Whether any file was ever selected since the server started (the job's shape depends on it).
    #[must_use]
    pub fn ever_selected(&self) -> bool {
        self.ever_selected
    }

    /// Height of the nozzle, once a print has moved it.
    #[must_use]
    pub fn current_z(&self) -> Option<f64> {
        self.program
            .as_ref()
            .and_then(|program| program.announced_z)
    }

    /// Highest positions of the print under way: any move, and with filament.
    #[must_use]
    pub fn heights_mm(&self) -> Option<(f64, f64)> {
        self.program
            .as_ref()
            .map(|program| (program.max_z_mm, program.max_print_z_mm))
    }

    /// Where the head is.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// How far the print is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let Some(program) = self.program.as_ref() else {
            return self.finished.unwrap_or_default();
        };
        let printed_us = program.print_time_us(self.now_us);
        let fraction = program.fraction();
        let left_s = seconds(printed_us) * (1.0 - fraction) / fraction.max(1e-9);
        Progress {
            completion: Some(fraction * 100.0),
            filepos: Some(program.filepos),
            print_time_s: Some(printed_us / 1_000_000),
            print_time_left_s: (printed_us > 1_000_000).then_some(micros(left_s) / 1_000_000),
        }
    }

    fn next_moment_us(&self) -> Option<u64> {
        let due = self.due.map(|(at, _)| at);
        let line = (self.state == State::Printing && !self.frozen && !self.silent)
            .then(|| self.free_at_us())
            .flatten();
        due.into_iter().chain(line).min()
    }

    /// When the running command will be done.
    fn free_at_us(&self) -> Option<u64> {
        let program = self.program.as_ref()?;
        Some(match program.busy {
            Busy::Until(at) => at.max(self.now_us),
            Busy::Heating(heater) => self.now_us + self.heaters.until_hot_us(heater),
        })
    }

    fn pass_until(&mut self, at: u64) {
        if at > self.now_us {
            self.heaters.pass(at - self.now_us);
            self.now_us = at;
        }
    }

    fn step(&mut self) {
        match self.due {
            Some((at, due)) if at <= self.now_us => {
                self.due = None;
                self.reach(due);
            }
            _ => self.print_a_line(),
        }
    }

    fn reach(&mut self, due: Due) {
        match due {
            Due::Connecting => {
                self.enter(State::Connecting);
                self.after(CONNECT_STEP_US, Due::Operational);
            }
            Due::Operational => self.greet(),
            Due::Printing => self.enter(State::Printing),
            Due::Paused(asker) => self.stand_still(asker),
            Due::Cancelled => self.enter(State::Operational),
            Due::Done => self.settle_after_success(),
            Due::Silence => self.give_up_the_silent_printer(),
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        let (state_id, state_string) = state.announced();
        let payload = json!({"state_id": state_id, "state_string": state_string});
        self.announce(Event::new("PrinterStateChanged", payload));
    }

    fn announce(&mut self, event: Event) {
        self.effects.push(Effect::Announce(event));
    }

    fn mark_chart(&mut self, kind: &str, label: &str) {
        self.announce(Event::new(
            "ChartMarked",
            json!({"type": kind, "label": label}),
        ));
    }

    fn after(&mut self, delay_us: u64, due: Due) {
        self.due = Some((self.now_us + delay_us, due));
    }

    /// Like [`Machine::after`], but not before the running command is done.
    fn after_draining(&mut self, delay_us: u64, due: Due) {
        let drained = self.free_at_us().unwrap_or(self.now_us);
        self.due = Some((drained.max(self.now_us + delay_us), due));
    }

    fn begin_program(&mut self, bytes: Arc<[u8]>) {
        self.program = Some(Program::new(bytes, self.now_us));
        (self.finished, self.silent) = (None, false);
    }
}
