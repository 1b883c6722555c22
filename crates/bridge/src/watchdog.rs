//! The bridge's own watch over a printer: it needs no service. Pure; time is handed in.
//!
//! An alarm holds for as long as what it says is true, and is told with every report.

use fluxprint_domain::Monotonic;
use fluxprint_domain::alert::Alarm;
use fluxprint_domain::printer::{Activity, Heater, Observation, PrinterState};
use std::collections::BTreeSet;

/// This much below its target a heater still heats; on the way there nothing else has to move.
const HEATING_BELOW_C: f64 = 3.0;

/// How long the watchdog waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// A heater may be on so long without a print and without consent.
    pub heater_ms: u64,
    /// A print may stand still so long without heating. Longer than the longest dwell that a file
    /// of ours may hold, because a dwell cannot be seen.
    pub frozen_ms: u64,
    /// Between two tries to switch a heater off.
    pub off_again_ms: u64,
}

/// What is known beside the look itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// When a person asked here for warm heaters, if that still holds.
    pub preheat_at: Option<Monotonic>,
    /// Whether a pause was asked for here.
    pub pause_asked: bool,
}

/// The watch over one printer.
#[derive(Debug)]
pub struct Watchdog {
    waits: Waits,
    alarms: BTreeSet<Alarm>,
    /// Whether a print was under way when the printer was last seen.
    prints: bool,
    /// Whether the machine said that it stopped itself.
    emergency: bool,
    warm_since: Option<Monotonic>,
    off_said_at: Option<Monotonic>,
    /// How far the print had got, and since when.
    got_to: Option<(Place, Monotonic)>,
    /// The last look, while the program answers.
    last: Option<Observation>,
}

/// How far a print has got.
type Place = (String, Option<f64>);

impl Watchdog {
    /// A watch that begins now.
    #[must_use]
    pub fn new(waits: Waits) -> Self {
        Self {
            waits,
            alarms: BTreeSet::new(),
            prints: false,
            emergency: false,
            warm_since: None,
            off_said_at: None,
            got_to: None,
            last: None,
        }
    }

    /// What is wrong now.
    #[must_use]
    pub fn alarms(&self) -> &BTreeSet<Alarm> {
        &self.alarms
    }

    /// The machine said that it stopped itself for safety.
    pub fn emergency(&mut self) {
        self.emergency = true;
    }

    /// The printer's program does not answer.
    pub fn lost(&mut self) {
        (self.got_to, self.last) = (None, None);
        self.set(Alarm::OctoprintGone, self.prints);
    }

    /// Time has passed and nothing new was seen. `true`: switch the heaters off now.
    #[must_use]
    pub fn waited(&mut self, known: Known, now: Monotonic) -> bool {
        match self.last.take() {
            Some(seen) => self.saw(&seen, known, now),
            None => false,
        }
    }

    /// A look at the printer. `true`: switch its heaters off now.
    #[must_use]
    pub fn saw(&mut self, seen: &Observation, known: Known, now: Monotonic) -> bool {
        self.alarms.remove(&Alarm::OctoprintGone);
        self.without_machine(seen);
        self.paused(seen, known);
        self.progress(seen, now);
        let is_warm_for_nothing = self.heaters(seen, known, now);
        self.prints = prints(seen);
        self.last = Some(seen.clone());
        is_warm_for_nothing
    }

    fn set(&mut self, alarm: Alarm, holds: bool) {
        match holds {
            true => self.alarms.insert(alarm),
            false => self.alarms.remove(&alarm),
        };
    }

    /// A machine that is gone after an error, or in the middle of a print. Whoever lets go of an idle
    /// machine means it.
    fn without_machine(&mut self, seen: &Observation) {
        match seen.state {
            PrinterState::Error => {
                let halted = self.emergency || seen.message.as_deref().is_some_and(tells_of_a_halt);
                self.set(Alarm::PrinterHalted, halted);
                self.set(Alarm::SerialLost, !halted);
            }
            PrinterState::Offline if self.prints => self.set(Alarm::SerialLost, true),
            PrinterState::Offline | PrinterState::Unknown => {}
            PrinterState::Ready | PrinterState::Busy | PrinterState::Paused => {
                // The machine may tell of it a moment before it is seen to be gone.
                self.emergency &= !self.alarms.contains(&Alarm::PrinterHalted);
                self.set(Alarm::PrinterHalted, false);
                self.set(Alarm::SerialLost, false);
            }
        }
    }

    fn paused(&mut self, seen: &Observation, known: Known) {
        if seen.activity != Activity::Paused || known.pause_asked {
            self.set(Alarm::PausedByItself, false);
            return;
        }
        // A pause that was there before anybody watched may be anybody's.
        let before = self.last.as_ref().map(|before| before.activity);
        if before.is_some_and(|before| before != Activity::Paused) {
            self.set(Alarm::PausedByItself, true);
        }
    }

    fn progress(&mut self, seen: &Observation, now: Monotonic) {
        let job = seen.job.as_ref();
        let watched = matches!(seen.activity, Activity::Printing | Activity::Starting);
        let Some(job) = job.filter(|_| watched && !heats(seen)) else {
            self.got_to = None;
            self.set(Alarm::ProgressFrozen, false);
            return;
        };
        let place = (job.path.clone(), job.completion_pct);
        let since = match &self.got_to {
            Some((before, since)) if *before == place => *since,
            _ => now,
        };
        self.got_to = Some((place, since));
        let frozen = now.ms_since(since) >= self.waits.frozen_ms;
        self.set(Alarm::ProgressFrozen, frozen);
    }

    /// Whether heaters are on although nothing prints and nobody has asked for it lately.
    fn heaters(&mut self, seen: &Observation, known: Known, now: Monotonic) -> bool {
        let idle = seen.state == PrinterState::Ready && seen.activity == Activity::Idle;
        if !idle || !seen.heaters.any_target_on() {
            (self.warm_since, self.off_said_at) = (None, None);
            self.set(Alarm::HeaterLeftOn, false);
            return false;
        }
        let began = *self.warm_since.get_or_insert(now);
        let since = known.preheat_at.map_or(began, |asked| asked.max(began));
        if now.ms_since(since) < self.waits.heater_ms {
            return false;
        }
        self.set(Alarm::HeaterLeftOn, true);
        let due = self
            .off_said_at
            .is_none_or(|at| now.ms_since(at) >= self.waits.off_again_ms);
        if due {
            self.off_said_at = Some(now);
        }
        due
    }
}

/// What firmwares and OctoPrint say of a machine that has stopped itself; needed where only looks
/// tell of it.
fn tells_of_a_halt(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["m112", "kill()", "halted", "shutdown", "runaway"]
        .iter()
        .any(|word| message.contains(word))
}

fn prints(seen: &Observation) -> bool {
    matches!(seen.state, PrinterState::Busy | PrinterState::Paused)
}

/// Whether a heater is on its way up: then a print may stand still for long.
fn heats(seen: &Observation) -> bool {
    let below = |heater: Heater| heater.actual_c + HEATING_BELOW_C < heater.target_c;
    [seen.heaters.nozzle, seen.heaters.bed]
        .into_iter()
        .flatten()
        .any(below)
}

#[cfg(test)]
#[path = "watchdog_tests.rs"]
mod tests;
