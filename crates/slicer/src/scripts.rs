//! The commands before and after every print. Ours: the slicer's own end G-code leaves the bed hot.

use fluxprint_domain::printer::Build;

/// Distance of the priming line and of the parked head from the edges of the bed.
const EDGE_MM: f64 = 5.0;
/// Length of the priming line on beds that are wide enough.
const PRIMING_MM: f64 = 100.0;
/// Millimetres of 1.75 mm filament per millimetre of a line 0.5 mm wide and 0.3 mm high.
const PRIMING_E_PER_MM: f64 = 0.062;

/// Heats, homes and primes the nozzle on a line along the front edge.
///
/// That both heaters are named here keeps the slicer from adding its own commands for them.
pub(crate) fn start(build: &Build, nozzle_c: f64, bed_c: f64) -> String {
    let length_mm = PRIMING_MM.min(build.volume.x_mm - 2.0 * EDGE_MM);
    let end_mm = EDGE_MM + length_mm;
    let filament_mm = length_mm * PRIMING_E_PER_MM;
    format!(
        "G21\nG90\nM82\n\
         M140 S{bed_c:.0}\nM104 S{nozzle_c:.0}\n\
         G28\nG1 Z10 F600\n\
         M190 S{bed_c:.0}\nM109 S{nozzle_c:.0}\n\
         G92 E0\nG1 X{EDGE_MM:.1} Y{EDGE_MM:.1} F6000\nG1 Z0.3 F600\n\
         G1 X{end_mm:.1} E{filament_mm:.2} F1000\nG92 E0\nG1 Z2 F600"
    )
}

/// Heaters and fan off, head up and out of the way, motors off.
///
/// The braces are a macro of PrusaSlicer: ten millimetres above the part, never above the machine.
pub(crate) fn end(build: &Build) -> String {
    let back_mm = build.volume.y_mm - EDGE_MM;
    format!(
        "M104 S0\nM140 S0\nM107\n\
         G1 Z{{min(max_layer_z + 10, max_print_height)}} F600\n\
         G1 X{EDGE_MM:.1} Y{back_mm:.1} F6000\nM84"
    )
}

/// Whether `text` consists of the commands that the two functions above write and nothing else.
pub(crate) fn is_ours(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "G1", "G21", "G28", "G90", "G92", "M82", "M84", "M104", "M107", "M109", "M140", "M190",
    ];
    !text.is_empty()
        && text
            .lines()
            .all(|line| WORDS.contains(&line.split(' ').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_heaters_and_the_fan_are_off_at_the_end() {
        let end = end(&Build::DESKTOP);
        for line in ["M104 S0", "M140 S0", "M107"] {
            assert!(end.lines().any(|l| l == line), "{line} is missing");
        }
        assert!(is_ours(&end));
    }

    #[test]
    fn the_start_waits_for_both_heaters_and_stays_on_a_narrow_bed() {
        let mut narrow = Build::DESKTOP;
        narrow.volume.x_mm = 60.0;
        let start = start(&narrow, 200.0, 60.0);
        assert!(start.contains("M190 S60") && start.contains("M109 S200"));
        assert!(start.contains("G1 X55.0 E"), "{start}");
        assert!(is_ours(&start) && !is_ours("M112") && !is_ours("G1 X1\nM500"));
    }
}
