//! Points of the start path at which a test may end the process as if the power had gone.
//!
//! Compiled in only with the feature `failpoints`, armed only through the environment of a child
//! process: `FLUXPRINT_FAILPOINT=bridge.after_intent`.

/// Before INTENT is written.
pub const BEFORE_INTENT: &str = "bridge.before_intent";
/// INTENT is durable, the start has not been sent.
pub const AFTER_INTENT: &str = "bridge.after_intent";
/// The start has been sent and answered (or its answer lost).
pub const AFTER_START_CALL: &str = "bridge.after_start_call";
/// The printer was seen, RESULT is not written.
pub const BEFORE_RESULT: &str = "bridge.before_result";
/// RESULT is durable, nobody has been told.
pub const AFTER_RESULT: &str = "bridge.after_result";
/// The file is stored, and the journal says so.
pub const AFTER_STAGE: &str = "bridge.after_stage";

/// Ends the process at once if it was told to end here.
#[cfg(feature = "failpoints")]
pub fn reach(name: &str) {
    if std::env::var_os("FLUXPRINT_FAILPOINT").is_some_and(|armed| armed == name) {
        std::process::abort();
    }
}

/// Nothing: this build has no failpoints.
#[cfg(not(feature = "failpoints"))]
pub fn reach(_name: &str) {}
