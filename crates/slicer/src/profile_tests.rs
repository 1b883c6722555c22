use super::*;
use std::collections::BTreeSet;

fn desktop(material: Material, quality: Quality) -> Profile {
    Profile::compose(&Build::DESKTOP, material, quality, 20, true).expect("composes")
}

#[test]
fn every_choice_sets_exactly_the_allowed_keys_with_values_of_their_kind() {
    let allowed: BTreeSet<_> = allowed::ALLOWED.iter().map(|(key, _)| *key).collect();
    assert_eq!(allowed.len(), allowed::ALLOWED.len(), "a key stands twice");
    for material in Material::ALL {
        for quality in Quality::ALL {
            let profile = desktop(material, quality);
            let set: BTreeSet<_> = profile.options().map(|(key, _)| key).collect();
            assert_eq!(set, allowed, "{material:?} {quality:?}");
            for (key, value) in profile.options() {
                let (_, kind) = allowed::find(key).expect("on the list");
                assert!(kind.admits(value), "{key} = {value:?}");
            }
        }
    }
}

#[test]
fn a_key_that_is_not_on_the_list_cannot_be_set() {
    let mut profile = desktop(Material::Pla, Quality::Standard);
    for (key, value) in [
        ("output_filename_format", "x"),
        ("post_process", "/bin/true"),
        ("start_gcode", "M112"),
        ("temperature", "999"),
    ] {
        let refused = profile.set(key, value.to_owned());
        assert!(
            matches!(refused, Err(ProfileError::Setting { .. })),
            "{key}"
        );
    }
    assert_eq!(profile, desktop(Material::Pla, Quality::Standard));
}

#[test]
fn twenty_choices_have_twenty_hashes_and_the_same_choice_the_same() {
    let hashes: BTreeSet<_> = Material::ALL
        .into_iter()
        .flat_map(|m| Quality::ALL.map(|q| desktop(m, q).hash()))
        .collect();
    assert_eq!(hashes.len(), 20);
    let again = desktop(Material::Pla, Quality::Draft);
    assert!(hashes.contains(&again.hash()));
    let bare = Profile::compose(&Build::DESKTOP, Material::Pla, Quality::Draft, 20, false);
    assert_ne!(bare.expect("composes").hash(), again.hash());
}

#[test]
fn an_empty_value_never_swallows_the_next_word() {
    let words = desktop(Material::Abs, Quality::High).arguments();
    let at = words
        .iter()
        .position(|w| w == "--post-process")
        .expect("is passed");
    assert_eq!(words[at + 1], "");
    assert!(words.iter().all(|w| !w.to_string_lossy().ends_with('=')));
    assert!(words.contains(&"--support-material=1".into()));
}

#[test]
fn a_printer_that_cannot_do_it_is_told_apart_by_reason() {
    let compose = |build: &Build, infill| {
        Profile::compose(build, Material::Nylon, Quality::Draft, infill, false)
            .expect_err("refused")
            .code()
    };
    let cool = Build {
        nozzle_c_max: 240.0,
        ..Build::DESKTOP
    };
    let cold_bed = Build {
        bed_c_max: f64::NAN,
        ..Build::DESKTOP
    };
    let fine = Build {
        nozzle_mm: 0.25,
        ..Build::DESKTOP
    };
    let mut flat = Build::DESKTOP;
    flat.volume.z_mm = f64::INFINITY;
    assert_eq!(compose(&cool, 20), "MATERIAL_TOO_HOT");
    assert_eq!(compose(&cold_bed, 20), "MATERIAL_TOO_HOT");
    assert_eq!(compose(&fine, 20), "LAYER_TOO_THICK");
    assert_eq!(compose(&flat, 20), "PRINTER_SIZE_WRONG");
    assert_eq!(compose(&Build::DESKTOP, 101), "INFILL_OUT_OF_RANGE");
}
