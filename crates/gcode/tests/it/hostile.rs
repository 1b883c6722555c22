//! Whatever comes in, inspection ends with a verdict or a refusal.

use crate::files::{RING, codes, ring_with, run};
use proptest::prelude::*;
use std::io::{self, Read};

fn code(file: impl AsRef<[u8]>) -> &'static str {
    let error = run(file).unwrap_err();
    assert!(error.sentence().ends_with('.') && error.remedy().ends_with('.'));
    error.code()
}

#[test]
fn files_that_are_no_gcode_say_so() {
    assert_eq!(code(""), "GCODE_EMPTY");
    assert_eq!(code("; nothing\n\n"), "GCODE_EMPTY");
    assert_eq!(
        code("Dear printer,\nplease print my part.\n"),
        "GCODE_NOT_GCODE"
    );
    assert_eq!(code("v 0 0 0\nf 1 2 3\n"), "GCODE_NOT_GCODE");
    assert_eq!(code(b"GCDE\x01\0\0\0"), "GCODE_BINARY");
    assert_eq!(code([b"GCDE", &[9; 200_000][..]].concat()), "GCODE_BINARY");
    for byte in [0, 7, 0x0b, 0x0c, 0x1b, 0x7f] {
        assert_eq!(code(ring_with(&[b'G', b'4', byte])), "GCODE_NOT_TEXT");
        assert_eq!(code(ring_with(&[b';', byte])), "GCODE_NOT_TEXT");
    }
    assert_eq!(code(ring_with(&[b';'; 70_000])), "GCODE_LINE_TOO_LONG");
}

#[test]
fn a_few_strange_lines_are_findings_and_many_are_no_gcode() {
    let lines = |strange: usize| format!("{}{}", "G28\n".repeat(95), "hello\n".repeat(strange));
    assert_eq!(run(lines(5)).unwrap().verdict.total, 5);
    assert_eq!(code(lines(6)), "GCODE_NOT_GCODE");
}

/// Gives its bytes a few at a time.
struct Dribble<'a>(&'a [u8]);

impl Read for Dribble<'_> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let length = target.len().min(3);
        self.0.read(&mut target[..length])
    }
}

#[test]
fn the_pieces_in_which_a_file_arrives_do_not_matter() {
    let file = RING.replace('\n', "\r\n");
    let bounds = (&fluxprint_domain::printer::Build::DESKTOP).into();
    let dribbled = fluxprint_gcode::inspect(&mut Dribble(file.as_bytes()), &bounds).unwrap();
    assert_eq!(dribbled, run(RING).unwrap());
}

/// Lines made of what G-code is made of.
fn crumbs() -> impl Strategy<Value = String> {
    let crumb = prop::sample::select(vec![
        "G1",
        "G2",
        "G28",
        "G91",
        "G92",
        "M104",
        "M109",
        "M117",
        "T1",
        "N7",
        "*9",
        "S999",
        "S",
        "E",
        "X1e9",
        "X-",
        "I5",
        "R-3",
        "F",
        "(",
        ")",
        "\"",
        ";",
        "\\",
        " ",
        "\n",
        "\r",
        "@",
        "0x",
        ".",
        "é",
        "9999999999999999999999",
        "M65640",
        "_",
    ]);
    proptest::collection::vec(crumb, 0..80).prop_map(|crumbs| crumbs.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = run(&bytes);
        let _ = run(ring_with(&bytes));
    }

    #[test]
    fn crumbs_of_gcode_never_panic(text in crumbs()) {
        if let Ok(inspection) = run(&text) {
            if let Some(extents) = inspection.facts.extents {
                prop_assert!(extents.max_mm.iter().chain(&extents.min_mm).all(|v| v.is_finite()));
            }
            prop_assert!(inspection.facts.nozzle_c_max.is_finite());
        }
    }

    #[test]
    fn a_hot_line_is_refused_whatever_surrounds_it(
        before in "(N[0-9]{1,6} ?)?", lower in any::<bool>(), zeros in "0{0,3}", fraction in "(\\.[0-9])?",
        gap in "[ \t]{0,3}", letter in "[SR]", target in 276u32..100_000, after in "( ?\\*[0-9]{1,3})?( ?;.{0,20})?",
    ) {
        for number in [104, 109] {
            let mut line = format!("{before}M{zeros}{number}{fraction}{gap}{letter}{gap}{target}{after}");
            if lower {
                line.make_ascii_lowercase();
            }
            if !line.chars().any(|c| c.is_control() && c != '\t') {
                prop_assert!(codes(&line).contains(&"GCODE_TOO_HOT"), "{line}");
            }
        }
    }
}
