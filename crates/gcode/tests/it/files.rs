//! Files and what becomes of them.

use fluxprint_domain::printer::Build;
use fluxprint_gcode::{Bounds, GcodeError, Inspection, inspect};

/// A small part in the manner of PrusaSlicer 2.5.0.
pub const RING: &str = include_str!("samples/ring.gcode");

/// The line of [`RING`] after which tests put theirs, hot and in absolute positions.
const HOT: &str = "M106 S255\n";

pub fn run(file: impl AsRef<[u8]>) -> Result<Inspection, GcodeError> {
    inspect(&mut file.as_ref(), &Bounds::from(&Build::DESKTOP))
}

pub fn ring_with(line: &[u8]) -> Vec<u8> {
    let at = RING.find(HOT).unwrap() + HOT.len();
    [&RING.as_bytes()[..at], line, b"\n", &RING.as_bytes()[at..]].concat()
}

/// The codes of the findings in the ring with one more line.
pub fn codes(line: impl AsRef<[u8]>) -> Vec<&'static str> {
    let verdict = run(ring_with(line.as_ref())).unwrap().verdict;
    assert_eq!(verdict.refused(), verdict.total > 0);
    verdict.findings.iter().map(|f| f.code).collect()
}
