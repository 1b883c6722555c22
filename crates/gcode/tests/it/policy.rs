//! The policy, command by command.

use crate::files::{RING, codes, ring_with, run};
use fluxprint_gcode::{Class, limits};

#[test]
fn commands_that_no_file_may_hold_are_refused() {
    for number in [
        112, 108, 410, 997, 993, 994, 999, 28, 29, 30, 32, 33, 23, 24, 928, 42, 43, 80, 81, 110,
        111, 511, 512, 575, 98,
    ] {
        assert_eq!(codes(format!("M{number}")), ["GCODE_COMMAND_REFUSED"]);
        assert_eq!(
            codes(format!("M{number} P1 x.g")),
            ["GCODE_COMMAND_REFUSED"]
        );
    }
}

#[test]
fn commands_that_change_the_printer_need_a_manager_and_are_refused_until_then() {
    for line in [
        "M500",
        "M501",
        "M502",
        "M504",
        "M303 S200",
        "M301 P1",
        "M304",
        "M92 E100",
        "M206 X1",
        "M851 Z-1",
        "M665",
        "M666",
        "M906 X900",
        "M913",
        "M569 S1",
        "M302 P1",
        "M211 S0",
        "M413 S0",
    ] {
        let inspection = run(ring_with(line.as_bytes())).unwrap();
        assert!(inspection.verdict.refused());
        let [finding] = inspection.verdict.findings.as_slice() else {
            panic!("{line}: {:?}", inspection.verdict);
        };
        assert_eq!(
            (finding.class, finding.code),
            (Class::NeedsManager, "GCODE_NEEDS_MANAGER")
        );
    }
    assert!(codes("M211 S1").is_empty());
}

#[test]
fn orders_to_the_host_and_macros_are_refused() {
    for line in ["@pause", "@ABORT", "  @cancel now"] {
        assert_eq!(codes(line), ["GCODE_HOST_COMMAND"], "{line}");
    }
    for line in [
        "RUN_SHELL_COMMAND CMD=x",
        "SAVE_CONFIG",
        "save_config",
        "RESTART",
        "FIRMWARE_RESTART",
        "SET_KINEMATIC_POSITION X=0",
        "FORCE_MOVE STEPPER=x",
        "SET_PIN PIN=x VALUE=1",
        "UPDATE_DELAYED_GCODE ID=x",
        "SDCARD_PRINT_FILE FILENAME=x",
        "MY_MACRO",
        "N5 SAVE_CONFIG",
        "SET_HEATER_TEMPERATURE HEATER=extruder TARGET=999",
    ] {
        assert_eq!(codes(line), ["GCODE_UNKNOWN_MACRO"], "{line}");
    }
    for line in [
        "restart",
        "!!DEBUG:go_awol",
        "/fake_ack",
        "%",
        "X10",
        "G",
        "M-104",
        "M104 S{500+499}",
        "T-1",
    ] {
        assert_eq!(codes(line), ["GCODE_NOT_A_COMMAND"], "{line}");
    }
}

#[test]
fn numbers_are_held_against_their_limits() {
    for (line, code) in [
        ("M104 S276", "GCODE_TOO_HOT"),
        ("M109 R276", "GCODE_TOO_HOT"),
        ("M109 S200 B999 F1", "GCODE_TOO_HOT"),
        ("M140 S111", "GCODE_TOO_HOT"),
        ("M190 R111", "GCODE_TOO_HOT"),
        ("M190 S60 M109 S215", "GCODE_TOO_HOT"),
        ("M141 S61\nM141 S0", "GCODE_TOO_HOT"),
        ("M191 R61\nM141 S0", "GCODE_TOO_HOT"),
        ("M145 S0 H999 B50", "GCODE_TOO_HOT"),
        ("M568 P0 S999", "GCODE_TOO_HOT"),
        ("G10 P0 R999", "GCODE_TOO_HOT"),
        ("M104 I1", "GCODE_TEMPERATURE_STORED"),
        ("M104 S0x3FF", "GCODE_TEMPERATURE_UNCLEAR"),
        ("M104 Snan", "GCODE_TEMPERATURE_UNCLEAR"),
        ("M104 S200 T99", "GCODE_TEMPERATURE_UNCLEAR"),
        ("G4 P600001", "GCODE_DWELL_TOO_LONG"),
        ("G4 S601", "GCODE_DWELL_TOO_LONG"),
        ("G1 F120001", "GCODE_BEYOND_LIMIT"),
        ("M106 S256", "GCODE_BEYOND_LIMIT"),
        ("M201 X100001", "GCODE_BEYOND_LIMIT"),
        ("M203 E120001", "GCODE_BEYOND_LIMIT"),
        ("M204 T100001", "GCODE_BEYOND_LIMIT"),
        ("M205 X201", "GCODE_BEYOND_LIMIT"),
        ("M220 S501", "GCODE_BEYOND_LIMIT"),
        ("M221 S5e3", "GCODE_BEYOND_LIMIT"),
        ("T16\nT0", "GCODE_BEYOND_LIMIT"),
        ("M65640 S999", "GCODE_NOT_A_COMMAND"),
    ] {
        assert_eq!(codes(line), [code], "{line}");
    }
    for line in [
        "M104 S275",
        "M109 R275",
        "M140 S110",
        "M190 R110",
        "M141 S60\nM141 S0",
        "G4 P600000",
        "G4 S600",
        "G1 F120000E0",
        "M106 S255",
        "M220 S100",
        "G10",
        "G10 S1",
        "T15\nT0",
        "M104 S",
    ] {
        assert!(codes(line).is_empty(), "{line}: {:?}", codes(line));
    }
}

#[test]
fn filament_is_laid_inside_the_volume_only() {
    for line in [
        "G1 X226 E1",
        "G1 X-6 E1",
        "G1 Y226 E1",
        "G1 Z252 X1 E1",
        "G1 Z-2 X1 E1",
        "G20\nG1 X9 E1\nG21",
        "G91\nG1 X300\nG90\nM83\nG1 Y5 E1",
        "G1 X200 Y200\nG2 X200 Y200 I20 E1",
    ] {
        let first = codes(line)[0];
        assert_eq!(first, "GCODE_OUTSIDE_VOLUME", "{line}");
    }
    for line in ["G1 X300", "G1 X300 E-1", "G1 Y-3 X1\nG1 X60 Y-3 E9"] {
        assert!(codes(line).is_empty(), "{line}");
    }
}

#[test]
fn messages_are_short_plain_text() {
    for line in [
        "M117",
        "M117 Layer 3 of 9, 50%",
        "M117 für Ada",
        "M0 Change colour",
        "M1 S5",
        "M118 hello",
    ] {
        assert!(codes(line).is_empty(), "{line}");
    }
    for line in [
        "M117 //action:cancel",
        "M117 <img src=x>",
        "M0 <b>",
        "M1 //",
        "M117 \u{202e}evil",
    ] {
        assert_eq!(codes(line), ["GCODE_MESSAGE_UNCLEAN"], "{line}");
    }
    assert_eq!(
        codes(format!("M117 {}", "x".repeat(65))),
        ["GCODE_MESSAGE_UNCLEAN"]
    );
    for line in [
        "M118 //action:cancel",
        "M118 A1 cancel",
        "m118a1 x",
        "M118 E1 ACTION:pause",
    ] {
        assert_eq!(codes(line), ["GCODE_COMMAND_REFUSED"], "{line}");
    }
}

#[test]
fn a_file_that_ends_hot_is_refused() {
    let ends = |file: String| {
        let verdict = run(file).unwrap().verdict;
        verdict.findings.iter().map(|f| f.code).collect::<Vec<_>>()
    };
    assert_eq!(ends(RING.replace("M104 S0", "M104")), ["GCODE_ENDS_HOT"]);
    assert_eq!(ends(RING.replace("M140 S0", "")), ["GCODE_ENDS_HOT"]);
    assert_eq!(ends(format!("{RING}\nM104 T3 S40\n")), ["GCODE_ENDS_HOT"]);
}

#[test]
fn a_heater_is_off_only_when_there_is_one_way_to_read_so() {
    for off in [
        "M104 S0 S215",
        "M104 S215 M104 S0",
        "G1 X1 M104 S0",
        "M117 M104 S0",
        "M117 \"\\\" M104 S0",
        "(off) M104 S0",
        "; M104 S0",
        "M104 \"S0\"",
        "M104 S0 ( S215",
    ] {
        let verdict = run(RING.replace("M104 S0 ; turn off temperature", off))
            .unwrap()
            .verdict;
        assert!(
            verdict.findings.iter().any(|f| f.code == "GCODE_ENDS_HOT"),
            "{off}"
        );
    }
    for off in [
        "m104s0",
        "N7 M104 S0*33",
        "M0104.0 S00.0",
        "M104 R0",
        "M109 S0 ; (off)",
    ] {
        let verdict = run(RING.replace("M104 S0 ; turn off temperature", off))
            .unwrap()
            .verdict;
        assert!(!verdict.refused(), "{off}: {:?}", verdict.findings);
    }
}

#[test]
fn commands_are_short_ascii_words_and_comments_are_anything() {
    let long = format!("G1 X1{}", " ".repeat(260));
    assert!(codes(&long).is_empty());
    assert_eq!(codes(format!("{long}Y1")), ["GCODE_COMMAND_TOO_LONG"]);
    assert!(codes(format!("G1 X1 ;{}", "x".repeat(5000))).is_empty());
    for line in [
        "M104 S21 28",
        "M1 04 S99",
        "M1 12",
        "m0 112",
        "G1 X1 0",
        "T0 M11 2",
    ] {
        assert_eq!(codes(line), ["GCODE_LONE_NUMBER"], "{line}");
    }
    for line in [
        "M115 U3.11.0",
        "M862.3 P \"MK3S 2\"",
        "M486 Apart 2",
        "M117 3 of 9",
    ] {
        assert!(codes(line).is_empty(), "{line}");
    }
    assert_eq!(codes("G1 X1 é"), ["GCODE_NOT_TEXT"]);
    assert!(codes("G1 X1 ; é").is_empty());
}

#[test]
fn findings_are_counted_past_the_ones_that_are_kept() {
    let verdict = run("M112\n".repeat(1000)).unwrap().verdict;
    assert_eq!(
        (verdict.findings.len(), verdict.total),
        (limits::FINDINGS_MAX, 1000)
    );
    assert_eq!(verdict.findings[49].line, 50);
    for finding in &run("M112\nM104 S999\nG28\n@x\nG1 X999 E1")
        .unwrap()
        .verdict
        .findings
    {
        assert!(finding.sentence.ends_with('.') && finding.remedy.ends_with('.'));
    }
}
