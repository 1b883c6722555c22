//! The only settings that ever reach the slicer, and what their values may look like.
//!
//! A key that is not here cannot be set, whoever asks. The keys through which a settings file
//! could run programs or write foreign commands are here only to be forced empty.

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A number from the first to the second, both included.
    Number(f64, f64),
    /// A whole number from 0 to 100 followed by `%`.
    Percent,
    /// 0 or 1.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Corners `XxY`, separated by commas, none negative.
    Corners,
    /// Commands that `scripts.rs` wrote.
    Script,
    /// Nothing at all.
    Empty,
    /// A list of one empty text. PrusaSlicer 2.5.0 reads foreign memory, and puts it into the
    /// G-code, when such a list has no entry.
    EmptyText,
}

use Kind::{Corners, Empty, EmptyText, Flag, Number, Percent, Script, Word};

const SPEED: Kind = Number(1.0, 400.0);
const ACCELERATION: Kind = Number(1.0, 20_000.0);
const JERK: Kind = Number(0.01, 50.0);

/// Every allowed key with its kind.
pub(crate) const ALLOWED: &[(&str, Kind)] = &[
    ("bed_shape", Corners),
    ("bed_temperature", Number(0.0, 130.0)),
    ("before_layer_gcode", Empty),
    ("between_objects_gcode", Empty),
    ("bottom_solid_layers", Number(0.0, 50.0)),
    ("bottom_solid_min_thickness", Number(0.0, 10.0)),
    ("bridge_fan_speed", Number(0.0, 100.0)),
    ("bridge_speed", SPEED),
    ("brim_width", Number(0.0, 20.0)),
    ("cooling", Flag),
    ("disable_fan_first_layers", Number(0.0, 20.0)),
    ("elefant_foot_compensation", Number(0.0, 1.0)),
    ("end_filament_gcode", EmptyText),
    ("end_gcode", Script),
    ("external_perimeter_speed", SPEED),
    ("extrusion_multiplier", Number(0.5, 1.5)),
    ("fan_always_on", Flag),
    ("fan_below_layer_time", Number(0.0, 600.0)),
    ("filament_density", Number(0.5, 10.0)),
    ("filament_diameter", Number(1.5, 3.5)),
    ("filament_max_volumetric_speed", Number(0.5, 40.0)),
    ("filament_type", Word(&["PLA", "PETG", "ABS", "FLEX", "PA"])),
    ("fill_density", Percent),
    ("fill_pattern", Word(&["grid", "rectilinear"])),
    ("first_layer_bed_temperature", Number(0.0, 130.0)),
    ("first_layer_height", Number(0.04, 1.0)),
    ("first_layer_speed", SPEED),
    ("first_layer_temperature", Number(150.0, 320.0)),
    ("gap_fill_speed", SPEED),
    ("gcode_comments", Flag),
    ("gcode_flavor", Word(&["marlin2"])),
    ("infill_speed", SPEED),
    ("layer_height", Number(0.04, 0.6)),
    ("machine_limits_usage", Word(&["time_estimate_only"])),
    ("machine_max_acceleration_e", ACCELERATION),
    ("machine_max_acceleration_extruding", ACCELERATION),
    ("machine_max_acceleration_retracting", ACCELERATION),
    ("machine_max_acceleration_travel", ACCELERATION),
    ("machine_max_acceleration_x", ACCELERATION),
    ("machine_max_acceleration_y", ACCELERATION),
    ("machine_max_acceleration_z", ACCELERATION),
    ("machine_max_feedrate_e", SPEED),
    ("machine_max_feedrate_x", SPEED),
    ("machine_max_feedrate_y", SPEED),
    ("machine_max_feedrate_z", SPEED),
    ("machine_max_jerk_e", JERK),
    ("machine_max_jerk_x", JERK),
    ("machine_max_jerk_y", JERK),
    ("machine_max_jerk_z", JERK),
    ("max_fan_speed", Number(0.0, 100.0)),
    ("max_print_height", Number(10.0, 2_000.0)),
    ("min_fan_speed", Number(0.0, 100.0)),
    ("min_print_speed", SPEED),
    ("nozzle_diameter", Number(0.1, 1.2)),
    ("perimeter_speed", SPEED),
    ("perimeters", Number(1.0, 10.0)),
    ("post_process", Empty),
    ("printer_technology", Word(&["FFF"])),
    ("remaining_times", Flag),
    ("retract_length", Number(0.0, 10.0)),
    ("retract_lift", Number(0.0, 2.0)),
    ("retract_speed", SPEED),
    ("seam_position", Word(&["aligned"])),
    ("silent_mode", Flag),
    ("skirts", Number(0.0, 10.0)),
    ("slowdown_below_layer_time", Number(0.0, 600.0)),
    ("small_perimeter_speed", SPEED),
    ("solid_infill_speed", SPEED),
    ("start_filament_gcode", EmptyText),
    ("start_gcode", Script),
    ("support_material", Flag),
    ("support_material_auto", Flag),
    ("support_material_buildplate_only", Flag),
    ("support_material_interface_layers", Number(0.0, 10.0)),
    ("support_material_interface_speed", SPEED),
    ("support_material_spacing", Number(0.1, 20.0)),
    ("support_material_speed", SPEED),
    ("support_material_threshold", Number(0.0, 90.0)),
    ("temperature", Number(150.0, 320.0)),
    ("thumbnails", Empty),
    ("toolchange_gcode", Empty),
    ("top_solid_infill_speed", SPEED),
    ("top_solid_layers", Number(0.0, 50.0)),
    ("top_solid_min_thickness", Number(0.0, 10.0)),
    ("travel_speed", SPEED),
    ("use_firmware_retraction", Flag),
    ("use_relative_e_distances", Flag),
];

/// How a list of one empty text is spelled.
pub(crate) const EMPTY_TEXT: &str = "\"\"";

/// The allowed key spelled `key`, and its kind.
pub(crate) fn find(key: &str) -> Option<(&'static str, Kind)> {
    ALLOWED.iter().copied().find(|(allowed, _)| *allowed == key)
}

impl Kind {
    /// Whether `value` is of this kind.
    pub(crate) fn admits(self, value: &str) -> bool {
        match self {
            Number(least, most) => {
                plain_number(value).is_some_and(|number| (least..=most).contains(&number))
            }
            Percent => value
                .strip_suffix('%')
                .and_then(|digits| digits.parse::<u8>().ok())
                .is_some_and(|percent| percent <= 100),
            Flag => matches!(value, "0" | "1"),
            Word(words) => words.contains(&value),
            Corners => value.split(',').all(|corner| {
                corner.split_once('x').is_some_and(|(x, y)| {
                    [x, y]
                        .iter()
                        .all(|n| plain_number(n).is_some_and(|n| (0.0..=2_000.0).contains(&n)))
                })
            }),
            Script => crate::scripts::is_ours(value),
            Empty => value.is_empty(),
            EmptyText => value == EMPTY_TEXT,
        }
    }
}

/// A number in plain digits: `parse` alone would also take `inf`, `1e9` and `+1`.
fn plain_number(text: &str) -> Option<f64> {
    text.chars()
        .all(|c| c.is_ascii_digit() || c == '.')
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_46_keys_that_run_programs_or_write_commands_are_absent_or_forced_empty() {
        for (key, kind) in ALLOWED {
            let carries_text =
                key.contains("gcode") || *key == "post_process" || *key == "thumbnails";
            let harmless = matches!(*key, "gcode_flavor" | "gcode_comments");
            if carries_text && !harmless {
                assert!(
                    matches!(kind, Empty | EmptyText | Script),
                    "{key} is {kind:?}"
                );
            }
        }
        for key in [
            "output_filename_format",
            "gcode_substitutions",
            "load",
            "datadir",
            "output",
        ] {
            assert_eq!(find(key), None, "{key}");
        }
        assert!(!Empty.admits("/bin/true"));
    }

    #[test]
    fn values_outside_their_kind_are_refused() {
        assert!(Number(0.0, 10.0).admits("2.5"));
        for bad in ["", "11", "-1", "inf", "NaN", "1e1", "+2", "2\n", "2;M112"] {
            assert!(!Number(0.0, 10.0).admits(bad), "{bad:?}");
        }
        assert!(Percent.admits("100%") && !Percent.admits("101%") && !Percent.admits("5"));
        assert!(Corners.admits("0x0,220x0") && !Corners.admits("0x0,-1x0") && !Corners.admits(""));
        assert!(!Flag.admits("true"));
    }
}
