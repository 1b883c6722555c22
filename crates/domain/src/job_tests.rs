use super::*;

#[test]
fn a_copy_that_is_over_is_never_changed() {
    for state in State::ALL.into_iter().filter(|s| s.is_over()) {
        for event in Event::all() {
            assert_eq!(step(state, event), Err(Refusal::AlreadyEnded), "{event:?}");
        }
    }
}

#[test]
fn a_copy_that_may_have_started_is_never_canceled_by_word_alone() {
    for state in [State::Printing, State::Paused, State::NeedsAttention] {
        assert!(step(state, Event::Cancel).is_err(), "{state:?}");
    }
}

#[test]
fn needs_attention_is_left_only_by_what_a_person_does() {
    for event in Event::all() {
        if let Ok(after) = step(State::NeedsAttention, event) {
            let by_person = matches!(
                event,
                Event::PrintAgain | Event::Attempt(attempt::State::Ended(_))
            );
            assert!(by_person, "{event:?} {after:?}");
        }
    }
}

#[test]
fn an_unknown_outcome_is_never_shown_as_success_or_queued_again() {
    for state in [State::Assigned, State::Printing, State::Paused] {
        let after = step(state, Event::Attempt(attempt::State::Unsure));
        assert_eq!(after, Ok(State::NeedsAttention));
    }
}

#[test]
fn every_refusal_has_a_code_a_sentence_and_a_remedy() {
    for state in State::ALL {
        for event in Event::all() {
            if let Err(refusal) = step(state, event) {
                assert!(!refusal.code().is_empty());
                assert!(refusal.sentence().ends_with('.'), "{refusal}");
                assert!(!refusal.remedy().is_empty());
            }
        }
    }
}

#[test]
fn a_job_shows_what_needs_a_person_first_and_is_done_only_when_every_copy_is_over() {
    use State::*;
    assert_eq!(
        derive(&[Completed, NeedsAttention, Printing]),
        NeedsAttention
    );
    assert_eq!(derive(&[Completed, Queued]), Queued);
    assert_eq!(derive(&[Completed, Failed]), Failed);
    assert_eq!(derive(&[Completed, Canceled]), Completed);
    for a in State::ALL {
        for b in State::ALL {
            assert_eq!(derive(&[a, b]).is_over(), a.is_over() && b.is_over());
        }
    }
}

#[test]
fn every_word_names_its_state() {
    for state in State::ALL {
        assert_eq!(State::from_word(state.word()), Some(state));
    }
}

#[test]
fn a_job_is_as_far_as_its_copies_are_on_the_average() {
    use State::{Canceled, Completed, Failed, Printing, Queued};
    assert_eq!(progress_pct(&[(Queued, None), (Queued, None)]), None);
    assert_eq!(
        progress_pct(&[(Completed, Some(99.0)), (Printing, Some(50.0))]),
        Some(75.0)
    );
    assert_eq!(
        progress_pct(&[(Printing, Some(50.0)), (Queued, None)]),
        Some(25.0)
    );
    assert_eq!(
        progress_pct(&[(Completed, None), (Canceled, None), (Failed, Some(3.0))]),
        Some(100.0)
    );
    assert_eq!(progress_pct(&[(Failed, Some(3.0))]), None);
}
