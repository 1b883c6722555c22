//! What an attendant remembers between two looks.

use crate::doubt::Mark;
use fluxprint_domain::Monotonic;
use fluxprint_domain::id::AttemptId;
use fluxprint_domain::printer::{Activity, PrinterState};
use std::collections::HashMap;

/// What an attendant remembers between two looks.
pub(super) struct Sight {
    /// What the printer looked like.
    pub(super) mark: Option<Mark>,
    /// Whether something may have happened unseen since then.
    pub(super) unseen: bool,
    /// Since when a try has been without a trace.
    pub(super) missing: HashMap<AttemptId, Missing>,
    /// When a cancel was last said.
    pub(super) cancel_said_at: HashMap<AttemptId, Monotonic>,
    /// When the machine last came to a standstill.
    pub(super) still_since: Option<Monotonic>,
    /// When the machine was last reset.
    pub(super) reset_at: Option<Monotonic>,
    pub(super) looked_at: Option<Monotonic>,
    /// Whether the pause of what prints was asked for here.
    pub(super) pause_asked: bool,
    /// When the files of ended tries were last looked through.
    pub(super) cleaned_at: Option<Monotonic>,
    pub(super) handed_on_at: Option<Monotonic>,
    /// What was handed on last: state, activity and message.
    pub(super) last: Option<(PrinterState, Activity, Option<String>)>,
    /// Whether the program's identity has been asked since it was last out of sight.
    pub(super) identified: bool,
}

/// A try without a trace.
#[derive(Clone, Copy)]
pub(super) struct Missing {
    pub(super) since: Monotonic,
    /// Its start was sent by this very process: then it has so long to be seen, whether the
    /// printer's program answers or not.
    pub(super) sent: bool,
}

impl Sight {
    pub(super) fn new(mark: Option<Mark>) -> Self {
        Self {
            mark,
            unseen: true,
            missing: HashMap::new(),
            cancel_said_at: HashMap::new(),
            still_since: None,
            reset_at: None,
            looked_at: None,
            pause_asked: false,
            cleaned_at: None,
            handed_on_at: None,
            last: None,
            identified: false,
        }
    }

    /// The start has just been sent: from now on it may take its time to be seen.
    pub(super) fn wait_anew(&mut self, attempt: AttemptId, now: Monotonic) {
        let sent = Missing {
            since: now,
            sent: true,
        };
        self.missing.insert(attempt, sent);
    }

    pub(super) fn cancel_said(&mut self, attempt: AttemptId, now: Monotonic) {
        self.cancel_said_at.insert(attempt, now);
    }

    /// A print of ours was told of. It may be over before a look shows it moving, and the looks
    /// that are still on their way then show nothing of somebody else's.
    pub(super) fn moves_in_ours(&mut self, path: &str) {
        self.mark = Some(Mark {
            path: Some(path.to_owned()),
            moving: true,
            foreign: false,
            done_pct: None,
            print_time_s: None,
            prints: None,
        });
    }

    pub(super) fn forget(&mut self, attempt: AttemptId) {
        self.missing.remove(&attempt);
        self.cancel_said_at.remove(&attempt);
    }
}
