//! What comes out of the real PrusaSlicer with our profiles.

use crate::shapes;
use fluxprint_domain::print_choice::{Material, Quality};
use fluxprint_domain::printer::Build;
use fluxprint_slicer::{
    Profile, PrusaConfig, PrusaSlicer, SliceError, SliceRequest, Sliced, Slicer,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;

async fn slicer() -> PrusaSlicer {
    PrusaSlicer::find(PrusaConfig::default())
        .await
        .unwrap_or_else(|e| panic!("{e} {} ({:?})", e.remedy(), e.detail()))
}

fn profile(material: Material, quality: Quality, infill_pct: u8, supports: bool) -> Profile {
    Profile::compose(&Build::DESKTOP, material, quality, infill_pct, supports).expect("composes")
}

async fn slice(
    slicer: &PrusaSlicer,
    mesh: &[u8],
    profile: &Profile,
) -> Result<(Sliced, String), SliceError> {
    let folder = tempfile::tempdir().unwrap();
    let (stl, out) = (
        folder.path().join("mesh.stl"),
        folder.path().join("out.gcode"),
    );
    std::fs::write(&stl, mesh).unwrap();
    std::fs::write(&out, "an older slice").unwrap();
    let request = SliceRequest {
        mesh: &stl,
        triangle_count: (mesh.len() as u64).saturating_sub(84) / 50,
        profile,
        out: &out,
    };
    let result = slicer.slice(request).await;
    let left: BTreeSet<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    match result {
        Ok(sliced) => Ok((sliced, std::fs::read_to_string(&out).unwrap())),
        Err(error) => {
            assert_eq!(
                left,
                BTreeSet::from(["mesh.stl".into()]),
                "something was left behind"
            );
            Err(error)
        }
    }
}

/// The commands of a G-code file without their comments.
fn commands(gcode: &str) -> impl Iterator<Item = &str> {
    gcode
        .lines()
        .map(|line| line.split(';').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
}

fn last_target(gcode: &str, codes: [&str; 2]) -> Option<f64> {
    commands(gcode)
        .filter(|line| codes.contains(&line.split(' ').next().unwrap_or_default()))
        .filter_map(|line| line.split(" S").nth(1)?.parse().ok())
        .last()
}

fn highest_extruding_z(gcode: &str) -> f64 {
    let mut z = 0.0_f64;
    let mut highest = 0.0_f64;
    for line in commands(gcode).filter(|line| line.starts_with("G1 ")) {
        let words = line.split(' ');
        if let Some(to) = words
            .clone()
            .find_map(|w| w.strip_prefix('Z')?.parse().ok())
        {
            z = to;
        }
        if line.contains(" X") && line.contains(" E") {
            highest = highest.max(z);
        }
    }
    highest
}

#[tokio::test]
async fn every_material_and_quality_slices_and_leaves_both_heaters_off() {
    let slicer = Arc::new(slicer().await);
    let mut slices = JoinSet::new();
    for material in Material::ALL {
        for quality in Quality::ALL {
            let slicer = slicer.clone();
            slices.spawn(async move {
                let profile = profile(material, quality, 20, true);
                let result = slice(&slicer, &shapes::cuboid(20.0, 20.0, 20.0), &profile).await;
                let (sliced, gcode) = result.unwrap_or_else(|e| panic!("{e} {:?}", e.detail()));
                (material, quality, profile, sliced, gcode)
            });
        }
    }
    let mut hashes = BTreeSet::new();
    while let Some(done) = slices.join_next().await {
        let (material, quality, profile, sliced, gcode) = done.unwrap();
        let what = format!("{material:?} {quality:?}");
        assert_eq!(sliced.size_bytes, gcode.len() as u64, "{what}");
        assert_eq!(last_target(&gcode, ["M104", "M109"]), Some(0.0), "{what}");
        assert_eq!(last_target(&gcode, ["M140", "M190"]), Some(0.0), "{what}");
        let waits = |command: String| commands(&gcode).filter(|line| **line == command).count();
        assert_eq!(waits(format!("M109 S{}", profile.nozzle_c())), 1, "{what}");
        assert_eq!(waits(format!("M190 S{}", profile.bed_c())), 1, "{what}");
        assert!((highest_extruding_z(&gcode) - 20.0).abs() < 0.31, "{what}");
        assert!(
            !gcode.contains("filament used [g] = 0.00"),
            "{what} weighs nothing"
        );
        hashes.insert(sliced.sha256);
    }
    assert_eq!(hashes.len(), 20);
}

#[tokio::test]
async fn a_slice_holds_only_commands_of_a_short_list_and_stays_on_the_bed() {
    const LIST: [&str; 14] = [
        "G1", "G21", "G28", "G90", "G92", "M73", "M82", "M84", "M104", "M106", "M107", "M109",
        "M140", "M190",
    ];
    let slicer = slicer().await;
    let profile = profile(Material::Abs, Quality::Draft, 10, true);
    // As large as the bed but for the brim of this material.
    let mesh = shapes::cuboid(212.0, 212.0, 1.0);
    let (_, gcode) = slice(&slicer, &mesh, &profile).await.unwrap();
    for line in commands(&gcode) {
        let mut words = line.split(' ');
        assert!(LIST.contains(&words.next().unwrap()), "{line}");
        for word in words {
            let (axis, value) = word.split_at(1);
            if axis == "X" || axis == "Y" {
                let value: f64 = value.parse().unwrap();
                assert!((0.0..=220.0).contains(&value), "{line}");
            }
        }
    }
    assert!(commands(&gcode).any(|line| line.starts_with("M73 P")));
}

#[tokio::test]
async fn the_same_mesh_and_profile_give_the_same_bytes() {
    let slicer = slicer().await;
    let profile = profile(Material::Pla, Quality::Standard, 20, true);
    let mesh = shapes::table();
    let (first, gcode) = slice(&slicer, &mesh, &profile).await.unwrap();
    // Alone and beside others: with more than one thread this model came out in two ways.
    for _ in 0..8 {
        let (one, other) = tokio::join!(
            slice(&slicer, &mesh, &profile),
            slice(&slicer, &mesh, &profile),
        );
        for (again, text) in [one.unwrap(), other.unwrap()] {
            let differing = gcode.lines().zip(text.lines()).find(|(a, b)| a != b);
            assert_eq!(differing, None);
            assert_eq!(again.sha256, first.sha256);
        }
    }
    assert_eq!(
        gcode.lines().next(),
        Some("; generated by PrusaSlicer 2.5.0")
    );
    assert!(!gcode.contains("; threads ="));
}

#[tokio::test]
async fn height_infill_and_supports_are_seen_in_the_result() {
    let slicer = slicer().await;
    let plain = profile(Material::Pla, Quality::Draft, 10, false);
    let sliced =
        async |mesh: &[u8], profile: &Profile| slice(&slicer, mesh, profile).await.unwrap().1;
    let cube = sliced(&shapes::cuboid(20.0, 20.0, 20.0), &plain).await;
    let tower = sliced(&shapes::cuboid(20.0, 20.0, 40.0), &plain).await;
    assert!((highest_extruding_z(&tower) - highest_extruding_z(&cube) - 20.0).abs() < 0.31);

    let solid = profile(Material::Pla, Quality::Draft, 100, false);
    let full = sliced(&shapes::cuboid(20.0, 20.0, 20.0), &solid).await;
    assert!(
        grams(&full) > 1.5 * grams(&cube),
        "{} {}",
        grams(&full),
        grams(&cube)
    );

    let held = profile(Material::Pla, Quality::Draft, 10, true);
    let (bare, supported) = (
        sliced(&shapes::table(), &plain).await,
        sliced(&shapes::table(), &held).await,
    );
    assert!(!bare.contains(";TYPE:Support material"));
    assert!(supported.contains(";TYPE:Support material"));
}

fn grams(gcode: &str) -> f64 {
    let line = gcode
        .lines()
        .find_map(|l| l.strip_prefix("; filament used [g] = "));
    line.unwrap().parse().unwrap()
}

#[tokio::test]
async fn bad_meshes_give_their_own_reason_and_no_file() {
    let slicer = slicer().await;
    let profile = profile(Material::Pla, Quality::Draft, 10, false);
    let table: [(&str, Vec<u8>, &str); 5] = [
        (
            "too large",
            shapes::cuboid(300.0, 300.0, 5.0),
            "MODEL_DOES_NOT_FIT",
        ),
        ("a speck", shapes::cuboid(0.001, 0.001, 0.001), "NO_LAYERS"),
        ("empty", Vec::new(), "MESH_UNREADABLE"),
        (
            "cut short",
            shapes::cuboid(9.0, 9.0, 9.0)[..400].to_vec(),
            "MESH_UNREADABLE",
        ),
        ("no triangles", vec![0; 84], "MESH_UNREADABLE"),
    ];
    for (what, mesh, code) in table {
        let error = slice(&slicer, &mesh, &profile).await.expect_err(what);
        assert_eq!(error.code(), code, "{what}: {:?}", error.detail());
    }
}

#[tokio::test]
async fn a_mesh_that_prusaslicer_alone_would_take_for_text_is_sliced() {
    let slicer = slicer().await;
    let profile = profile(Material::Pla, Quality::Draft, 10, false);
    let mesh = shapes::cuboid(10.0, 10.0, 10.0);
    assert!(mesh.iter().skip(84).take(128).all(u8::is_ascii), "control");
    slice(&slicer, &mesh, &profile).await.unwrap();
}

#[tokio::test]
async fn a_missing_slicer_is_told_with_what_to_install() {
    let config = PrusaConfig {
        program: Some("/nowhere/prusa-slicer".into()),
        ..PrusaConfig::default()
    };
    let error = PrusaSlicer::find(config).await.expect_err("is not there");
    assert_eq!(error.code(), "SLICER_MISSING");
    assert!(error.remedy().contains("prusa-slicer"));
}
