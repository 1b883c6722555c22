//! Where the nozzle is: modes, offsets, units, and where filament is laid.

use crate::arc;
use crate::bounds::Bounds;
use crate::facts::Extents;
use crate::limits::{BELOW_BED_MM_MAX, OUTSIDE_MM_MAX};
use crate::problem::Problem;
use crate::words::Command;

const AXES: [u8; 3] = *b"XYZ";
const MM_PER_INCH: f64 = 25.4;
/// A rise of z that makes a new layer.
const LAYER_RISE_MM: f64 = 0.01;

/// The machine's position as far as the file has got. Positions are the machine's own, in
/// millimetres; what G92 renames is kept apart as an offset.
///
/// Splines (G5) are followed by their end points only.
#[derive(Clone, Debug)]
pub(crate) struct Motion {
    at_mm: [f64; 3],
    offset_mm: [f64; 3],
    extruder_mm: f64,
    extruder_offset_mm: f64,
    relative: bool,
    extruder_relative: bool,
    mm_per_unit: f64,
    pub(crate) extents: Option<Extents>,
    layer_z_mm: Option<f64>,
    pub(crate) rises: u64,
}

impl Motion {
    pub(crate) fn new() -> Self {
        Self {
            at_mm: [0.0; 3],
            offset_mm: [0.0; 3],
            extruder_mm: 0.0,
            extruder_offset_mm: 0.0,
            relative: false,
            extruder_relative: false,
            mm_per_unit: 1.0,
            extents: None,
            layer_z_mm: None,
            rises: 0,
        }
    }

    /// Millimetres per unit of length: 1, or 25.4 after G20.
    pub(crate) fn mm_per_unit(&self) -> f64 {
        self.mm_per_unit
    }

    /// Follows a command. Gives the problem if it lays filament outside the volume.
    pub(crate) fn follow(&mut self, command: &Command, bounds: &Bounds) -> Option<Problem> {
        match (command.letter, command.number) {
            (b'G', 0..=3 | 5) => return self.go(command, bounds),
            (b'G', 20) => self.mm_per_unit = MM_PER_INCH,
            (b'G', 21) => self.mm_per_unit = 1.0,
            (b'G', 28) => self.home(command),
            // As in Marlin, the extruder follows until M82 or M83 says otherwise.
            (b'G', 90) => (self.relative, self.extruder_relative) = (false, false),
            (b'G', 91) => (self.relative, self.extruder_relative) = (true, true),
            (b'G', 92) if command.sub == 1 => self.offset_mm = [0.0; 3],
            (b'G', 92) => self.rename(command),
            (b'M', 82) => self.extruder_relative = false,
            (b'M', 83) => self.extruder_relative = true,
            _ => {}
        }
        None
    }

    fn go(&mut self, command: &Command, bounds: &Bounds) -> Option<Problem> {
        let from = self.at_mm;
        for ((at, offset), axis) in self.at_mm.iter_mut().zip(self.offset_mm).zip(AXES) {
            if let Some(value) = command.value(axis) {
                let value = value * self.mm_per_unit;
                *at = if self.relative { *at } else { offset } + value;
            }
        }
        let mut extruded_mm = 0.0;
        if let Some(value) = command.value(b'E') {
            let value = value * self.mm_per_unit;
            extruded_mm = if self.extruder_relative {
                value
            } else {
                value + self.extruder_offset_mm - self.extruder_mm
            };
            self.extruder_mm += extruded_mm;
        }
        let is_arc = matches!(command.number, 2 | 3);
        if extruded_mm <= 0.0 || (from == self.at_mm && !is_arc) {
            return None;
        }
        let extents = self.extents.get_or_insert(Extents::around(from));
        extents.grow(from);
        extents.grow(self.at_mm);
        let ends = outside(from, bounds).or_else(|| outside(self.at_mm, bounds));
        self.count_layer();
        let bulge = is_arc.then(|| self.bulge(command, from, bounds));
        ends.or(bulge.flatten())
    }

    /// What an arc reaches between its ends.
    fn bulge(&mut self, command: &Command, from: [f64; 3], bounds: &Bounds) -> Option<Problem> {
        let ([x0, y0, _], [x1, y1, z]) = (from, self.at_mm);
        let points = arc::extremes(command, [x0, y0], [x1, y1], self.mm_per_unit);
        let mut problem = None;
        for [x, y] in points {
            self.extents
                .get_or_insert(Extents::around(from))
                .grow([x, y, z]);
            problem = problem.or_else(|| outside([x, y, z], bounds));
        }
        problem
    }

    fn count_layer(&mut self) {
        let [_, _, z] = self.at_mm;
        if self
            .layer_z_mm
            .is_none_or(|layer| z > layer + LAYER_RISE_MM)
        {
            self.layer_z_mm = Some(z);
            self.rises += 1;
        }
    }

    /// Homing forgets offsets. That home is at 0 is a guess; files position absolutely after it.
    fn home(&mut self, command: &Command) {
        let all = !AXES.iter().any(|axis| command.has(*axis));
        let axes = self.at_mm.iter_mut().zip(&mut self.offset_mm).zip(AXES);
        for ((at, offset), axis) in axes {
            if all || command.has(axis) {
                (*at, *offset) = (0.0, 0.0);
            }
        }
    }

    fn rename(&mut self, command: &Command) {
        for ((at, offset), axis) in self.at_mm.iter().zip(&mut self.offset_mm).zip(AXES) {
            if let Some(value) = command.value(axis) {
                *offset = at - value * self.mm_per_unit;
            }
        }
        if let Some(value) = command.value(b'E') {
            self.extruder_offset_mm = self.extruder_mm - value * self.mm_per_unit;
        }
    }
}

fn outside([x, y, z]: [f64; 3], bounds: &Bounds) -> Option<Problem> {
    let volume = bounds.volume;
    [
        ('x', x, -OUTSIDE_MM_MAX, volume.x_mm + OUTSIDE_MM_MAX),
        ('y', y, -OUTSIDE_MM_MAX, volume.y_mm + OUTSIDE_MM_MAX),
        ('z', z, -BELOW_BED_MM_MAX, volume.z_mm + BELOW_BED_MM_MAX),
    ]
    .into_iter()
    .find(|(_, at, low, high)| !(low..=high).contains(&at))
    .map(|(axis, at_mm, ..)| Problem::Outside { axis, at_mm })
}
