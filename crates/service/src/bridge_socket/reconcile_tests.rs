use super::*;
use fluxprint_domain::Timestamp;
use fluxprint_domain::attempt::{Outcome, step};
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::printer::{Activity, Heaters, Observation, PrinterState};
use fluxprint_link::PrinterReport;
use std::collections::BTreeSet;

const OLD: u128 = 1;
const NEW: u128 = 2;

fn id<K: fluxprint_domain::id::Kind>(n: u128) -> fluxprint_domain::id::Id<K> {
    fluxprint_domain::id::Id::new(Timestamp(0), n)
}

fn intended(state: State, session: u128) -> Intended {
    Intended {
        attempt: id(10),
        printer: id(20),
        state,
        session: Some(id(session)),
    }
}

fn report(full: bool, phase: Option<Phase>) -> Report {
    let attempts = phase.map(|phase| AttemptReport {
        attempt: id(10),
        phase,
        because: None,
    });
    let idle = Observation {
        state: PrinterState::Ready,
        activity: Activity::Idle,
        job: None,
        heaters: Heaters::default(),
        message: None,
    };
    let printer = PrinterReport {
        printer: id(20),
        observation: idle,
        epoch: Epoch(1),
        bed_in_doubt: false,
        alarms: BTreeSet::new(),
        attempts: attempts.into_iter().collect(),
    };
    Report {
        full,
        printers: vec![printer],
    }
}

/// The attempt's state after every step of the plan was written down.
fn after(attempt: &Intended, report: &Report) -> State {
    plan(id(NEW), std::slice::from_ref(attempt), report)
        .iter()
        .fold(attempt.state, |state, s| match s {
            Step::Apply { event, .. } => step(state, *event).unwrap(),
            _ => state,
        })
}

#[test]
fn a_start_that_never_arrived_is_proven_lost_by_the_next_session() {
    let lost = intended(State::StartSent, OLD);
    assert_eq!(
        after(&lost, &report(true, Some(Phase::Staged))),
        State::Ended(Outcome::NotStarted)
    );
}

#[test]
fn a_start_of_this_session_is_not_given_up_for_a_report_that_crossed_it() {
    let fresh = intended(State::StartSent, NEW);
    assert_eq!(
        after(&fresh, &report(false, Some(Phase::Staged))),
        State::StartSent
    );
    assert_eq!(
        after(&fresh, &report(true, Some(Phase::Staged))),
        State::StartSent
    );
}

#[test]
fn a_bridge_that_has_forgotten_a_started_attempt_leaves_a_person_to_look() {
    for state in [
        State::StartSent,
        State::Accepted,
        State::Starting,
        State::Printing,
    ] {
        assert_eq!(
            after(&intended(state, OLD), &report(true, None)),
            State::Unsure
        );
        assert_eq!(after(&intended(state, OLD), &report(false, None)), state);
    }
}

#[test]
fn staging_survives_sessions_and_forgotten_staged_bytes_queue_the_copy_again() {
    assert_eq!(
        after(&intended(State::Staging, OLD), &report(true, None)),
        State::Staging
    );
    let forgotten = after(&intended(State::Staged, OLD), &report(true, None));
    assert_eq!(forgotten, State::Ended(Outcome::NotStarted));
}

#[test]
fn no_plan_ever_calls_a_started_attempt_not_started_unless_the_start_was_lost_or_denied() {
    for state in State::ALL
        .into_iter()
        .filter(|s| s.may_have_started() && *s != State::Unsure)
    {
        for phase in Phase::ALL.map(Some).into_iter().chain([None]) {
            for full in [true, false] {
                let end = after(&intended(state, OLD), &report(full, phase));
                if end == State::Ended(Outcome::NotStarted) {
                    let proof = match state {
                        // A start of an older session that the bridge knows as merely staged.
                        State::StartSent => {
                            vec![Phase::Staging, Phase::Staged, Phase::NothingTried]
                        }
                        // The bridge itself proves that its call never went out or was refused.
                        State::Accepted => vec![Phase::NothingTried],
                        _ => vec![],
                    };
                    assert!(
                        phase.is_some_and(|p| proof.contains(&p)),
                        "{state:?} {phase:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_last_word_is_settled_only_after_it_is_written_down() {
    let steps = plan(
        id(NEW),
        &[intended(State::Printing, OLD)],
        &report(false, Some(Phase::Completed)),
    );
    assert!(
        matches!(steps[..], [Step::Apply { .. }, Step::Settle(_)]),
        "{steps:?}"
    );
}

#[test]
fn an_attempt_that_is_over_is_settled_or_abandoned_but_what_moves_is_left_alone() {
    let without = |phase| plan(id(NEW), &[], &report(true, Some(phase)));
    assert_eq!(without(Phase::Staged), [Step::Abandon(id(10))]);
    assert_eq!(without(Phase::Completed), [Step::Settle(id(10))]);
    let moves = Step::Contradiction(id(20));
    assert_eq!(without(Phase::Printing), [moves], "but people hear of it");
}
