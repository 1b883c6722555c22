//! Points of the start path at which a test may end the process as if the power had gone.
//!
//! Compiled in only with the feature `failpoints`, armed only through the environment of a child
//! process: `FLUXPRINT_FAILPOINT=service.after_issue`.

/// The start is decided, nothing is written.
pub const BEFORE_ISSUE: &str = "service.before_issue";
/// The start is committed, not sent.
pub const AFTER_ISSUE: &str = "service.after_issue";
/// The start was handed to the bridge's socket.
pub const AFTER_SEND: &str = "service.after_send";
/// The bridge's report about an attempt was read, nothing is written.
pub const BEFORE_APPLY: &str = "service.before_apply";
/// The report is committed, the bridge does not know.
pub const AFTER_APPLY: &str = "service.after_apply";

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
