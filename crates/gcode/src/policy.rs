//! The G-code policy: which commands no file may hold, which need a manager, and how far the
//! numbers of the others may go.
//!
//! Numbers and meanings are those of Marlin 2's command list; where RepRapFirmware gives a number
//! another meaning that heats (G10, M568), that one is bounded too.

use crate::bounds::Bounds;
use crate::limits::{
    ACCELERATION_MM_PER_S2_MAX, CHAMBER_C_MAX, COMMAND_NUMBER_MAX, DWELL_S_MAX, FAN_MAX,
    JERK_MM_PER_S_MAX, OVERRIDE_PCT_MAX, SPEED_LIMIT_MAX, SPEED_MM_PER_MIN_MAX, TOOLS_MAX,
};
use crate::number::Number;
use crate::problem::{Heater, Problem};
use crate::words::Command;

/// What is wrong with a command wherever it stands. Positions and texts are judged elsewhere.
pub(crate) fn judge(command: &Command, bounds: &Bounds, mm_per_unit: f64) -> Option<Problem> {
    let number = command.number;
    if f64::from(number) > COMMAND_NUMBER_MAX {
        return Some(Problem::NotACommand);
    }
    match command.letter {
        b'M' => refused(number)
            .map(|does| Problem::Refused { number, does })
            .or_else(|| manager(command).map(|does| Problem::Manager { number, does }))
            .or_else(|| too_hot(command, bounds))
            .or_else(|| beyond(command, mm_per_unit)),
        b'G' if number == 4 => dwell(command),
        b'G' => too_hot(command, bounds).or_else(|| beyond(command, mm_per_unit)),
        _ => (number as usize >= TOOLS_MAX).then_some(Problem::Beyond {
            letter: 'T',
            number,
            asked: f64::from(number),
            limit: (TOOLS_MAX - 1) as f64,
        }),
    }
}

/// What the M commands do that are refused in every file.
fn refused(number: u32) -> Option<&'static str> {
    Some(match number {
        112 | 410 => "stops the printer at once",
        108 => "breaks off the wait for a temperature",
        997 | 993 | 994 => "replaces the printer's firmware or stored files",
        999 => "restarts the printer after an error",
        23 | 24 | 28 | 29 | 30 | 32 | 33 | 928 => "starts or changes files on the printer's card",
        98 => "runs a macro stored in the printer",
        42 | 43 => "switches the printer's electronics directly",
        80 | 81 => "switches the printer's power",
        110 => "changes how the printer counts lines",
        111 => "changes the printer's fault reports",
        511 | 512 => "locks or unlocks the printer",
        575 => "changes the printer's connection",
        _ => return None,
    })
}

/// What the M commands do that a manager could allow.
fn manager(command: &Command) -> Option<&'static str> {
    Some(match command.number {
        500 | 501 | 502 | 504 => "changes the printer's stored settings",
        301 | 303 | 304 => "changes how the heaters are regulated",
        92 | 206 | 851 | 665 | 666 => "changes the printer's calibration",
        906 | 913 | 569 => "changes the motors' current or mode",
        302 => "changes the guard against extruding cold",
        211 if command.values(b'S').any(|n| n.plain == 0.0) => "switches the travel limits off",
        413 => "changes what happens after a power cut",
        _ => return None,
    })
}

/// The targets that a command sets: which heater, in which parameter.
pub(crate) fn targets(command: &Command) -> &'static [(u8, Heater)] {
    use Heater::{Bed, Chamber, Nozzle};
    match (command.letter, command.number) {
        // B is the top of Marlin's automatic temperature, C and D are other firmwares' extras.
        (b'M', 104 | 109) => &[
            (b'S', Nozzle),
            (b'R', Nozzle),
            (b'B', Nozzle),
            (b'C', Nozzle),
            (b'D', Nozzle),
        ],
        (b'M', 140 | 190) => &[(b'S', Bed), (b'R', Bed)],
        (b'M', 141 | 191) => &[(b'S', Chamber), (b'R', Chamber)],
        // A stored preset that M104 I can call up.
        (b'M', 145) => &[(b'H', Nozzle), (b'B', Bed)],
        // RepRapFirmware's active and standby temperature of a tool.
        (b'M', 568) => &[(b'S', Nozzle), (b'R', Nozzle)],
        (b'G', 10) if command.has(b'P') => &[(b'S', Nozzle), (b'R', Nozzle)],
        _ => &[],
    }
}

fn too_hot(command: &Command, bounds: &Bounds) -> Option<Problem> {
    let hottest = targets(command).iter().find_map(|(letter, heater)| {
        let limit_c = match heater {
            Heater::Nozzle => bounds.nozzle_c_max,
            Heater::Bed => bounds.bed_c_max,
            Heater::Chamber => CHAMBER_C_MAX,
        };
        command
            .values(*letter)
            .find(|n| n.largest > limit_c)
            .map(|n| Problem::TooHot {
                heater: *heater,
                asked_c: n.largest,
                limit_c,
            })
    });
    hottest.or_else(|| unclear(command))
}

/// Temperature commands hold few letters. An E (of an exponent), an X (of `0x3FF`, which C's
/// number reader takes) or any other stray letter means that some firmware may see more there.
fn unclear(command: &Command) -> Option<Problem> {
    if command.letter != b'M' || !matches!(command.number, 104 | 109 | 140 | 141 | 190 | 191) {
        return None;
    }
    if command.has(b'I') {
        return Some(Problem::StoredTemperature);
    }
    let known = |letter: &u8| b"SRBCDFHPTW".contains(letter);
    let tool_known = |n: Number| (0.0..TOOLS_MAX as f64).contains(&n.plain);
    let clear =
        command.words.iter().all(|w| known(&w.letter)) && command.values(b'T').all(tool_known);
    (!clear).then_some(Problem::OddTemperature)
}

/// Parameters with an upper bound of their own.
fn beyond(command: &Command, mm_per_unit: f64) -> Option<Problem> {
    let (letters, limit, unit): (&[u8], f64, f64) = match (command.letter, command.number) {
        (b'G', 0..=3 | 5) => (b"F", SPEED_MM_PER_MIN_MAX, mm_per_unit),
        (b'M', 106) => (b"S", FAN_MAX, 1.0),
        (b'M', 201) => (b"XYZE", ACCELERATION_MM_PER_S2_MAX, mm_per_unit),
        (b'M', 203) => (b"XYZE", SPEED_LIMIT_MAX, mm_per_unit),
        (b'M', 204) => (b"PRST", ACCELERATION_MM_PER_S2_MAX, mm_per_unit),
        (b'M', 205) => (b"XYZEJ", JERK_MM_PER_S_MAX, mm_per_unit),
        (b'M', 220 | 221) => (b"S", OVERRIDE_PCT_MAX, 1.0),
        _ => return None,
    };
    // A move's E is a word of its own and not the exponent of the F before it.
    let is_move = command.letter == b'G';
    letters.iter().find_map(|letter| {
        command
            .values(*letter)
            .map(|n| if is_move { n.plain } else { n.largest } * unit)
            .find(|asked| *asked > limit)
            .map(|asked| Problem::Beyond {
                letter: char::from(command.letter),
                number: command.number,
                asked,
                limit,
            })
    })
}

/// G4 waits P milliseconds or S seconds.
fn dwell(command: &Command) -> Option<Problem> {
    let seconds = command.values(b'S').map(|n| n.largest);
    let milliseconds = command.values(b'P').map(|n| n.largest / 1000.0);
    seconds
        .chain(milliseconds)
        .find(|asked_s| *asked_s > DWELL_S_MAX)
        .map(|asked_s| Problem::Dwell { asked_s })
}
