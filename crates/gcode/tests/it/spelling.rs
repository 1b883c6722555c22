//! One forbidden command in every spelling that some firmware would understand.

use crate::files::codes;

#[test]
fn a_deadly_temperature_is_refused_in_every_spelling() {
    let spellings: [&[u8]; 34] = [
        b"M104 S999",
        b"m104 s999",
        b"M104S999",
        b"m104s999",
        b"M0104 S999",
        b"M104.0 S999",
        b"M104.7 S999",
        b"M 104 S 999",
        b"\tM104\tS999",
        b"M104 S+999",
        b"M104 S0999.00",
        b"M104 S9.99e2",
        b"M104 S1E3",
        b"M104 S0x3E7",
        b"M104 S0 S999",
        b"M104 S999 S0",
        b"M104 R999",
        b"M104 T0 S999",
        b"M104 S999 T1",
        b"M104 S999 ; just warm",
        b"M104 (warm) S999",
        b"(warm) M104 S999",
        b"(M104 S999)",
        b"N12 M104 S999*97",
        b"N12M104S999 *97",
        b"n1 n2 m104 s999",
        b"G28 M104 S999",
        b"G1 X5 Y5 M104 S999",
        b"M117 hello M104 S999",
        b"M117 \"quoted; M104 S999",
        b"G4 P1 \\; M104 S999",
        b"G1 X1*12 M104 S999",
        b"G28\rM104 S999\rG28",
        b"T0 M109 S999",
    ];
    for spelling in spellings {
        let found = codes(spelling);
        let refused = found
            .iter()
            .any(|c| ["GCODE_TOO_HOT", "GCODE_TEMPERATURE_UNCLEAR"].contains(c));
        assert!(refused, "{}: {found:?}", String::from_utf8_lossy(spelling));
    }
}

#[test]
fn an_emergency_stop_is_refused_in_every_spelling() {
    for spelling in [
        "M112",
        "m112",
        "M0112",
        "M112.0",
        " M112 ; stop",
        "N4M112*12",
        "G28 M112",
        "G28M112",
        "M 112",
        "(x)M112",
        "M117 M112",
        "G1 X1 (M112)",
        "M112 S0",
    ] {
        assert!(
            codes(spelling).contains(&"GCODE_COMMAND_REFUSED"),
            "{spelling}"
        );
    }
}

#[test]
fn words_in_comments_are_no_commands() {
    for line in [
        "; M104 S999",
        ";M112",
        "G1 X1 ; then M112",
        "(only a remark)",
        ";@pause",
        "N5*12",
    ] {
        assert!(codes(line).is_empty(), "{line}");
    }
}
