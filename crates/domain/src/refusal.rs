//! A refusal: what stands in the way, in words a person can act on.

use crate::role::Role;
use std::borrow::Cow;

/// A request that was understood and will not be done. Each has a stable code, a sentence that
/// says what happened and a remedy that says what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub enum Refusal {
    /// The caller's role does not allow the act.
    RoleTooLow {
        /// The roles that would do.
        needs: &'static [Role],
    },
    /// The thing is over: nothing can be changed any more.
    AlreadyEnded,
    /// What was asked does not fit what the thing is doing now.
    NotNow {
        /// What was asked, as a verb ("pause", "start").
        asked: &'static str,
        /// What the thing is doing, as an adjective ("queued", "printing").
        while_it_is: &'static str,
    },
    /// Nobody has said that the bed is clear since the last print ended.
    BedNotClear,
    /// The printer or its bridge cannot be reached.
    PrinterOffline,
    /// The printer is at work, also for somebody else.
    PrinterBusy,
    /// The printer reports an error.
    PrinterInError,
    /// The truth about the printer has not been compared with the queue since it came back.
    NotReconciled,
    /// A start that arrives after its deadline.
    StartTooLate,
    /// A start of an older epoch, session or token than the newest one.
    StartOutdated,
    /// Something to be done by hand arrives after its deadline or in another session.
    CommandTooLate,
    /// More heat or a longer way than this printer is allowed.
    OverLimit {
        /// The limit, in words.
        limit: String,
    },
    /// Nothing is done by hand while a print runs or is about to.
    NotWhilePrinting,
    /// The printer's program has its machine already.
    AlreadyConnected,
    /// The bytes are not the ones that were approved.
    OtherBytes,
    /// A bed may be cleared by a rule only on a printer registered as virtual.
    RuleOnlyForVirtualPrinters,
    /// The part is larger than the printer.
    TooLarge,
    /// The printer holds another material than the one asked for.
    OtherMaterial,
    /// The printer does not hold the colour that was asked for, as far as anybody has said.
    OtherColour,
    /// The printer lacks a tag that the job asks for.
    LacksTag,
    /// Copies that come before this one need the printers that are free.
    EarlierFirst,
    /// Two jobs stand in different parts of the queue: one is more urgent.
    OtherPriority,
    /// The printer has another nozzle than the one the file was made for.
    OtherNozzle,
    /// There is no printer (of that name) at all.
    NoPrinter,
    /// The printer is not allowed to get as hot as the material needs.
    TooHot,
    /// Printing is held for the whole organisation.
    OrganisationOnHold,
    /// An organisation without an owner could never be changed again.
    LastOwner,
    /// Something is still being printed for the project.
    ProjectHasOpenJobs,
    /// Everybody's drafts are their own, and stay.
    DraftsStay,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::RoleTooLow { .. } => "PRINTING_INSUFFICIENT_PERMISSIONS",
            Self::AlreadyEnded => "ALREADY_ENDED",
            Self::NotNow { .. } => "NOT_NOW",
            Self::BedNotClear => "BED_NOT_CLEAR",
            Self::PrinterOffline => "PRINTER_OFFLINE",
            Self::PrinterBusy => "PRINTER_BUSY",
            Self::PrinterInError => "PRINTER_IN_ERROR",
            Self::NotReconciled => "NOT_RECONCILED",
            Self::StartTooLate => "START_TOO_LATE",
            Self::StartOutdated => "START_OUTDATED",
            Self::CommandTooLate => "COMMAND_TOO_LATE",
            Self::OverLimit { .. } => "OVER_LIMIT",
            Self::NotWhilePrinting => "NOT_WHILE_PRINTING",
            Self::AlreadyConnected => "ALREADY_CONNECTED",
            Self::OtherBytes => "OTHER_BYTES",
            Self::RuleOnlyForVirtualPrinters => "RULE_ONLY_FOR_VIRTUAL_PRINTERS",
            Self::TooLarge => "TOO_LARGE_FOR_PRINTER",
            Self::OtherMaterial => "OTHER_MATERIAL_LOADED",
            Self::OtherColour => "OTHER_COLOUR_LOADED",
            Self::LacksTag => "LACKS_TAG",
            Self::EarlierFirst => "EARLIER_FIRST",
            Self::OtherPriority => "OTHER_PRIORITY",
            Self::OtherNozzle => "OTHER_NOZZLE_FITTED",
            Self::NoPrinter => "NO_PRINTER",
            Self::TooHot => "TOO_HOT_FOR_PRINTER",
            Self::OrganisationOnHold => "ORGANISATION_ON_HOLD",
            Self::LastOwner => "LAST_OWNER",
            Self::ProjectHasOpenJobs => "PROJECT_HAS_OPEN_JOBS",
            Self::DraftsStay => "DRAFTS_STAY",
        }
    }

    /// What happened.
    #[must_use]
    pub fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::RoleTooLow { needs } => {
                let names: Vec<_> = needs.iter().map(|role| role.word()).collect();
                format!(
                    "Your role does not allow this; it takes one of: {}.",
                    names.join(", ")
                )
                .into()
            }
            Self::AlreadyEnded => "This print is already over.".into(),
            Self::NotNow { asked, while_it_is } => {
                format!("It is not possible to {asked} this while it is {while_it_is}.").into()
            }
            Self::BedNotClear => "Nobody has said yet that the bed is clear.".into(),
            Self::PrinterOffline => "The printer cannot be reached at the moment.".into(),
            Self::PrinterBusy => "The printer is busy.".into(),
            Self::PrinterInError => "The printer reports an error.".into(),
            Self::NotReconciled => {
                "The printer has just come back and is still being checked.".into()
            }
            Self::StartTooLate => "The start came too late and was not carried out.".into(),
            Self::StartOutdated => {
                "The start belongs to an earlier moment and was not carried out.".into()
            }
            Self::CommandTooLate => {
                "What was asked reached the printer too late and was not done.".into()
            }
            Self::OverLimit { limit } => {
                format!("This printer does not allow that: {limit}.").into()
            }
            Self::NotWhilePrinting => {
                "This is not possible while something prints or is about to.".into()
            }
            Self::AlreadyConnected => "The printer is connected already.".into(),
            Self::OtherBytes => "The file is not the one that was checked and approved.".into(),
            Self::RuleOnlyForVirtualPrinters => {
                "This printer is real: only a person may say that its bed is clear.".into()
            }
            Self::TooLarge => "The part is larger than this printer can print.".into(),
            Self::OtherMaterial => "Another material is loaded in this printer.".into(),
            Self::OtherColour => {
                "Nobody has said that this printer holds the wanted colour.".into()
            }
            Self::LacksTag => "No printer has all the tags that this print asks for.".into(),
            Self::EarlierFirst => {
                "Prints that come before it need the printers that are free.".into()
            }
            Self::OtherPriority => "The two prints do not have the same priority.".into(),
            Self::OtherNozzle => {
                "This printer has another nozzle than the file was made for.".into()
            }
            Self::NoPrinter => "There is no printer for this yet.".into(),
            Self::TooHot => {
                "This material needs more heat than this printer is allowed to use.".into()
            }
            Self::OrganisationOnHold => "Printing is on hold for your organisation.".into(),
            Self::LastOwner => "This is the last owner of the organisation.".into(),
            Self::ProjectHasOpenJobs => "Something is still being printed for this project.".into(),
            Self::DraftsStay => {
                "Everybody has a project for drafts; it is theirs alone and stays as it is.".into()
            }
        }
    }

    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::RoleTooLow { .. } => "Ask somebody with one of these roles.",
            Self::AlreadyEnded => "Print it again as a new job.",
            Self::NotNow { .. } => "Wait until its state changes, then try again.",
            Self::BedNotClear => {
                "Look at the printer, empty the bed, then confirm that it is clear."
            }
            Self::PrinterOffline => {
                "See what the printer's page says, then check the printer and its bridge; the job waits meanwhile."
            }
            Self::PrinterBusy => {
                "The job starts when the printer has finished and its bed is clear."
            }
            Self::PrinterInError => "Look at the printer, then connect it again.",
            Self::NotReconciled => "Wait a few seconds; the job goes on by itself.",
            Self::StartTooLate | Self::StartOutdated => {
                "Nothing was printed. The job waits in the queue and can be started again."
            }
            Self::CommandTooLate => "Look at the printer, then try again.",
            Self::OverLimit { .. } => "Ask for less.",
            Self::NotWhilePrinting => "Wait until it has ended, or cancel it first.",
            Self::AlreadyConnected => "Nothing needs doing.",
            Self::OtherBytes => "Send the model again.",
            Self::RuleOnlyForVirtualPrinters => "Look at the bed and confirm it yourself.",
            Self::TooLarge => "Choose a larger printer, or make the part smaller.",
            Self::OtherMaterial => "Choose the material that is loaded, or change the filament.",
            Self::OtherColour => "Load that colour, then say so on the printer's page.",
            Self::LacksTag => "Ask a manager to give a printer these tags, or ask for fewer.",
            Self::EarlierFirst => "It goes on by itself when its turn comes.",
            Self::OtherPriority => "Give both the same priority first.",
            Self::OtherNozzle => "Choose another printer.",
            Self::NoPrinter => "Ask a manager to connect a printer; the job waits meanwhile.",
            Self::TooHot => "Choose another material or another printer.",
            Self::OrganisationOnHold => "Ask an owner to switch printing on again.",
            Self::LastOwner => "Make somebody else an owner first.",
            Self::ProjectHasOpenJobs => "Wait until its prints have ended, or cancel them.",
            Self::DraftsStay => "Make a project for what you want to share or to delete.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_role_is_told_which_roles_would_do() {
        let refusal = Refusal::RoleTooLow {
            needs: &[Role::Owner, Role::Manager],
        };
        assert!(refusal.sentence().contains("owner, manager"));
    }
}
