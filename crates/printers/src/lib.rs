//! Printers, behind one port: [`Printer`]. No word of a brand's protocol leaves its own folder.

mod error;
pub mod limits;
pub mod octoprint;
pub mod path;
pub mod port;
mod words;

pub use error::{PrinterError, StartFailure};
pub use path::OwnPath;
pub use port::{
    FailReason, Identity, PrintCounts, Printer, PrinterEvent, Seen, StartSent, StoredFile, Warning,
    Watch, Webcam,
};
