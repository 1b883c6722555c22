//! What goes in and out, as the API describes it.

pub mod alert;
pub mod audit;
pub mod bridge;
pub mod by_hand;
pub mod choices;
pub mod estimate;
pub mod expected;
pub mod job;
pub mod job_said;
pub mod model;
pub mod pairing;
pub mod printer;
pub mod printer_job;
pub mod queue;
pub mod reason;
pub mod timeline;
pub mod words;

pub use reason::ReasonShown;
pub use words::{
    AttemptWord, ColourWord, JobWord, MaterialWord, Moment, PrinterWord, PriorityWord, QualityWord,
};
