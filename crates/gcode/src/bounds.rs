//! What the printer at hand allows.

use fluxprint_domain::printer::Build;
use fluxprint_domain::units::SizeMm;

/// The limits of one printer that a file is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Highest nozzle temperature, in degrees Celsius.
    pub nozzle_c_max: f64,
    /// Highest bed temperature, in degrees Celsius.
    pub bed_c_max: f64,
    /// Usable volume, from the origin: beds with the origin in the middle are not known yet.
    pub volume: SizeMm,
}

impl From<&Build> for Bounds {
    fn from(build: &Build) -> Self {
        Self {
            nozzle_c_max: build.nozzle_c_max,
            bed_c_max: build.bed_c_max,
            volume: build.volume,
        }
    }
}
