//! Everything that can be wrong with a line, and how it is said.

use crate::verdict::Class;

/// A heater that a file can ask to be hot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heater {
    Nozzle,
    Bed,
    Chamber,
}

impl Heater {
    fn word(self) -> &'static str {
        match self {
            Self::Nozzle => "nozzle",
            Self::Bed => "bed",
            Self::Chamber => "chamber",
        }
    }
}

/// One problem of one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Problem {
    /// `@pause` and the like: orders to OctoPrint itself.
    HostCommand,
    /// A command that may never stand in a file. `does` completes "M112 …".
    Refused { number: u32, does: &'static str },
    /// A command that a manager could allow.
    Manager { number: u32, does: &'static str },
    /// A named command, such as Klipper's or a macro.
    Extended,
    /// No command at all.
    NotACommand,
    /// Bytes beyond ASCII outside a comment or a message.
    NotText,
    /// A number without a letter, which some firmware adds to the one before it.
    LoneNumber,
    /// A command longer than firmware takes.
    TooLong,
    /// A target beyond the printer's limit.
    TooHot {
        heater: Heater,
        asked_c: f64,
        limit_c: f64,
    },
    /// A temperature command that firmwares read differently.
    OddTemperature,
    /// A temperature that is stored in the printer and not told.
    StoredTemperature,
    /// Any other number beyond its limit.
    Beyond {
        letter: char,
        number: u32,
        asked: f64,
        limit: f64,
    },
    /// A pause that is too long.
    Dwell { asked_s: f64 },
    /// Filament laid outside the printer's volume.
    Outside { axis: char, at_mm: f64 },
    /// A message for the display with more than plain text.
    Message,
    /// Heaters stay on when the file ends.
    EndsHot {
        nozzle_c: f64,
        bed_c: f64,
        chamber_c: f64,
    },
}

impl Problem {
    pub(crate) fn class(&self) -> Class {
        match self {
            Self::Manager { .. } => Class::NeedsManager,
            _ => Class::Refuse,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::HostCommand => "GCODE_HOST_COMMAND",
            Self::Refused { .. } => "GCODE_COMMAND_REFUSED",
            Self::Manager { .. } => "GCODE_NEEDS_MANAGER",
            Self::Extended => "GCODE_UNKNOWN_MACRO",
            Self::NotACommand => "GCODE_NOT_A_COMMAND",
            Self::NotText => "GCODE_NOT_TEXT",
            Self::LoneNumber => "GCODE_LONE_NUMBER",
            Self::TooLong => "GCODE_COMMAND_TOO_LONG",
            Self::TooHot { .. } => "GCODE_TOO_HOT",
            Self::OddTemperature => "GCODE_TEMPERATURE_UNCLEAR",
            Self::StoredTemperature => "GCODE_TEMPERATURE_STORED",
            Self::Beyond { .. } => "GCODE_BEYOND_LIMIT",
            Self::Dwell { .. } => "GCODE_DWELL_TOO_LONG",
            Self::Outside { .. } => "GCODE_OUTSIDE_VOLUME",
            Self::Message => "GCODE_MESSAGE_UNCLEAN",
            Self::EndsHot { .. } => "GCODE_ENDS_HOT",
        }
    }

    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::HostCommand => {
                "This line gives an order to the printer's server, not to the printer.".to_owned()
            }
            Self::Refused { number, does } => {
                format!("M{number} {does}; it may not stand in a file.")
            }
            Self::Manager { number, does } => {
                format!("M{number} {does}; that is not a file's business.")
            }
            Self::Extended => {
                "This line calls a macro of the printer that is not known here.".to_owned()
            }
            Self::NotACommand => "This line is not a printer command.".to_owned(),
            Self::NotText => "This command holds characters that no command has.".to_owned(),
            Self::LoneNumber => "This command holds a number without a letter.".to_owned(),
            Self::TooLong => "This command is longer than 256 characters.".to_owned(),
            Self::TooHot {
                heater,
                asked_c,
                limit_c,
            } => format!(
                "This line heats the {} to {asked_c:.0} °C; this printer's limit is {limit_c:.0} °C.",
                heater.word()
            ),
            Self::OddTemperature => {
                "This line sets a temperature in a way that printers read differently.".to_owned()
            }
            Self::StoredTemperature => {
                "This line asks for a temperature that is stored in the printer.".to_owned()
            }
            Self::Beyond {
                letter,
                number,
                asked,
                limit,
            } => format!("{letter}{number} asks for {asked:.0}; the most allowed is {limit:.0}."),
            Self::Dwell { asked_s } => {
                format!("This line waits {asked_s:.0} seconds; the most allowed is 600.")
            }
            Self::Outside { axis, at_mm } => {
                format!("This line prints at {axis} = {at_mm:.1} mm, outside the printer.")
            }
            Self::Message => {
                "This line shows a message that is too long or holds more than plain text."
                    .to_owned()
            }
            Self::EndsHot {
                nozzle_c,
                bed_c,
                chamber_c,
            } => format!(
                "The file ends with heaters on (nozzle {nozzle_c:.0} °C, bed {bed_c:.0} °C, \
                 chamber {chamber_c:.0} °C)."
            ),
        }
    }

    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::Manager { .. } => "Take the line out, or ask a manager to set the printer up.",
            Self::TooHot { .. } => {
                "Slice it again with temperatures for this printer, or choose another printer."
            }
            Self::Outside { .. } => {
                "Slice it again for the bed of this printer, or choose a larger printer."
            }
            Self::EndsHot { .. } => {
                "Add M104 S0, M140 S0 and M141 S0 to the end G-code in your slicer and slice again."
            }
            Self::NotText | Self::Message => "Use plain letters in it, or take the line out.",
            _ => {
                "Take the line out of the custom G-code in your slicer and slice again, \
                 or upload the model itself."
            }
        }
    }
}
