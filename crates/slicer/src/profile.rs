//! The settings of one slice: our own keys, our own values, hashed.

use crate::allowed::{self, Kind};
use crate::profile_error::ProfileError;
use crate::settings::settings;
use crate::{MaterialSettings, QualitySettings, scripts};
use fluxprint_domain::Sha256;
use fluxprint_domain::print_choice::{Material, Quality};
use fluxprint_domain::printer::Build;
use sha2::{Digest, Sha256 as Hasher};
use std::collections::BTreeMap;
use std::ffi::OsString;

/// Highest layer for a nozzle, as a share of its diameter: above it layers hold badly together.
const LAYER_PER_NOZZLE_MAX: f64 = 0.8;
/// The first layer is at least this high, so that it forgives an uneven bed.
const FIRST_LAYER_MM: f64 = 0.2;
/// Smallest and largest side of a build volume that the start and end commands are made for.
const VOLUME_MM: (f64, f64) = (50.0, 2_000.0);
/// Smallest and largest nozzle.
const NOZZLE_MM: (f64, f64) = (0.1, 1.2);

/// Everything the slicer is told beside the mesh. How many copies are wanted is not part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    options: BTreeMap<&'static str, String>,
    density_g_cm3: f64,
    nozzle_c: f64,
    bed_c: f64,
    nozzle_mm: f64,
}

impl Profile {
    /// Puts together the settings for one material and quality on one kind of printer.
    ///
    /// # Errors
    /// The printer cannot do it, or (never with the built-in files, as tests show) our own
    /// settings are broken.
    pub fn compose(
        build: &Build,
        material: Material,
        quality: Quality,
        infill_pct: u8,
        supports: bool,
    ) -> Result<Self, ProfileError> {
        let all = settings().map_err(ProfileError::Broken)?;
        let missing = || ProfileError::Broken("a material or quality is missing");
        let material = all.materials.get(&material).ok_or_else(missing)?;
        let quality = all.qualities.get(&quality).ok_or_else(missing)?;
        possible(build, material, quality, infill_pct)?;

        let mut profile = Self {
            options: BTreeMap::new(),
            density_g_cm3: material.density_g_cm3,
            nozzle_c: material.nozzle_c,
            bed_c: material.bed_c,
            nozzle_mm: build.nozzle_mm,
        };
        for (key, value) in &all.machine.options {
            profile.set(key, value.clone())?;
        }
        let factor = material.speed_factor * quality.speed_factor;
        for (key, mm_s) in &all.machine.speeds {
            profile.set(key, number(mm_s * factor))?;
        }
        profile.set_machine(build)?;
        profile.set_material(build, material)?;
        profile.set_quality(build, quality, infill_pct, supports)?;
        for (key, kind) in allowed::ALLOWED {
            match kind {
                Kind::Empty => profile.set(key, String::new())?,
                Kind::EmptyText => profile.set(key, allowed::EMPTY_TEXT.to_owned())?,
                _ => {}
            }
        }
        Ok(profile)
    }

    /// Names these settings: the same for the same keys and values.
    #[must_use]
    pub fn hash(&self) -> Sha256 {
        let mut hasher = Hasher::new();
        for (key, value) in &self.options {
            hasher.update(key.as_bytes());
            hasher.update([0]);
            hasher.update(value.as_bytes());
            hasher.update([0]);
        }
        Sha256(hasher.finalize().into())
    }

    /// The settings in PrusaSlicer's spelling, ordered by key.
    pub fn options(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.options
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
    }

    /// Density of the filament, for turning length into grams.
    #[must_use]
    pub fn density_g_cm3(&self) -> f64 {
        self.density_g_cm3
    }

    /// Nozzle temperature of the whole print.
    #[must_use]
    pub fn nozzle_c(&self) -> f64 {
        self.nozzle_c
    }

    /// Bed temperature of the whole print.
    #[must_use]
    pub fn bed_c(&self) -> f64 {
        self.bed_c
    }

    /// Nozzle diameter the G-code is made for.
    #[must_use]
    pub fn nozzle_mm(&self) -> f64 {
        self.nozzle_mm
    }

    /// The command line for these settings.
    ///
    /// Flags stand as `--key=0`; everything else takes two words, because PrusaSlicer reads
    /// `--key=` with nothing behind it as "the value is the next word", whatever that is.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        let mut words = Vec::with_capacity(self.options.len() * 2);
        for (key, value) in &self.options {
            let key = key.replace('_', "-");
            if allowed::find(&key.replace('-', "_")).is_some_and(|(_, kind)| kind == Kind::Flag) {
                words.push(format!("--{key}={value}").into());
            } else {
                words.push(format!("--{key}").into());
                words.push(value.into());
            }
        }
        words
    }

    fn set(&mut self, key: &str, value: String) -> Result<(), ProfileError> {
        match allowed::find(key) {
            Some((key, kind)) if kind.admits(&value) => {
                self.options.insert(key, value);
                Ok(())
            }
            _ => Err(ProfileError::Setting {
                key: key.to_owned(),
                value,
            }),
        }
    }

    fn set_machine(&mut self, build: &Build) -> Result<(), ProfileError> {
        let (x, y) = (number(build.volume.x_mm), number(build.volume.y_mm));
        self.set("bed_shape", format!("0x0,{x}x0,{x}x{y},0x{y}"))?;
        self.set("max_print_height", number(build.volume.z_mm))?;
        self.set("nozzle_diameter", number(build.nozzle_mm))?;
        self.set("end_gcode", scripts::end(build))
    }

    fn set_material(&mut self, build: &Build, m: &MaterialSettings) -> Result<(), ProfileError> {
        self.set("filament_type", m.slicer_name.clone())?;
        self.set("filament_density", number(m.density_g_cm3))?;
        self.set("filament_max_volumetric_speed", number(m.flow_mm3_s_max))?;
        for key in ["temperature", "first_layer_temperature"] {
            self.set(key, format!("{:.0}", m.nozzle_c))?;
        }
        for key in ["bed_temperature", "first_layer_bed_temperature"] {
            self.set(key, format!("{:.0}", m.bed_c))?;
        }
        self.set("min_fan_speed", number(m.fan_min_pct))?;
        self.set("max_fan_speed", number(m.fan_max_pct))?;
        self.set("bridge_fan_speed", number(m.fan_bridge_pct))?;
        self.set("fan_always_on", flag(m.fan_min_pct > 0.0))?;
        self.set("disable_fan_first_layers", m.fan_off_layers.to_string())?;
        self.set("brim_width", number(m.brim_mm))?;
        self.set("start_gcode", scripts::start(build, m.nozzle_c, m.bed_c))
    }

    fn set_quality(
        &mut self,
        build: &Build,
        quality: &QualitySettings,
        infill_pct: u8,
        supports: bool,
    ) -> Result<(), ProfileError> {
        let first_mm = quality
            .layer_mm
            .max(FIRST_LAYER_MM)
            .min(build.nozzle_mm * LAYER_PER_NOZZLE_MAX);
        self.set("layer_height", number(quality.layer_mm))?;
        self.set("first_layer_height", number(first_mm))?;
        self.set("fill_density", format!("{infill_pct}%"))?;
        // The grid cannot be laid solid.
        let pattern = if infill_pct == 100 {
            "rectilinear"
        } else {
            "grid"
        };
        self.set("fill_pattern", pattern.to_owned())?;
        self.set("support_material", flag(supports))
    }
}

/// What must hold before any setting is made.
fn possible(
    build: &Build,
    material: &MaterialSettings,
    quality: &QualitySettings,
    infill_pct: u8,
) -> Result<(), ProfileError> {
    let sides = [
        ("width", build.volume.x_mm, VOLUME_MM),
        ("depth", build.volume.y_mm, VOLUME_MM),
        ("height", build.volume.z_mm, VOLUME_MM),
        ("nozzle", build.nozzle_mm, NOZZLE_MM),
    ];
    for (what, value_mm, (least, most)) in sides {
        if !(least..=most).contains(&value_mm) {
            return Err(ProfileError::BuildOutOfRange { what, value_mm });
        }
    }
    let heaters = [
        ("nozzle", material.nozzle_c, build.nozzle_c_max),
        ("bed", material.bed_c, build.bed_c_max),
    ];
    for (part, needs_c, max_c) in heaters {
        // Not `needs > max`: a limit that is no number at all must refuse too.
        if !max_c.is_finite() || needs_c > max_c {
            return Err(ProfileError::TooHot {
                part,
                needs_c,
                max_c,
            });
        }
    }
    if quality.layer_mm > build.nozzle_mm * LAYER_PER_NOZZLE_MAX {
        return Err(ProfileError::LayerTooThick {
            layer_mm: quality.layer_mm,
            nozzle_mm: build.nozzle_mm,
        });
    }
    if infill_pct > 100 {
        return Err(ProfileError::InfillOutOfRange(infill_pct));
    }
    Ok(())
}

/// Plain digits, at most four decimals.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn flag(on: bool) -> String {
    if on { "1" } else { "0" }.to_owned()
}

#[cfg(test)]
#[path = "profile_tests.rs"]
mod tests;
