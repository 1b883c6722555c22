//! Points of the start path at which a test may end the process as if the power had gone.
//!
//! Compiled in only with the feature `failpoints`, armed only through the environment of a child
//! process: `FLUXPRINT_FAILPOINT=service.after_issue`; with `:3` behind the name it is the third time the point is
//! reached that counts. A simulation watches the points of its own thread instead ([`watch`]).

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

/// Ends the process at once if it was told to end here, unless this thread is watched.
#[cfg(feature = "failpoints")]
pub fn reach(name: &'static str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    // One point is armed in a process, so one counter does.
    static REACHED: AtomicU32 = AtomicU32::new(0);
    let watched = WATCHER.with_borrow(|watcher| watcher.as_ref().map(|watcher| watcher(name)));
    if watched.is_some() {
        return;
    }
    let Ok(told) = std::env::var("FLUXPRINT_FAILPOINT") else {
        return;
    };
    let (armed, nth) = told.split_once(':').unwrap_or((&told, "1"));
    if armed == name && nth.parse() == Ok(REACHED.fetch_add(1, Ordering::Relaxed) + 1) {
        std::process::abort();
    }
}

/// Who is told of every point that this thread reaches; it may unwind, which is how a simulated
/// program dies.
#[cfg(feature = "failpoints")]
pub type Watcher = Box<dyn Fn(&'static str)>;

#[cfg(feature = "failpoints")]
thread_local! {
    static WATCHER: std::cell::RefCell<Option<Watcher>> = const { std::cell::RefCell::new(None) };
}

/// Watches the points of this thread from now on.
#[cfg(feature = "failpoints")]
pub fn watch(watcher: Watcher) {
    WATCHER.set(Some(watcher));
}

/// Nothing: this build has no failpoints.
#[cfg(not(feature = "failpoints"))]
pub fn reach(_name: &'static str) {}
