use super::*;
use fluxprint_domain::printer::{Heaters, SeenJob};

const WAITS: Waits = Waits {
    heater_ms: 600_000,
    frozen_ms: 660_000,
    off_again_ms: 10_000,
};
const BEGIN: Monotonic = Monotonic(1_000_000_000);

fn at_s(seconds: u64) -> Monotonic {
    BEGIN.plus_ms(seconds * 1_000)
}

fn seen(state: PrinterState, activity: Activity) -> Observation {
    Observation {
        state,
        activity,
        job: None,
        heaters: Heaters::default(),
        message: None,
    }
}

fn idle(nozzle_target_c: f64) -> Observation {
    Observation {
        heaters: Heaters {
            nozzle: Some(Heater {
                actual_c: nozzle_target_c,
                target_c: nozzle_target_c,
            }),
            bed: None,
        },
        ..seen(PrinterState::Ready, Activity::Idle)
    }
}

fn printing(pct: f64) -> Observation {
    Observation {
        job: Some(SeenJob {
            path: "fluxprint/a.gcode".into(),
            size_bytes: Some(100),
            completion_pct: Some(pct),
            print_time_s: None,
            time_left_s: None,
        }),
        heaters: idle(200.0).heaters,
        ..seen(PrinterState::Busy, Activity::Printing)
    }
}

fn error(message: &str) -> Observation {
    Observation {
        message: Some(message.to_owned()),
        ..seen(PrinterState::Error, Activity::Idle)
    }
}

fn dog() -> Watchdog {
    Watchdog::new(WAITS)
}

fn alarms(dog: &Watchdog) -> Vec<Alarm> {
    dog.alarms().iter().copied().collect()
}

#[test]
fn a_heater_without_a_print_and_without_consent_is_switched_off_after_ten_minutes() {
    let mut dog = dog();
    for second in (0..600).step_by(5) {
        assert!(!dog.saw(&idle(200.0), Known::default(), at_s(second)));
    }
    assert_eq!(alarms(&dog), []);
    assert!(dog.saw(&idle(200.0), Known::default(), at_s(600)));
    assert_eq!(alarms(&dog), [Alarm::HeaterLeftOn]);
    // Not said at every look, and said again while it does not help.
    assert!(!dog.saw(&idle(200.0), Known::default(), at_s(605)));
    assert!(dog.saw(&idle(200.0), Known::default(), at_s(611)));
    assert!(!dog.saw(&idle(0.0), Known::default(), at_s(612)));
    assert_eq!(alarms(&dog), [], "over by itself");
}

#[test]
fn a_preheat_by_hand_is_consent_for_its_ten_minutes_and_no_longer() {
    let mut dog = dog();
    let first = Known {
        preheat_at: Some(at_s(0)),
        ..Known::default()
    };
    let again = Known {
        preheat_at: Some(at_s(500)),
        ..Known::default()
    };
    assert!(!dog.saw(&idle(200.0), first, at_s(1)));
    assert!(!dog.saw(&idle(200.0), first, at_s(599)));
    assert!(!dog.saw(&idle(200.0), again, at_s(1_000)));
    assert!(dog.saw(&idle(200.0), again, at_s(1_100)));
}

#[test]
fn somebody_at_octoprint_is_no_consent_and_a_print_is() {
    let mut dog = dog();
    assert!(!dog.saw(&idle(60.0), Known::default(), at_s(0)));
    // Another temperature is nobody's consent either.
    assert!(!dog.saw(&idle(70.0), Known::default(), at_s(300)));
    assert!(dog.saw(&idle(80.0), Known::default(), at_s(600)));
    assert!(!dog.saw(&printing(1.0), Known::default(), at_s(601)));
    assert_eq!(alarms(&dog), []);
    // After the print it begins anew.
    assert!(!dog.saw(&idle(200.0), Known::default(), at_s(700)));
    assert!(!dog.saw(&idle(200.0), Known::default(), at_s(1_299)));
    assert!(dog.saw(&idle(200.0), Known::default(), at_s(1_300)));
}

#[test]
fn a_program_that_goes_in_the_middle_of_a_print_is_an_alarm_at_once_and_an_idle_one_is_none() {
    let mut dog = dog();
    let _ = dog.saw(&idle(0.0), Known::default(), at_s(0));
    dog.lost();
    assert_eq!(alarms(&dog), []);
    let _ = dog.saw(&printing(1.0), Known::default(), at_s(1));
    dog.lost();
    assert_eq!(alarms(&dog), [Alarm::OctoprintGone]);
    dog.lost();
    assert_eq!(alarms(&dog), [Alarm::OctoprintGone], "it stays");
    let _ = dog.saw(&idle(0.0), Known::default(), at_s(9));
    assert_eq!(alarms(&dog), []);
}

#[test]
fn a_line_that_breaks_is_another_thing_than_a_machine_that_stops_itself() {
    let mut dog = dog();
    let broken = error("SerialTimeoutException: ");
    let _ = dog.saw(&broken, Known::default(), at_s(0));
    assert_eq!(alarms(&dog), [Alarm::SerialLost]);
    let stopped = error("Closing serial port due to emergency stop M112.");
    let _ = dog.saw(&stopped, Known::default(), at_s(1));
    assert_eq!(alarms(&dog), [Alarm::PrinterHalted]);
    let _ = dog.saw(&idle(0.0), Known::default(), at_s(2));
    assert_eq!(alarms(&dog), [], "somebody has connected it again");
    dog.emergency();
    let _ = dog.saw(&printing(1.0), Known::default(), at_s(3));
    let probing = error("Probing failed");
    let _ = dog.saw(&probing, Known::default(), at_s(4));
    assert_eq!(alarms(&dog), [Alarm::PrinterHalted], "as the machine told");
    let _ = dog.saw(&idle(0.0), Known::default(), at_s(5));
    let _ = dog.saw(&broken, Known::default(), at_s(6));
    assert_eq!(alarms(&dog), [Alarm::SerialLost], "that was another time");
}

#[test]
fn a_machine_that_is_let_go_is_an_alarm_only_in_the_middle_of_a_print() {
    let mut dog = dog();
    let gone = seen(PrinterState::Offline, Activity::Idle);
    let _ = dog.saw(&idle(0.0), Known::default(), at_s(0));
    let _ = dog.saw(&gone, Known::default(), at_s(1));
    assert_eq!(alarms(&dog), []);
    let _ = dog.saw(&printing(1.0), Known::default(), at_s(2));
    let _ = dog.saw(&gone, Known::default(), at_s(3));
    let _ = dog.saw(&gone, Known::default(), at_s(4));
    assert_eq!(alarms(&dog), [Alarm::SerialLost], "until it is back");
    let _ = dog.saw(&idle(0.0), Known::default(), at_s(5));
    assert_eq!(alarms(&dog), []);
}

#[test]
fn a_pause_that_nobody_asked_for_here_is_an_alarm_until_it_goes_on() {
    let mut dog = dog();
    let paused = Observation {
        activity: Activity::Paused,
        state: PrinterState::Paused,
        ..printing(10.0)
    };
    let asked = Known {
        pause_asked: true,
        ..Known::default()
    };
    let _ = dog.saw(&paused, Known::default(), at_s(0));
    assert_eq!(alarms(&dog), [], "it was so before anybody watched");
    let _ = dog.saw(&printing(10.0), Known::default(), at_s(0));
    let _ = dog.saw(&paused, asked, at_s(0));
    assert_eq!(alarms(&dog), []);
    let _ = dog.saw(&printing(10.0), Known::default(), at_s(1));
    let _ = dog.saw(&paused, Known::default(), at_s(1));
    assert_eq!(alarms(&dog), [Alarm::PausedByItself]);
    let _ = dog.saw(&paused, Known::default(), at_s(2));
    assert_eq!(alarms(&dog), [Alarm::PausedByItself], "until it goes on");
    let _ = dog.saw(&printing(10.0), Known::default(), at_s(2));
    assert_eq!(alarms(&dog), []);
}

#[test]
fn a_print_that_stands_still_is_an_alarm_unless_it_heats() {
    let mut dog = dog();
    let _ = dog.saw(&printing(10.0), Known::default(), at_s(0));
    let _ = dog.saw(&printing(10.5), Known::default(), at_s(600));
    let _ = dog.saw(&printing(10.5), Known::default(), at_s(1_259));
    assert_eq!(alarms(&dog), []);
    let _ = dog.saw(&printing(10.5), Known::default(), at_s(1_260));
    assert_eq!(alarms(&dog), [Alarm::ProgressFrozen]);
    let _ = dog.saw(&printing(10.6), Known::default(), at_s(1_261));
    assert_eq!(alarms(&dog), [], "it goes on");

    let mut heating = printing(10.6);
    heating.heaters.nozzle = Some(Heater {
        actual_c: 150.0,
        target_c: 200.0,
    });
    for second in (1_261..5_000).step_by(60) {
        let _ = dog.saw(&heating, Known::default(), at_s(second));
        assert_eq!(alarms(&dog), [], "heating at {second}");
    }
    let _ = dog.saw(&printing(10.6), Known::default(), at_s(5_000));
    let _ = dog.saw(&printing(10.6), Known::default(), at_s(5_659));
    assert_eq!(alarms(&dog), [], "counted from the end of heating");
}

#[test]
fn what_was_seen_last_counts_while_nothing_new_is_seen() {
    let mut dog = dog();
    assert!(
        !dog.waited(Known::default(), at_s(0)),
        "nothing was seen yet"
    );
    let _ = dog.saw(&printing(10.0), Known::default(), at_s(0));
    let _ = dog.waited(Known::default(), at_s(660));
    assert_eq!(alarms(&dog), [Alarm::ProgressFrozen], "a silent machine");
    let _ = dog.saw(&idle(200.0), Known::default(), at_s(700));
    assert!(dog.waited(Known::default(), at_s(1_300)));
    dog.lost();
    assert!(!dog.waited(Known::default(), at_s(2_000)), "nobody knows");
}

#[test]
fn a_paused_print_may_stand_still_and_keep_its_heat() {
    let mut dog = dog();
    let paused = Observation {
        activity: Activity::Paused,
        state: PrinterState::Paused,
        ..printing(10.0)
    };
    let asked = Known {
        pause_asked: true,
        ..Known::default()
    };
    for second in (0..7_200).step_by(60) {
        assert!(!dog.saw(&paused, asked, at_s(second)));
        assert_eq!(alarms(&dog), []);
    }
}
