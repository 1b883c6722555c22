//! The past of a job, as it is shown.

use super::{Moment, ReasonShown};
use fluxprint_domain::id::PrinterId;
use serde::Serialize;
use utoipa::ToSchema;

/// Something that happened to a job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Happened {
    /// When.
    pub at: Moment,
    /// What.
    pub what: What,
    /// The same in words.
    pub sentence: String,
    /// Who did it, where a person or a program of a host did.
    pub who: Option<String>,
    /// To which copy, by its number; null for the whole job.
    pub copy: Option<u32>,
    /// At which printer.
    #[schema(value_type = Option<String>)]
    pub printer: Option<PrinterId>,
    /// Why, where there is more to say.
    pub reason: Option<ReasonShown>,
}

macro_rules! happenings {
    ($($what:ident $sentence:literal;)*) => {
        /// What can happen to a job.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum What {
            $(#[doc = $sentence] $what,)*
        }

        impl What {
            /// The same in words.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Self::$what => $sentence,)*
                }
            }
        }
    };
}

happenings! {
    Made "The print was asked for.";
    Prepared "The file is ready; the print waits for a printer.";
    CannotPrepare "The file cannot be printed.";
    Moved "The print was moved in the queue.";
    Prioritised "The priority of the print was changed.";
    Held "The print was held back.";
    Released "The print was released.";
    PrinterFound "A printer was found.";
    Staged "The file lies in the printer's program, whole and checked.";
    BedCleared "Somebody said that the bed is clear.";
    StartSent "The printer was told to start.";
    Started "The print has begun.";
    PauseAsked "Somebody asked to pause the print.";
    Paused "The print is paused.";
    ResumeAsked "Somebody asked to go on with the print.";
    Resumed "The print goes on.";
    CancelAsked "Somebody asked to cancel the print.";
    Canceled "The print was canceled.";
    NotStarted "The printer did not start; nothing was printed.";
    Completed "The print is done.";
    Failed "The print broke off.";
    NeedsAttention "Nobody can know how the print stands: somebody has to look.";
    Settled "Somebody looked and said what became of the print.";
}
