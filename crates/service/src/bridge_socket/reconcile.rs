//! Compares what a bridge says is true with what the store intends. Pure.
//!
//! Truth of the matter is the printer's, truth of the intent the store's. A difference is never
//! overwritten in silence: it becomes a report on the attempt, a settled one, or one to abandon.

use fluxprint_domain::attempt::{Event, Phase, State};
use fluxprint_domain::id::{AttemptId, PrinterId, SessionId};
use fluxprint_link::{AttemptReport, Refused, Report};
use std::collections::HashMap;

/// An attempt that is not over in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intended {
    /// Which one.
    pub attempt: AttemptId,
    /// The printer it holds.
    pub printer: PrinterId,
    /// How far the store knows it to be.
    pub state: State,
    /// The session its start was issued for.
    pub session: Option<SessionId>,
}

/// What follows from one comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Write this down for an attempt that is open.
    Apply {
        /// Which one.
        attempt: AttemptId,
        /// What is now known.
        event: Event,
        /// The bridge's reason, when it gave one.
        because: Option<Refused>,
    },
    /// Tell the bridge that it may forget this attempt. Only after its `Apply` is on disk.
    Settle(AttemptId),
    /// Something of ours moves at this printer that the store believes to be over: nobody may trust
    /// a word about its bed, and people are to hear of it.
    Contradiction(PrinterId),
    /// Tell the bridge to give up an attempt that the store gave up while it was away.
    Abandon(AttemptId),
}

/// Everything that follows from `report`, heard in `session`.
#[must_use]
pub fn plan(session: SessionId, intended: &[Intended], report: &Report) -> Vec<Step> {
    let reported: HashMap<AttemptId, (PrinterId, &AttemptReport)> = report
        .printers
        .iter()
        .flat_map(|p| p.attempts.iter().map(move |a| (a.attempt, (p.printer, a))))
        .collect();
    let mut steps = Vec::new();
    for attempt in intended {
        match reported.get(&attempt.attempt) {
            Some((_, said)) => heard_of(session, attempt, said, &mut steps),
            None if report.full => unheard_of(attempt, &mut steps),
            None => {}
        }
    }
    let open = |id: &AttemptId| intended.iter().any(|i| i.attempt == *id);
    for (printer, said) in reported.values().filter(|(_, said)| !open(&said.attempt)) {
        steps.push(of_no_intent(*printer, said));
    }
    steps
}

fn heard_of(session: SessionId, attempt: &Intended, said: &AttemptReport, steps: &mut Vec<Step>) {
    let never_arrived = attempt.state == State::StartSent
        && attempt.session != Some(session)
        && matches!(said.phase, Phase::Staging | Phase::Staged);
    let event = if never_arrived {
        Event::StartLost
    } else {
        Event::Seen(said.phase)
    };
    steps.push(Step::Apply {
        attempt: attempt.attempt,
        event,
        because: said.because.clone(),
    });
    if said.phase.is_last() {
        steps.push(Step::Settle(attempt.attempt));
    } else if never_arrived {
        steps.push(Step::Abandon(attempt.attempt));
    }
}

/// A full report without a word of this attempt. Staging is simply ordered again; anything later
/// the bridge should know, and does not.
fn unheard_of(attempt: &Intended, steps: &mut Vec<Step>) {
    if !matches!(attempt.state, State::Pending | State::Staging) {
        steps.push(Step::Apply {
            attempt: attempt.attempt,
            event: Event::Forgotten,
            because: None,
        });
    }
}

/// The bridge speaks of an attempt that is over in the store. What moves at the printer is left
/// to people, who are told; what only lies ready is given up.
fn of_no_intent(printer: PrinterId, said: &AttemptReport) -> Step {
    match said.phase {
        Phase::Staging | Phase::Staged => Step::Abandon(said.attempt),
        phase if phase.is_last() => Step::Settle(said.attempt),
        _ => Step::Contradiction(printer),
    }
}

#[cfg(test)]
#[path = "reconcile_tests.rs"]
mod tests;
