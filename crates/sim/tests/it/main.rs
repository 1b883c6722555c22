//! The virtual OctoPrint and the recording proxy over their sockets, on a fake clock.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod failures;
mod fault_runs;
mod proxy;
mod push_frames;
mod rig;
mod samples;
mod shape;
mod wire;
