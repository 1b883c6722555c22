//! What a look at a printer proves about a try that may have been started. Pure.
//!
//! One rule serves the seconds after a start, the return of a printer that was out of sight and a
//! restart of the bridge: **look, never repeat** (R-05). A start itself is never proof.

use crate::words::Why;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::printer::{Activity, Observation, PrinterState};
use fluxprint_printers::PrintCounts;

/// What the journal knows of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// The phase it was last proved to be in.
    pub phase: Phase,
    /// Its own path in the printer's program.
    pub path: &'a str,
    /// How often that file had been printed when INTENT was written.
    pub at_intent: PrintCounts,
    /// Whether we were told to cancel it.
    pub cancel_asked: bool,
}

/// What is true now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing has to be judged, or this look cannot tell.
    NothingNew,
    /// This is proved.
    Is(Phase, Option<Why>),
    /// Neither a trace of the print nor of its end. If that stays so, nobody can know.
    NoTrace,
}

/// Judges a try by one look and by the print counters of its file (`None`: the file is gone, or
/// nobody has asked).
#[must_use]
pub fn judge(known: &Known<'_>, seen: &Observation, now: Option<PrintCounts>) -> Judgement {
    let may_be_printing = matches!(
        known.phase,
        Phase::Intent | Phase::Starting | Phase::Printing | Phase::Paused
    );
    if !may_be_printing || seen.state == PrinterState::Unknown {
        return Judgement::NothingNew;
    }
    if let Some(end) = now.and_then(|now| ended_by_count(known, seen, now)) {
        return end;
    }
    let ours = seen.job.as_ref().filter(|job| job.path == known.path);
    match (ours, seen.activity) {
        (Some(_), Activity::Starting) => forward(known.phase, Phase::Starting),
        (Some(_), Activity::Printing | Activity::Resuming | Activity::Finishing) => {
            Judgement::Is(Phase::Printing, None)
        }
        (Some(_), Activity::Pausing | Activity::Paused) => Judgement::Is(Phase::Paused, None),
        // On the way to its end; until then it still moves.
        (Some(_), Activity::Cancelling) => forward(known.phase, Phase::Starting),
        (Some(job), Activity::Idle) => ended_by_progress(known, job.completion_pct),
        (Some(_), Activity::Other) | (None, _) => Judgement::NoTrace,
    }
}

/// `phase`, unless the try has been seen further on.
fn forward(known: Phase, phase: Phase) -> Judgement {
    match known {
        Phase::Intent => Judgement::Is(phase, None),
        _ => Judgement::NothingNew,
    }
}

/// The counters of a file rise at every end of a print of it, and only then.
fn ended_by_count(known: &Known<'_>, seen: &Observation, now: PrintCounts) -> Option<Judgement> {
    if now.success > known.at_intent.success {
        return Some(Judgement::Is(Phase::Completed, None));
    }
    if now.failure <= known.at_intent.failure {
        return None;
    }
    // A cancelled print leaves its file selected on a machine that is ready; one that broke off
    // with its machine does not.
    let still_selected = seen.job.as_ref().is_some_and(|job| job.path == known.path);
    Some(match (known.cancel_asked, seen.state) {
        (true, _) => Judgement::Is(Phase::Canceled, Some(Why::Canceled)),
        (false, PrinterState::Ready) if still_selected => {
            Judgement::Is(Phase::Canceled, Some(Why::CanceledAtThePrinter))
        }
        (false, _) => Judgement::Is(Phase::Failed, Some(Why::BrokeOff)),
    })
}

/// An idle machine with our file selected: all of it done is proof of its end. That proof does not
/// count when the file had been printed before the intent, because it could be that print's.
fn ended_by_progress(known: &Known<'_>, completion_pct: Option<f64>) -> Judgement {
    let first_print = known.at_intent.success == 0;
    match completion_pct {
        Some(pct) if pct >= 100.0 && first_print => Judgement::Is(Phase::Completed, None),
        None if known.cancel_asked && known.phase != Phase::Intent => {
            Judgement::Is(Phase::Canceled, Some(Why::Canceled))
        }
        _ => Judgement::NoTrace,
    }
}

/// What a try without a trace becomes when waiting has not helped, and why.
#[must_use]
pub fn given_up(phase: Phase) -> Why {
    match phase {
        Phase::Intent => Why::StartNotSeen,
        _ => Why::LostFromSight,
    }
}

#[cfg(test)]
#[path = "recovery_tests.rs"]
mod tests;
