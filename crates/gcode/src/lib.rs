//! G-code: what a file would do to a printer, read the way firmware reads it.
//!
//! [`inspect`] goes through a file once, as a stream, and gives its [`Facts`] (time, filament,
//! extents, temperatures) and the [`Verdict`] of the G-code policy. It runs on uploads, on what
//! the slicer wrote, and again in the bridge before a printer gets the file.
//!
//! Firmwares differ in what they take for a comment, a number or a second command. Where a line
//! can be read in more than one way, every reading is judged, and a heater is only believed to
//! be off when there was one way to read the line that turned it off.
//!
//! Pure: no clock, no files, no network.

mod arc;
mod bounds;
mod comments;
mod error;
mod facts;
mod heat;
mod inspect;
pub mod limits;
mod line;
mod lines;
mod motion;
mod number;
mod policy;
mod problem;
mod text;
mod verdict;
mod words;

pub use bounds::Bounds;
pub use error::GcodeError;
pub use facts::{Extents, Facts};
pub use inspect::{Inspection, inspect};
pub use verdict::{Class, Finding, Verdict};
