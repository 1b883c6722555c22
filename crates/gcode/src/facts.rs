//! What a file says about itself and what it does.

use serde::Serialize;

/// The box that extruding moves stay in, purge lines included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Extents {
    /// Lowest x, y and z.
    pub min_mm: [f64; 3],
    /// Highest x, y and z.
    pub max_mm: [f64; 3],
}

impl Extents {
    /// The box around one point.
    pub(crate) fn around(point: [f64; 3]) -> Self {
        Self {
            min_mm: point,
            max_mm: point,
        }
    }

    /// The box grown to hold another point.
    pub(crate) fn grow(&mut self, point: [f64; 3]) {
        for ((low, high), v) in self.min_mm.iter_mut().zip(&mut self.max_mm).zip(point) {
            *low = low.min(v);
            *high = high.max(v);
        }
    }
}

/// Facts of a file. The slicer's own words (time, filament, name) are as honest as the file is:
/// show them, plan with them, but decide nothing about safety by them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Facts {
    /// Printing time, from the slicer's comment.
    pub duration_s: Option<u64>,
    /// Length of filament, from the slicer's comment.
    pub filament_mm: Option<f64>,
    /// Volume of filament, from the slicer's comment.
    pub filament_cm3: Option<f64>,
    /// Weight of filament, from the slicer's comment. PrusaSlicer writes 0 without a density.
    pub filament_g: Option<f64>,
    /// Layers: marks of the slicer, else rises of z between extruding moves.
    pub layers: u64,
    /// Where filament is laid. `None` when none is.
    pub extents: Option<Extents>,
    /// Highest nozzle temperature asked for, in any tool.
    pub nozzle_c_max: f64,
    /// Highest bed temperature asked for.
    pub bed_c_max: f64,
    /// Nozzle target when the file ends, the hottest tool.
    pub final_nozzle_c: f64,
    /// Bed target when the file ends.
    pub final_bed_c: f64,
    /// Name and version of the slicer, from its comment.
    pub slicer: Option<String>,
}
