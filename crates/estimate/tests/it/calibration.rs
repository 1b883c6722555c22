//! How far the quick estimate was from what the real slicer said. The slices are recorded in
//! `slices.txt`; record them anew when the slicer room's profiles change.

use fluxprint_domain::print_choice::Material;
use fluxprint_domain::units::SizeMm;
use fluxprint_estimate::{Prices, Settings, Shape, quick};
use std::f64::consts::PI;

/// Size, volume, area and area over 45° of the recorded shapes.
fn shape(name: &str) -> Shape {
    let (size, volume_mm3, area_mm2, overhang_mm2) = match name {
        "cube20" => ([20.0, 20.0, 20.0], 8_000.0, 2_400.0, 0.0),
        "cube50" => ([50.0, 50.0, 50.0], 125_000.0, 15_000.0, 0.0),
        "plate" => ([80.0, 60.0, 2.0], 9_600.0, 10_160.0, 0.0),
        "thin" => ([100.0, 100.0, 0.6], 6_000.0, 20_240.0, 0.0),
        "cyl" => ([30.0, 30.0, 40.0], 9_000.0 * PI, 1_650.0 * PI, 0.0),
        "sphere" => ([30.0, 30.0, 30.0], 4_500.0 * PI, 900.0 * PI, 414.0),
        "sphere60" => ([60.0, 60.0, 60.0], 36_000.0 * PI, 3_600.0 * PI, 1_656.0),
        "tower" => ([10.0, 10.0, 80.0], 8_000.0, 3_400.0, 0.0),
        "box5" => ([5.0, 5.0, 5.0], 125.0, 150.0, 0.0),
        "slab" => ([120.0, 80.0, 15.0], 144_000.0, 25_200.0, 0.0),
        "table" => ([40.0, 40.0, 23.0], 6_800.0, 4_680.0, 1_500.0),
        other => panic!("no shape {other}"),
    };
    let [x_mm, y_mm, z_mm] = size;
    Shape {
        volume_mm3,
        area_mm2,
        size: SizeMm { x_mm, y_mm, z_mm },
        overhang_mm2: Some(overhang_mm2),
    }
}

/// The slicer room's data at the time of recording.
fn settings(material: Material, quality: &str, infill_pct: u8, supports: bool) -> Settings {
    let (density_g_cm3, material_speed, flow_mm3_s_max) = match material {
        Material::Pla => (1.24, 1.0, 12.0),
        Material::Petg => (1.27, 0.9, 9.0),
        Material::Abs => (1.04, 1.0, 11.0),
        Material::Tpu => (1.21, 0.5, 3.5),
        Material::Nylon => (1.12, 0.8, 8.0),
    };
    let (layer_mm, quality_speed) = match quality {
        "draft" => (0.30, 1.5),
        "standard" => (0.20, 1.0),
        "high" => (0.12, 0.8),
        "ultra" => (0.08, 0.6),
        other => panic!("no quality {other}"),
    };
    Settings {
        layer_mm,
        infill_pct,
        supports,
        speed_factor: material_speed * quality_speed,
        flow_mm3_s_max,
        density_g_cm3,
    }
}

/// Relative errors of grams and of time, over all recorded slices, smallest first.
fn errors() -> (Vec<f64>, Vec<f64>) {
    let (mut grams, mut times) = (Vec::new(), Vec::new());
    let lines = include_str!("slices.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let [
            name,
            material,
            quality,
            infill_pct,
            supports,
            real_g,
            real_s,
        ] = words[..]
        else {
            panic!("{line}");
        };
        let material = Material::from_word(material).unwrap();
        let settings = settings(
            material,
            quality,
            infill_pct.parse().unwrap(),
            supports == "yes",
        );
        let estimate = quick(&shape(name), &settings, material, 1, &Prices::default());
        let error = |guess: f64, real: &str| (guess / real.parse::<f64>().unwrap() - 1.0).abs();
        grams.push(error(estimate.one_copy.filament_g, real_g));
        times.push(error(estimate.one_copy.duration_s as f64, real_s));
    }
    grams.sort_by(f64::total_cmp);
    times.sort_by(f64::total_cmp);
    (grams, times)
}

fn at(errors: &[f64], percentile: usize) -> f64 {
    *errors
        .get(errors.len() * percentile / 100)
        .or(errors.last())
        .unwrap()
}

#[test]
fn the_quick_estimate_is_well_inside_the_forty_per_cent_it_claims() {
    let (grams, times) = errors();
    assert_eq!(grams.len(), 121);
    assert!(
        at(&grams, 50) < 0.03 && at(&grams, 90) < 0.08 && at(&grams, 100) < 0.21,
        "{grams:?}"
    );
    assert!(
        at(&times, 50) < 0.06 && at(&times, 90) < 0.14 && at(&times, 100) < 0.27,
        "{times:?}"
    );
}
