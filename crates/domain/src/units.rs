//! Measures that must not be swapped: sizes of beds and parts.

use serde::{Deserialize, Serialize};

/// Width (x), depth (y) and height (z) in millimetres, of a part or of a printer's build volume.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeMm {
    /// Along x.
    pub x_mm: f64,
    /// Along y.
    pub y_mm: f64,
    /// Along z.
    pub z_mm: f64,
}

impl SizeMm {
    /// Whether a part of this size lies inside `volume` as it stands (not turned).
    #[must_use]
    pub fn fits_in(self, volume: Self) -> bool {
        self.x_mm <= volume.x_mm && self.y_mm <= volume.y_mm && self.z_mm <= volume.z_mm
    }
}
