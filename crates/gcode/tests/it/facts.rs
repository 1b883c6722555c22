//! What a file says and does.

use crate::files::{RING, ring_with, run};
use fluxprint_gcode::{Extents, Facts};

fn facts(file: impl AsRef<[u8]>) -> Facts {
    run(file).unwrap().facts
}

#[test]
fn a_clean_file_of_prusaslicer_passes_with_its_facts() {
    let ring = run(RING).unwrap();
    assert!(!ring.verdict.refused(), "{:?}", ring.verdict.findings);
    assert_eq!(ring.line_count, RING.lines().count() as u64);
    assert_eq!(
        ring.facts,
        Facts {
            duration_s: Some(3807),
            filament_mm: Some(2.66),
            filament_cm3: Some(0.01),
            filament_g: Some(0.01),
            layers: 2,
            extents: Some(Extents {
                min_mm: [100.0, 100.0, 0.2],
                max_mm: [110.0, 110.0, 0.4],
            }),
            nozzle_c_max: 215.0,
            bed_c_max: 60.0,
            final_nozzle_c: 0.0,
            final_bed_c: 0.0,
            slicer: Some("PrusaSlicer 2.5.0".to_owned()),
        }
    );
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let ring = run(RING).unwrap();
    for other in [
        RING.replace('\n', "\r\n"),
        RING.replace('\n', "\r"),
        format!("\u{feff}{RING}"),
        RING.trim_end().to_owned(),
    ] {
        assert_eq!(run(other).unwrap(), ring);
    }
}

#[test]
fn positions_follow_modes_offsets_and_units() {
    let max_mm = |moves: &str| facts(format!("G28\n{moves}\n")).extents.unwrap().max_mm;
    assert_eq!(
        max_mm("G91\nG1 X5 Y5 Z1\nG1 X5 E1\nG1 X-2 E1"),
        [10.0, 5.0, 1.0]
    );
    assert_eq!(max_mm("G91\nG1 X5 E1\nG1 X5 E1"), [10.0, 0.0, 0.0]);
    assert_eq!(max_mm("G20\nG1 X1 Y2 Z1 E1"), [25.4, 50.8, 25.4]);
    assert_eq!(max_mm("G1 X50\nG92 X0\nG1 X10 E1"), [60.0, 0.0, 0.0]);
    assert_eq!(max_mm("G1 X50\nG92 X0\nG92.1\nG1 X10 E1"), [50.0, 0.0, 0.0]);
    assert_eq!(max_mm("G1X9E5\nG1X99E5"), [9.0, 0.0, 0.0]);
    assert_eq!(max_mm("G1X9E5\nG92E0\nG1X99E5"), [99.0, 0.0, 0.0]);
    assert_eq!(max_mm("M83\nG1X9E5\nG1X99E-5"), [9.0, 0.0, 0.0]);
}

#[test]
fn an_arc_reaches_beyond_its_ends() {
    let extents = |arc: &str| {
        facts(format!("G28\nG1 X100 Y100\nM83\n{arc}\n"))
            .extents
            .unwrap()
    };
    let near = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
    for half in ["G3 X120 Y100 I10 E1", "G3 X120 Y100 R10 E1"] {
        let Extents { min_mm, max_mm } = extents(half);
        assert!(near(min_mm, [100.0, 90.0, 0.0]) && near(max_mm, [120.0, 100.0, 0.0]));
    }
    let Extents { min_mm, max_mm } = extents("G2 X120 Y100 I10 J0 E1");
    assert!(near(min_mm, [100.0, 100.0, 0.0]) && near(max_mm, [120.0, 110.0, 0.0]));
    let Extents { min_mm, max_mm } = extents("G2 I10 E1");
    assert!(near(min_mm, [100.0, 90.0, 0.0]) && near(max_mm, [120.0, 110.0, 0.0]));
    let Extents { max_mm, .. } = extents("G2 X110 Y110 R-10 E1");
    assert!(near(max_mm, [110.0, 120.0, 0.0]), "{max_mm:?}");
}

#[test]
fn layers_are_counted_from_marks_or_from_rises() {
    assert_eq!(
        facts(";LAYER:0\nG1 X1 E1\n;LAYER:1\nG1 X2 E2\n;LAYER_COUNT:2").layers,
        2
    );
    let hop = "G1 Z.2\nG1 X5 E1\nG1 Z1\nG1 X1\nG1 Z.2\nG1 X5 E2\nG1 Z.4\nG1 X1 E3\n";
    assert_eq!(facts(hop).layers, 2);
}

#[test]
fn cura_and_several_extruders_are_understood() {
    let cura = facts(";Generated with Cura_SteamEngine 5.4.0\n;TIME:1234\nG28\n");
    assert_eq!(cura.slicer.as_deref(), Some("Cura_SteamEngine 5.4.0"));
    assert_eq!(cura.duration_s, Some(1234));
    let two = facts("G28\n; filament used [g] = 1.5, 2.5\n");
    assert_eq!(two.filament_g, Some(4.0));
}

#[test]
fn the_hottest_target_and_the_last_one_are_told_apart() {
    let hot = facts(ring_with(
        b"T1\nM104 S250\nM104 S0\nT0\nM104 S120 T2\nM140 S80",
    ));
    assert_eq!((hot.nozzle_c_max, hot.final_nozzle_c), (250.0, 120.0));
    assert_eq!((hot.bed_c_max, hot.final_bed_c), (80.0, 0.0));
}
