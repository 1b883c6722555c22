//! The OctoPrint driver against a scripted peer, the virtual OctoPrint and a real one.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod bench;
mod calls;
mod hostile;
mod life;
mod peer;
mod real;
mod refusals;
mod simulated;
mod start;
mod upload;
mod watch;
