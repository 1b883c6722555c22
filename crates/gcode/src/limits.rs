//! Every limit on G-code, in one place.

/// Largest file.
pub const FILE_BYTES_MAX: u64 = 500 * 1_000_000;
/// Longest line, comment and all.
pub const LINE_BYTES_MAX: usize = 64 * 1024;
/// Longest command, without its comment. Marlin's own buffer is 96 bytes.
pub const COMMAND_BYTES_MAX: usize = 256;
/// Most findings that are kept word by word; all are counted.
pub const FINDINGS_MAX: usize = 50;
/// Of so many lines with content one may be no command; more, and the file is not G-code (95 %).
pub const STRANGE_LINES_ONE_IN: u64 = 20;
/// Bytes read at once.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Longest name of a slicer that is kept.
pub const SLICER_CHARS_MAX: usize = 80;

/// Highest temperature of a heated chamber. Printers are not registered with one yet, and what
/// melts nothing else in an enclosure is a fair bound.
pub const CHAMBER_C_MAX: f64 = 60.0;
/// Longest pause by G4, in seconds.
pub const DWELL_S_MAX: f64 = 600.0;
/// How far outside the volume filament may be laid. Purge lines in front of the bed of common
/// machines lie at y = -3; skirts and rounding stay far below.
pub const OUTSIDE_MM_MAX: f64 = 5.0;
/// How far under the bed filament may be laid: nothing but rounding and levelling offsets.
pub const BELOW_BED_MM_MAX: f64 = 1.0;
/// Highest speed of a move: two metres per second.
pub const SPEED_MM_PER_MIN_MAX: f64 = 120_000.0;
/// Highest value of a speed limit (M203). Some firmware takes mm/s, some mm/min.
pub const SPEED_LIMIT_MAX: f64 = SPEED_MM_PER_MIN_MAX;
/// Highest acceleration (M201, M204), in mm/s².
pub const ACCELERATION_MM_PER_S2_MAX: f64 = 100_000.0;
/// Highest jerk or junction deviation (M205), in mm/s.
pub const JERK_MM_PER_S_MAX: f64 = 200.0;
/// Full speed of a fan (M106).
pub const FAN_MAX: f64 = 255.0;
/// Highest override of speed (M220) and flow (M221), per cent.
pub const OVERRIDE_PCT_MAX: f64 = 500.0;
/// Number of tools a file may speak of.
pub const TOOLS_MAX: usize = 16;
/// Longest text for the printer's display.
pub const DISPLAY_CHARS_MAX: usize = 64;
/// Highest number of a G or M command. Firmware counts in 16 bits: M65640 is M104 to Marlin.
pub const COMMAND_NUMBER_MAX: f64 = 9999.0;
/// Highest number of any word; beyond it nothing has a meaning and sums stay finite.
pub const NUMBER_MAX: f64 = 1e9;
