//! One running virtual OctoPrint: machine, files, knobs and sessions behind one lock.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fluxprint_domain::{Clock, Monotonic};
use serde::Serialize;
use tokio::sync::broadcast;

use super::event::Event;
use super::knobs::{Knobs, Lie, NextStart};
use super::machine::{Effect, Machine, Progress};
use super::stored_files::StoredFiles;
use super::{Config, limits};

/// A start as the virtual OctoPrint itself counted it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Start {
    /// Path of the started file.
    pub path: String,
    /// When, microseconds since 1970.
    pub at_micros: i64,
    /// How it ended: `None` while it runs.
    pub success: Option<bool>,
    /// Highest nozzle position so far, millimetres.
    pub max_z_mm: f64,
    /// Highest nozzle position at which filament came out, millimetres.
    pub max_print_z_mm: f64,
}

pub(super) struct Instance {
    pub clock: Arc<dyn Clock>,
    pub api_key: String,
    inside: Mutex<Inside>,
    events: broadcast::Sender<Event>,
}

/// Everything that changes.
pub(super) struct Inside {
    pub machine: Machine,
    pub files: StoredFiles,
    pub knobs: Knobs,
    pub sessions: BTreeSet<String>,
    pub starts: Vec<Start>,
    /// The progress at the last cancel, for the lie that keeps it.
    pub kept_progress: Progress,
    configured_speed: f64,
    last_tick: Monotonic,
    machine_us: u64,
}

impl Instance {
    pub fn open(config: Config) -> io::Result<Self> {
        let mut machine = Machine::new(config.heat_c_per_s);
        machine.connect();
        let inside = Inside {
            machine,
            files: StoredFiles::open(&config.dir)?,
            knobs: config.knobs,
            sessions: BTreeSet::new(),
            starts: Vec::new(),
            kept_progress: Progress::default(),
            configured_speed: config.speed,
            last_tick: config.clock.monotonic(),
            machine_us: 0,
        };
        let (events, _) = broadcast::channel(limits::EVENTS_BEHIND_MAX);
        let (clock, api_key) = (config.clock, config.api_key);
        Ok(Self {
            clock,
            api_key,
            inside: Mutex::new(inside),
            events,
        })
    }

    /// Lets time pass until now, then does `work`, then passes on what happened.
    pub fn with<T>(&self, work: impl FnOnce(&mut Inside) -> T) -> T {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.tick(self.clock.monotonic());
        self.pass_on(&mut inside);
        let result = work(&mut inside);
        self.pass_on(&mut inside);
        result
    }

    /// Puts an event on every push socket.
    pub fn announce(&self, event: Event) {
        // Nobody listening is fine: OctoPrint announces all the same.
        let _ = self.events.send(event);
    }

    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// The wall clock as OctoPrint writes it: seconds since 1970 with a fraction.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a wall clock in microseconds is below 2^53"
    )]
    pub fn now_s(&self) -> f64 {
        self.clock.now().0 as f64 / 1e6
    }

    fn pass_on(&self, inside: &mut MutexGuard<'_, Inside>) {
        for effect in inside.machine.take_effects() {
            match effect {
                Effect::Announce(event) => {
                    let swallowed =
                        inside.lies(Lie::NoCancelEvent) && event.kind == "PrintCancelled";
                    if !swallowed {
                        self.announce(event);
                    }
                }
                Effect::Started(file) => inside.starts.push(Start {
                    path: file.path,
                    at_micros: self.clock.now().0,
                    success: None,
                    max_z_mm: 0.0,
                    max_print_z_mm: 0.0,
                }),
                Effect::Ended(ending) => {
                    if let Err(error) = inside.files.count(&ending, self.now_s()) {
                        tracing::warn!(%error, "the print counters could not be saved");
                    }
                    if let Some(start) = inside.starts.last_mut() {
                        start.success = Some(ending.success);
                        start.max_z_mm = ending.max_z_mm;
                        start.max_print_z_mm = ending.max_print_z_mm;
                    }
                }
            }
        }
    }
}

impl Inside {
    /// Whether a wrong answer was planted.
    pub fn lies(&self, lie: Lie) -> bool {
        self.knobs.lies.contains(&lie)
    }

    /// The knob for this start, used up by asking.
    pub fn take_next_start(&mut self) -> Option<NextStart> {
        self.knobs.next_start.take()
    }

    /// The starts so far, the running one with its height until now.
    pub fn starts_so_far(&self) -> Vec<Start> {
        let mut starts = self.starts.clone();
        let running = starts.last_mut().filter(|start| start.success.is_none());
        if let Some((start, (max_z_mm, max_print_z_mm))) = running.zip(self.machine.heights_mm()) {
            (start.max_z_mm, start.max_print_z_mm) = (max_z_mm, max_print_z_mm);
        }
        starts
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "saturating casts of a positive duration"
    )]
    fn tick(&mut self, now: Monotonic) {
        let elapsed_us = now.0.saturating_sub(self.last_tick.0);
        let speed = self.knobs.speed.unwrap_or(self.configured_speed).max(0.0);
        self.machine_us += (elapsed_us as f64 * speed) as u64;
        self.last_tick = now;
        self.machine.frozen = self.knobs.frozen;
        self.machine.advance(self.machine_us);
    }
}
