//! Why something was not done or went wrong, in words for the people who wait for the print.

use fluxprint_domain::Refusal;
use fluxprint_link::Refused;
use fluxprint_printers::PrinterError;

/// What the bridge itself has to say. Refusals of the house and errors of printers have words of
/// their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Cancelled while nothing had been tried.
    CanceledBeforeStart,
    /// Cancelled because the service said so.
    Canceled,
    /// Cancelled, but not by us.
    CanceledAtThePrinter,
    /// The machine was reset in the middle.
    MachineReset,
    /// The print broke off.
    BrokeOff,
    /// The start was sent and never seen.
    StartNotSeen,
    /// A print that was seen is gone without a trace.
    LostFromSight,
    /// The service does not have the file (any more).
    FileNotThere,
    /// The service does not let this bridge have the file.
    FileForbidden,
    /// The file did not come through in time.
    FetchGivenUp,
    /// The file is larger than any print file may be.
    FileTooLarge,
    /// The local disk does not take the file.
    DiskFull,
    /// The file breaks a rule of the local G-code policy.
    FileRefused,
    /// A heater is on before the start.
    HeaterOn,
    /// The start speaks of a try that was never staged here.
    NotStaged,
    /// Too many tries that the service has not settled.
    TooManyTries,
    /// The bridge does not know this try.
    UnknownTry,
    /// Another file than the one meant is being printed, or none.
    NotPrintingThis,
    /// More commands than the bridge can take at once.
    TooManyCommands,
    /// The local limits file forbids commands of this kind.
    LocallyForbidden,
    /// The local limits file wants quiet now.
    QuietHours,
}

impl Why {
    /// The stable code.
    fn code(self) -> &'static str {
        match self {
            Self::CanceledBeforeStart => "CANCELED_BEFORE_START",
            Self::Canceled => "CANCELED",
            Self::CanceledAtThePrinter => "CANCELED_AT_PRINTER",
            Self::MachineReset => "PRINTER_RESET",
            Self::BrokeOff => "PRINT_BROKE_OFF",
            Self::StartNotSeen => "START_NOT_SEEN",
            Self::LostFromSight => "PRINT_LOST_FROM_SIGHT",
            Self::FileNotThere => "PRINT_FILE_NOT_THERE",
            Self::FileForbidden => "PRINT_FILE_FORBIDDEN",
            Self::FetchGivenUp => "PRINT_FILE_NOT_FETCHED",
            Self::FileTooLarge => "PRINT_FILE_TOO_LARGE",
            Self::DiskFull => "BRIDGE_DISK_FULL",
            Self::FileRefused => "PRINT_FILE_REFUSED",
            Self::HeaterOn => "HEATER_ON",
            Self::NotStaged => "NOT_STAGED",
            Self::TooManyTries => "TOO_MANY_OPEN_TRIES",
            Self::UnknownTry => "NOT_KNOWN_HERE",
            Self::NotPrintingThis => "NOT_PRINTING_THIS",
            Self::TooManyCommands => "TOO_MANY_COMMANDS",
            Self::LocallyForbidden => "LOCALLY_FORBIDDEN",
            Self::QuietHours => "LOCAL_QUIET_HOURS",
        }
    }

    /// What happened.
    fn sentence(self) -> &'static str {
        match self {
            Self::CanceledBeforeStart => "The print was cancelled before it began.",
            Self::Canceled => "The print was cancelled.",
            Self::CanceledAtThePrinter => "Somebody cancelled the print at the printer.",
            Self::MachineReset => "The printer was reset in the middle of the print.",
            Self::BrokeOff => "The print broke off.",
            Self::StartNotSeen => {
                "The start was sent, but the printer was not seen to begin. It may have printed or not."
            }
            Self::LostFromSight => {
                "The print was running and has disappeared, for example because OctoPrint was restarted."
            }
            Self::FileNotThere => "The print service no longer has the print file.",
            Self::FileForbidden => {
                "The print service does not let this bridge have the print file."
            }
            Self::FetchGivenUp => {
                "The print file did not arrive at the printer, although it was tried for some minutes."
            }
            Self::FileTooLarge => "The print file is larger than a bridge takes.",
            Self::DiskFull => "The bridge cannot store the print file on its disk.",
            Self::FileRefused => {
                "The print file holds a command that this printer's own limits forbid."
            }
            Self::HeaterOn => {
                "Somebody has switched on a heater at the printer, so it may be in use."
            }
            Self::NotStaged => {
                "The print file is not ready at the printer, so the start was not carried out."
            }
            Self::TooManyTries => {
                "The bridge still waits for the print service to settle earlier prints of this printer."
            }
            Self::UnknownTry => "The bridge knows nothing of this print.",
            Self::NotPrintingThis => {
                "The printer is not printing this at the moment, so nothing was done to it."
            }
            Self::TooManyCommands => "The bridge has more to do than it can take at once.",
            Self::LocallyForbidden => {
                "The bridge's own limits do not allow this from afar at this printer."
            }
            Self::QuietHours => "The bridge's own limits want this printer to be quiet now.",
        }
    }

    /// What to do.
    fn remedy(self) -> &'static str {
        match self {
            Self::CanceledBeforeStart | Self::NotStaged => {
                "Nothing was printed. Start it again when you want it."
            }
            Self::Canceled
            | Self::CanceledAtThePrinter
            | Self::MachineReset
            | Self::BrokeOff
            | Self::StartNotSeen
            | Self::LostFromSight => {
                "Look at the printer, then say how the print ended and whether the bed is clear."
            }
            Self::FileNotThere => "Print it again: the file will be made anew.",
            Self::FileForbidden => "Pair the bridge again, then print it again.",
            Self::FetchGivenUp => {
                "Check the network between the bridge, the print service and OctoPrint, then print it again."
            }
            Self::FileTooLarge => "Make the part smaller or choose a coarser quality.",
            Self::DiskFull => {
                "Free some space on the computer the bridge runs on, then print it again."
            }
            Self::FileRefused => {
                "Send the model again, or ask whoever looks after the printer about its limits."
            }
            Self::HeaterOn => {
                "Switch the heaters off, or wait until the printer is free; then start the print again."
            }
            Self::TooManyTries => {
                "Wait a minute and try again; if it stays, restart the print service."
            }
            Self::UnknownTry => "Look at the printer if it should be printing.",
            Self::NotPrintingThis => {
                "Look at the printer's state; another print is not touched by this."
            }
            Self::TooManyCommands => "Try again in a few seconds.",
            Self::LocallyForbidden => {
                "Do it at the printer, or ask whoever looks after its bridge to allow it in the file of local limits."
            }
            Self::QuietHours => "Try again when the quiet hours are over.",
        }
    }
}

impl From<Why> for Refused {
    fn from(why: Why) -> Self {
        said(why.code(), why.sentence(), why.remedy())
    }
}

/// The same with a more exact sentence.
pub fn because(why: Why, sentence: impl Into<String>) -> Refused {
    Refused {
        sentence: sentence.into(),
        ..why.into()
    }
}

/// A refusal of the house.
pub fn refusal(refusal: &Refusal) -> Refused {
    said(refusal.code(), &refusal.sentence(), refusal.remedy())
}

/// An error of a printer's program in one line: what is wrong, what to do, and the code.
pub fn in_one_line(error: &PrinterError) -> String {
    format!("{} {} [{}]", error.sentence(), error.remedy(), error.code())
}

/// An error of a printer's program.
pub fn printer(error: &PrinterError) -> Refused {
    said(error.code(), &error.sentence(), error.remedy())
}

fn said(code: &str, sentence: &str, remedy: &str) -> Refused {
    Refused {
        code: code.to_owned(),
        sentence: sentence.to_owned(),
        remedy: remedy.to_owned(),
    }
}
