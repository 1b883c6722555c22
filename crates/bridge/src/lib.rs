//! The bridge: a small program beside the printers. It dials the print service, takes one job at a
//! time for each printer and drives the printers through their port.
//!
//! Two questions are decided in pure code: what a look at a printer proves about a try
//! ([`recovery`]), and whether its bed may have changed unseen ([`doubt`]). Around them stand thin
//! loops: an *attendant* for each printer, one *session* with the service at a time, and the
//! [`journal`] between them, which is on the disk before anything is done.

mod attendant;
pub mod camera;
pub mod config;
pub mod credentials;
mod desk;
mod dial;
pub mod doubt;
mod error;
pub mod failpoint;
pub mod identity;
pub mod journal;
pub mod limits;
pub mod local_limits;
pub mod pair;
pub mod recovery;
mod run;
mod secret_file;
mod service;
mod session;
pub mod staging;
mod start;
pub mod steps;
pub mod watchdog;
pub mod words;

pub use credentials::Credentials;
pub use error::BridgeError;
pub use run::{Bridge, Opened, OwnPrinter};
pub use service::Service;
