use super::*;

fn every_pair(check: impl Fn(State, Event, Result<State, Refusal>)) {
    for state in State::ALL {
        for event in Event::all() {
            check(state, event, step(state, event));
        }
    }
}

#[test]
fn no_event_leads_back_and_an_ended_try_stays_ended() {
    every_pair(|state, event, after| {
        if let Ok(after) = after {
            let settled = state == State::Unsure && matches!(event, Event::Settle(_));
            assert!(
                after.rank() >= state.rank() || settled,
                "{state:?} {event:?} {after:?}"
            );
            if matches!(state, State::Ended(_)) {
                assert_eq!(after, state, "{event:?}");
            }
        }
    });
}

#[test]
fn a_start_is_issued_only_once_and_only_for_a_staged_file() {
    every_pair(|state, event, after| {
        if event == Event::IssueStart {
            assert_eq!(after.is_ok(), state == State::Staged, "{state:?}");
        }
    });
}

#[test]
fn only_a_person_leaves_unsure() {
    every_pair(|state, event, after| {
        if state == State::Unsure && after.is_ok_and(|after| after != State::Unsure) {
            assert!(matches!(event, Event::Settle(_)), "{event:?}");
        }
    });
}

#[test]
fn what_may_have_started_never_ends_as_not_started_by_a_report_after_it_was_seen() {
    for state in [State::Accepted, State::Starting, State::Printing] {
        let denied = match state {
            // The bridge proves that the call it had announced never went out or was refused.
            State::Accepted => State::Ended(Outcome::NotStarted),
            _ => State::Unsure,
        };
        assert_eq!(step(state, Event::Seen(Phase::NothingTried)), Ok(denied));
        assert_eq!(step(state, Event::Forgotten), Ok(State::Unsure));
        assert!(step(state, Event::StartLost).is_err());
        assert!(step(state, Event::GiveUp).is_err());
    }
}

#[test]
fn the_same_report_again_changes_nothing() {
    for state in State::ALL {
        for phase in Phase::ALL {
            let once = after_phase(state, phase);
            assert_eq!(after_phase(once, phase), once, "{state:?} {phase:?}");
        }
    }
}

#[test]
fn every_word_names_its_state() {
    for state in State::ALL {
        assert_eq!(State::from_word(state.word()), Some(state));
    }
}
