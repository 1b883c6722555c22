//! What a quality means.

use crate::settings::settings;
use fluxprint_domain::print_choice::Quality;
use serde::Deserialize;

/// One table of `profiles/qualities.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualitySettings {
    /// Layer height.
    pub layer_mm: f64,
    /// Infill when nobody chose another.
    pub infill_pct: u8,
    /// Times the speeds of `profiles/machine.toml`.
    pub speed_factor: f64,
}

impl QualitySettings {
    /// Whether every value is one that a printer could mean.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(0.04..=0.6).contains(&self.layer_mm) {
            return Err(format!(
                "layer_mm is {}, not within 0.04 to 0.6",
                self.layer_mm
            ));
        }
        if self.infill_pct > 100 {
            return Err(format!(
                "infill_pct is {}, not within 0 to 100",
                self.infill_pct
            ));
        }
        if !(0.1..=3.0).contains(&self.speed_factor) {
            return Err(format!(
                "speed_factor is {}, not within 0.1 to 3",
                self.speed_factor
            ));
        }
        Ok(())
    }
}

/// The settings of `quality`, or `None` if the built-in files are broken (a test says they
/// are not).
#[must_use]
pub fn quality_settings(quality: Quality) -> Option<&'static QualitySettings> {
    settings().ok()?.qualities.get(&quality)
}
