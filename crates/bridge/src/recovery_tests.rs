use super::*;
use fluxprint_domain::printer::{Heaters, SeenJob};

const PATH: &str = "fluxprint/att_1.gcode";
const ACTIVITIES: [Activity; 9] = [
    Activity::Idle,
    Activity::Starting,
    Activity::Printing,
    Activity::Pausing,
    Activity::Paused,
    Activity::Resuming,
    Activity::Cancelling,
    Activity::Finishing,
    Activity::Other,
];

fn known(phase: Phase) -> Known<'static> {
    Known {
        phase,
        path: PATH,
        at_intent: PrintCounts::default(),
        cancel_asked: false,
    }
}

fn seen(state: PrinterState, activity: Activity, job: Option<(&str, Option<f64>)>) -> Observation {
    Observation {
        state,
        activity,
        job: job.map(|(path, completion_pct)| SeenJob {
            path: path.to_owned(),
            size_bytes: None,
            completion_pct,
            print_time_s: None,
            time_left_s: None,
        }),
        heaters: Heaters::default(),
        message: None,
    }
}

fn idle(job: Option<(&str, Option<f64>)>) -> Observation {
    seen(PrinterState::Ready, Activity::Idle, job)
}

const OPEN: [Phase; 4] = [
    Phase::Intent,
    Phase::Starting,
    Phase::Printing,
    Phase::Paused,
];

/// Every look that matters, with every kind of counters.
fn every_look(check: impl Fn(Phase, bool, &Observation, Option<PrintCounts>, Judgement)) {
    let counts = [None, Some((0, 0)), Some((1, 0)), Some((0, 1))];
    let jobs = [
        None,
        Some((PATH, None)),
        Some((PATH, Some(40.0))),
        Some((PATH, Some(100.0))),
        Some(("other.gcode", Some(100.0))),
    ];
    for phase in Phase::ALL {
        for cancel_asked in [false, true] {
            for state in PrinterState::ALL {
                for activity in ACTIVITIES {
                    for job in jobs {
                        for count in counts {
                            let look = seen(state, activity, job);
                            let now =
                                count.map(|(success, failure)| PrintCounts { success, failure });
                            let known = Known {
                                cancel_asked,
                                ..known(phase)
                            };
                            check(phase, cancel_asked, &look, now, judge(&known, &look, now));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn no_look_ever_says_that_nothing_was_tried_or_that_a_try_goes_back() {
    every_look(|phase, _, look, _, judged| {
        if let Judgement::Is(now, _) = judged {
            assert!(OPEN.contains(&phase), "{phase:?} {look:?}");
            assert!(
                !matches!(
                    now,
                    Phase::NothingTried
                        | Phase::Staging
                        | Phase::Staged
                        | Phase::Intent
                        | Phase::Unsure
                ),
                "{phase:?} {look:?} {now:?}"
            );
        }
    });
}

#[test]
fn a_try_that_cannot_be_printing_is_never_judged() {
    every_look(|phase, _, _, _, judged| {
        if !OPEN.contains(&phase) {
            assert_eq!(judged, Judgement::NothingNew, "{phase:?}");
        }
    });
}

#[test]
fn completed_needs_a_counter_or_all_of_our_own_file() {
    every_look(|_, _, look, counts, judged| {
        if let Judgement::Is(Phase::Completed, _) = judged {
            let counted = counts.is_some_and(|c| c.success > 0);
            let all_done = look.activity == Activity::Idle
                && look
                    .job
                    .as_ref()
                    .is_some_and(|j| j.path == PATH && j.completion_pct == Some(100.0));
            assert!(counted || all_done, "{look:?} {counts:?}");
        }
    });
}

#[test]
fn another_file_or_none_never_proves_a_print_of_ours() {
    every_look(|_, _, look, counts, judged| {
        let ours = look.job.as_ref().is_some_and(|j| j.path == PATH);
        let counted = counts.is_some_and(|c| c.success + c.failure > 0);
        if !ours && !counted {
            assert!(
                matches!(judged, Judgement::NoTrace | Judgement::NothingNew),
                "{look:?} {judged:?}"
            );
        }
    });
}

#[test]
fn ready_alone_is_never_read_as_done() {
    for phase in OPEN {
        assert_eq!(judge(&known(phase), &idle(None), None), Judgement::NoTrace);
        assert_eq!(
            judge(
                &known(phase),
                &idle(Some((PATH, None))),
                Some(PrintCounts::default())
            ),
            Judgement::NoTrace
        );
    }
}

#[test]
fn a_print_that_goes_on_is_taken_up_again() {
    for (activity, phase) in [
        (Activity::Starting, Phase::Starting),
        (Activity::Printing, Phase::Printing),
        (Activity::Finishing, Phase::Printing),
        (Activity::Pausing, Phase::Paused),
        (Activity::Paused, Phase::Paused),
        (Activity::Resuming, Phase::Printing),
    ] {
        let look = seen(PrinterState::Busy, activity, Some((PATH, Some(1.0))));
        assert_eq!(
            judge(&known(Phase::Intent), &look, None),
            Judgement::Is(phase, None)
        );
    }
}

#[test]
fn the_end_of_an_earlier_print_of_the_same_file_proves_nothing_about_this_one() {
    let before = Known {
        at_intent: PrintCounts {
            success: 1,
            failure: 0,
        },
        ..known(Phase::Intent)
    };
    let look = idle(Some((PATH, Some(100.0))));
    let now = PrintCounts {
        success: 1,
        failure: 0,
    };
    assert_eq!(judge(&before, &look, Some(now)), Judgement::NoTrace);
    let more = PrintCounts {
        success: 2,
        failure: 0,
    };
    assert_eq!(
        judge(&before, &look, Some(more)),
        Judgement::Is(Phase::Completed, None)
    );
}

#[test]
fn an_early_end_is_told_apart_by_whose_cancel_it_was() {
    let failed = Some(PrintCounts {
        success: 0,
        failure: 1,
    });
    let asked = Known {
        cancel_asked: true,
        ..known(Phase::Printing)
    };
    assert_eq!(
        judge(&asked, &idle(Some((PATH, None))), failed),
        Judgement::Is(Phase::Canceled, Some(Why::Canceled))
    );
    assert_eq!(
        judge(&known(Phase::Printing), &idle(Some((PATH, None))), failed),
        Judgement::Is(Phase::Canceled, Some(Why::CanceledAtThePrinter))
    );
    let dead = seen(PrinterState::Error, Activity::Idle, None);
    assert_eq!(
        judge(&known(Phase::Printing), &dead, failed),
        Judgement::Is(Phase::Failed, Some(Why::BrokeOff))
    );
}
