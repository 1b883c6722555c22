//! A second reader that shares nothing with ours, written after Marlin's parser and dropping white
//! space as older firmware does: what a printer would do with a file that the policy accepted
//! (G-02).

use crate::files::{RING, run};
use proptest::prelude::*;

/// What one line makes a printer do: the letter and number of the command, and its last S or R.
fn played(line: &[u8]) -> Option<(u8, u16, Option<f64>)> {
    let mut code = line.split(|b| *b == b';').next()?.to_ascii_uppercase();
    code.retain(|b| *b != b' ' && *b != b'\t');
    if let Some(star) = code.iter().position(|b| *b == b'*') {
        code.truncate(star);
    }
    let mut code = code.as_slice();
    if let [b'N', rest @ ..] = code {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        code = &rest[digits..];
    }
    let (letter, rest) = code.split_first()?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let number = rest[..digits].iter().fold(0u16, |n, b| {
        n.wrapping_mul(10).wrapping_add(u16::from(b - b'0'))
    });
    let target = rest[digits..]
        .iter()
        .rposition(|b| matches!(b, b'S' | b'R'))
        .map(|at| {
            let text = &rest[digits + at + 1..];
            let end = text
                .iter()
                .position(|b| !matches!(b, b'0'..=b'9' | b'.' | b'+' | b'-'));
            let text = std::str::from_utf8(&text[..end.unwrap_or(text.len())]).unwrap();
            text.parse().unwrap_or(0.0)
        });
    (digits > 0).then_some((*letter, number, target))
}

const NEVER: [u16; 8] = [112, 108, 410, 999, 28, 80, 500, 302];

fn assert_harmless(file: &[u8]) {
    for line in file.split(|b| matches!(b, b'\n' | b'\r')) {
        let shown = String::from_utf8_lossy(line);
        assert!(!line.trim_ascii_start().starts_with(b"@"), "{shown}");
        match played(line) {
            Some((b'M', number, _)) if NEVER.contains(&number) => unreachable!("{shown}"),
            Some((b'M', 104 | 109, Some(c))) => assert!(c <= 275.0, "{shown}"),
            Some((b'M', 140 | 190, Some(c))) => assert!(c <= 110.0, "{shown}"),
            _ => {}
        }
    }
}

#[test]
fn the_second_reader_sees_what_is_dangerous() {
    for line in [
        "M112",
        "n5 m104 s999*7",
        "M65640 S999",
        "M140S0111",
        " @pause",
    ] {
        let seen = std::panic::catch_unwind(|| assert_harmless(line.as_bytes()));
        assert!(seen.is_err(), "{line}");
    }
    assert_harmless(RING.as_bytes());
}

/// Something put into the file, or over a part of it.
fn edit() -> impl Strategy<Value = (usize, usize, Vec<u8>)> {
    let piece = prop::sample::select(vec![
        "M112",
        "M104 S999",
        "M104",
        "S999",
        "9",
        "99",
        "\nM",
        "\n",
        "\r",
        ";",
        "(",
        ")",
        "\"",
        "*",
        "*3 ",
        "N9",
        " ",
        "\t",
        "M28 x",
        "@pause",
        "\n@",
        "0",
        ".",
        "-",
        "E9",
        "T9",
        "112",
        "\nM1",
        "M5",
    ]);
    (
        any::<usize>(),
        0usize..4,
        piece.prop_map(|p| p.as_bytes().to_vec()),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn a_mangled_file_that_is_accepted_does_no_harm(
        edits in proptest::collection::vec(edit(), 1..5),
    ) {
        // Without the footer, so that most edits hit commands.
        let end = RING.find("; filament used").unwrap();
        let mut file = RING.as_bytes()[..end].to_vec();
        for (at, over, piece) in edits {
            let at = at % file.len();
            let over = over.min(file.len() - at);
            file.splice(at..at + over, piece);
        }
        if run(&file).is_ok_and(|i| !i.verdict.refused()) {
            assert_harmless(&file);
        }
    }
}
