//! The two ends of the link against each other, on fake time.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod pair;
mod sessions;
mod starts;
mod words;
