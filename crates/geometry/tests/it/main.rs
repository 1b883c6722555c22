//! Tests of the geometry room through its public doors.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests: a panic is how a test fails"
)]

mod canonical;
mod files;
mod hostile;
mod kinds;
mod measures;
mod reading;
