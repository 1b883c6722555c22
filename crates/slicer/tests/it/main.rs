//! The slicer room against the real PrusaSlicer and the real bubblewrap.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what went wrong by panicking"
)]

mod canaries;
mod config_canaries;
mod shapes;
mod slicing;
mod three_mf;
