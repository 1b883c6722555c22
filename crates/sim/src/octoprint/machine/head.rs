//! Where the print head is and how long a move takes.

use serde_json::{Value, json};

use super::gcode_line::GcodeLine;

/// The head's position, millimetres, and its feed rate.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    x: f64,
    y: f64,
    /// Height of the nozzle.
    pub z: f64,
    e: f64,
    feed_mm_per_min: f64,
    absolute: bool,
    absolute_e: bool,
}

/// What one move did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// How long it took, seconds at the commanded feed rate.
    pub duration_s: f64,
    /// Filament was pushed out.
    pub extruded: bool,
}

impl Default for Head {
    fn default() -> Self {
        let feed_mm_per_min = 3_000.0;
        Self {
            x: 0.0,
            y: 0.0,
            z: 0.0,
            e: 0.0,
            feed_mm_per_min,
            absolute: true,
            absolute_e: true,
        }
    }
}

impl Head {
    /// `G90`/`G91` (which move the extruder too) and `M82`/`M83`.
    pub fn set_mode(&mut self, code: &str) {
        match code {
            "G90" => (self.absolute, self.absolute_e) = (true, true),
            "G91" => (self.absolute, self.absolute_e) = (false, false),
            "M82" => self.absolute_e = true,
            "M83" => self.absolute_e = false,
            _ => {}
        }
    }

    /// `G28`: all axes without a word, else the named ones.
    pub fn home(&mut self, line: &GcodeLine) {
        let all = ['X', 'Y', 'Z']
            .iter()
            .all(|axis| line.number(*axis).is_none());
        for (axis, position) in [('X', &mut self.x), ('Y', &mut self.y), ('Z', &mut self.z)] {
            if all || line.number(axis).is_some() {
                *position = 0.0;
            }
        }
    }

    /// `G92`: what is here is called something else from now on.
    pub fn rename(&mut self, line: &GcodeLine) {
        let axes = [
            ('X', &mut self.x),
            ('Y', &mut self.y),
            ('Z', &mut self.z),
            ('E', &mut self.e),
        ];
        for (axis, position) in axes {
            if let Some(value) = line.number(axis) {
                *position = value;
            }
        }
    }

    /// `G0`/`G1`, and arcs taken as their chord.
    pub fn travel(&mut self, line: &GcodeLine) -> Moved {
        if let Some(feed) = line.number('F') {
            self.feed_mm_per_min = feed.max(1.0);
        }
        let from = *self;
        self.x = goal(self.x, line.number('X'), self.absolute);
        self.y = goal(self.y, line.number('Y'), self.absolute);
        self.z = goal(self.z, line.number('Z'), self.absolute);
        self.e = goal(self.e, line.number('E'), self.absolute_e);
        let (dx, dy, dz) = (self.x - from.x, self.y - from.y, self.z - from.z);
        let pushed_mm = self.e - from.e;
        let way_mm = (dx * dx + dy * dy + dz * dz).sqrt().max(pushed_mm.abs());
        Moved {
            duration_s: way_mm / (self.feed_mm_per_min / 60.0),
            extruded: pushed_mm > 0.0,
        }
    }

    /// The `position` of `PrintPaused` and `PositionUpdate`.
    #[must_use]
    pub fn position(&self) -> Value {
        json!({"x": self.x, "y": self.y, "z": self.z, "e": self.e, "f": self.feed_mm_per_min, "t": 0})
    }
}

fn goal(from: f64, word: Option<f64>, absolute: bool) -> f64 {
    match word {
        Some(value) if absolute => value,
        Some(value) => from + value,
        None => from,
    }
}
