//! The domain's words as the API spells them.

use fluxprint_domain::colour::Colour;
use fluxprint_domain::print_choice::{Material, Quality};
use fluxprint_domain::printer::PrinterState;
use fluxprint_domain::queue::Priority;
use fluxprint_domain::{attempt, job};

pub use fluxprint_http::Moment;

fluxprint_http::words! {
    /// A material.
    MaterialWord as "Material" of Material;
    /// The colour of a filament.
    ColourWord as "Colour" of Colour;
    /// How urgent a job is.
    PriorityWord as "Priority" of Priority;
    /// A quality.
    QualityWord as "Quality" of Quality;
    /// The state of a job or a copy.
    JobWord as "JobState" of job::State;
    /// The state of an attempt.
    AttemptWord as "AttemptState" of attempt::State;
    /// What a machine was seen doing.
    PrinterWord as "PrinterState" of PrinterState;
}
