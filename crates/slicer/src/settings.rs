//! Reads the three files of `profiles/`, once.

use crate::material::MaterialSettings;
use crate::quality::QualitySettings;
use fluxprint_domain::print_choice::{Material, Quality};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Everything `profiles/` says.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) materials: BTreeMap<Material, MaterialSettings>,
    pub(crate) qualities: BTreeMap<Quality, QualitySettings>,
    pub(crate) machine: Machine,
}

/// What holds for every material and quality.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Machine {
    /// Millimetres per second at speed factor 1, by option.
    pub(crate) speeds: BTreeMap<String, f64>,
    /// Options with a fixed value.
    pub(crate) options: BTreeMap<String, String>,
}

static SETTINGS: LazyLock<Result<Settings, String>> = LazyLock::new(|| {
    parse(
        include_str!("../profiles/materials.toml"),
        include_str!("../profiles/qualities.toml"),
        include_str!("../profiles/machine.toml"),
    )
});

/// The built-in settings.
pub(crate) fn settings() -> Result<&'static Settings, &'static str> {
    SETTINGS.as_ref().map_err(String::as_str)
}

fn parse(materials: &str, qualities: &str, machine: &str) -> Result<Settings, String> {
    let materials: BTreeMap<Material, MaterialSettings> =
        toml::from_str(materials).map_err(|e| format!("materials.toml: {e}"))?;
    let qualities: BTreeMap<Quality, QualitySettings> =
        toml::from_str(qualities).map_err(|e| format!("qualities.toml: {e}"))?;
    let machine = toml::from_str(machine).map_err(|e| format!("machine.toml: {e}"))?;
    for material in Material::ALL {
        let found = materials.get(&material);
        found
            .ok_or_else(|| format!("materials.toml: no [{}]", material.word()))?
            .check()
            .map_err(|what| format!("materials.toml [{}]: {what}", material.word()))?;
    }
    for quality in Quality::ALL {
        let found = qualities.get(&quality);
        found
            .ok_or_else(|| format!("qualities.toml: no [{}]", quality.word()))?
            .check()
            .map_err(|what| format!("qualities.toml [{}]: {what}", quality.word()))?;
    }
    Ok(Settings {
        materials,
        qualities,
        machine,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MATERIALS: &str = include_str!("../profiles/materials.toml");
    const QUALITIES: &str = include_str!("../profiles/qualities.toml");
    const MACHINE: &str = include_str!("../profiles/machine.toml");

    #[test]
    fn the_files_in_the_repository_are_sound() {
        assert_eq!(settings().err(), None);
    }

    #[test]
    fn a_missing_material_a_wild_temperature_and_an_unknown_word_are_refused() {
        let without = MATERIALS.replace("[TPU]", "[PLA2]");
        assert!(parse(&without, QUALITIES, MACHINE).is_err());
        let hot = MATERIALS.replace("nozzle_c = 250", "nozzle_c = 999");
        let error = parse(&hot, QUALITIES, MACHINE).expect_err("999 °C");
        assert!(error.contains("NYLON"), "{error}");
        let odd = QUALITIES.replace("layer_mm = 0.08", "layer_mm = 0.08\nlayer_inch = 1");
        assert!(parse(MATERIALS, &odd, MACHINE).is_err());
    }
}
