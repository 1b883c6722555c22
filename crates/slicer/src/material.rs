//! What a material needs of the machine.

use crate::settings::settings;
use fluxprint_domain::print_choice::Material;
use serde::Deserialize;

/// One table of `profiles/materials.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaterialSettings {
    /// PrusaSlicer's word for it.
    pub slicer_name: String,
    /// Nozzle temperature.
    pub nozzle_c: f64,
    /// Bed temperature.
    pub bed_c: f64,
    /// Density, which turns length of filament into grams.
    pub density_g_cm3: f64,
    /// Least part cooling.
    pub fan_min_pct: f64,
    /// Most part cooling.
    pub fan_max_pct: f64,
    /// Part cooling over gaps.
    pub fan_bridge_pct: f64,
    /// First layers without cooling.
    pub fan_off_layers: u32,
    /// Times the speeds of `profiles/machine.toml`.
    pub speed_factor: f64,
    /// The most a common hotend melts, in cubic millimetres per second.
    pub flow_mm3_s_max: f64,
    /// Width of the rim that holds the part to the bed; 0 for none.
    pub brim_mm: f64,
}

impl MaterialSettings {
    /// Whether every value is one that a printer could mean.
    pub(crate) fn check(&self) -> Result<(), String> {
        let within = [
            ("nozzle_c", self.nozzle_c, 150.0, 320.0),
            ("bed_c", self.bed_c, 0.0, 130.0),
            ("density_g_cm3", self.density_g_cm3, 0.5, 10.0),
            ("fan_min_pct", self.fan_min_pct, 0.0, self.fan_max_pct),
            ("fan_max_pct", self.fan_max_pct, 0.0, 100.0),
            ("fan_bridge_pct", self.fan_bridge_pct, 0.0, 100.0),
            ("fan_off_layers", f64::from(self.fan_off_layers), 0.0, 20.0),
            ("speed_factor", self.speed_factor, 0.1, 3.0),
            ("flow_mm3_s_max", self.flow_mm3_s_max, 0.5, 40.0),
            ("brim_mm", self.brim_mm, 0.0, 20.0),
        ];
        within
            .into_iter()
            .find(|(_, value, least, most)| !(least..=most).contains(&value))
            .map_or(Ok(()), |(name, value, least, most)| {
                Err(format!("{name} is {value}, not within {least} to {most}"))
            })
    }
}

/// The settings of `material`, or `None` if the built-in files are broken (a test says they
/// are not).
#[must_use]
pub fn material_settings(material: Material) -> Option<&'static MaterialSettings> {
    settings().ok()?.materials.get(&material)
}
