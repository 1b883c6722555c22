//! Tests of the G-code room through its public door.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests: a panic is how a test fails"
)]

mod facts;
mod files;
mod hostile;
mod marlin;
mod policy;
mod spelling;
