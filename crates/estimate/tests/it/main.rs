//! The quick estimate against real slices.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say what went wrong by panicking"
)]

mod calibration;
