//! Every state and event as OctoPrint 1.11.8 really told it.

use super::super::wire::{JobAnswer, PrinterAnswer, PushMessage};
use super::*;
use serde::de::DeserializeOwned;
use std::path::Path;

fn sample<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{name}.json"));
    serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()
}

fn pushed(name: &str) -> Observation {
    let message: PushMessage = sample(&format!("push-{name}"));
    let told = message.current.or(message.history).unwrap();
    frame(&told, &mut Heaters::default())
}

fn told(name: &str) -> Option<PrinterEvent> {
    let message: PushMessage = sample(&format!("push-event-{name}"));
    event(message.event.unwrap())
}

fn polled(printer: &str) -> Observation {
    let machine: PrinterAnswer = sample(&format!("printer-{printer}"));
    let job: JobAnswer = sample("job-printing");
    connected(
        &machine.state,
        &job.job,
        &job.progress,
        heaters(&machine.temperature),
    )
}

fn offline(job: &str) -> Observation {
    let job: JobAnswer = sample(&format!("job-{job}"));
    not_connected(&job.state, job.error.as_deref(), &job.job, &job.progress)
}

#[test]
fn every_pushed_state_is_read() {
    for (name, state, activity) in [
        ("history", PrinterState::Ready, Activity::Idle),
        ("current-operational", PrinterState::Ready, Activity::Idle),
        (
            "current-operational-after-done",
            PrinterState::Ready,
            Activity::Idle,
        ),
        (
            "current-operational-job-selected",
            PrinterState::Ready,
            Activity::Idle,
        ),
        ("current-printing", PrinterState::Busy, Activity::Printing),
        ("current-pausing", PrinterState::Busy, Activity::Pausing),
        (
            "current-cancelling",
            PrinterState::Busy,
            Activity::Cancelling,
        ),
        ("current-offline", PrinterState::Offline, Activity::Idle),
        (
            "current-opening-serial-connection",
            PrinterState::Offline,
            Activity::Idle,
        ),
    ] {
        let seen = pushed(name);
        assert_eq!((seen.state, seen.activity), (state, activity), "{name}");
    }
}

#[test]
fn every_polled_state_is_read() {
    for (name, state, activity) in [
        ("starting", PrinterState::Busy, Activity::Starting),
        ("printing", PrinterState::Busy, Activity::Printing),
        ("pausing", PrinterState::Busy, Activity::Pausing),
        ("paused", PrinterState::Paused, Activity::Paused),
        ("resuming", PrinterState::Busy, Activity::Resuming),
        ("cancelling", PrinterState::Busy, Activity::Cancelling),
        ("operational", PrinterState::Ready, Activity::Idle),
        ("heating", PrinterState::Ready, Activity::Idle),
    ] {
        let seen = polled(name);
        assert_eq!((seen.state, seen.activity), (state, activity), "{name}");
    }
}

#[test]
fn finishing_and_prints_from_a_card_are_busy() {
    // Too short to be recorded from a virtual printer: the flags are those of OctoPrint's source.
    let mut machine: PrinterAnswer = sample("printer-printing");
    let job: JobAnswer = sample("job-printing");
    machine.state.flags.finishing = true;
    let finishing = connected(&machine.state, &job.job, &job.progress, Heaters::default());
    assert_eq!(finishing.activity, Activity::Finishing);

    let mut machine: PrinterAnswer = sample("printer-printing");
    machine.state.text = "Printing from SD".to_owned();
    let card = connected(&machine.state, &job.job, &job.progress, Heaters::default());
    assert_eq!(
        (card.state, card.activity),
        (PrinterState::Busy, Activity::Other)
    );
}

#[test]
fn a_machine_that_says_nothing_known_is_unknown_and_not_ready() {
    let mut machine: PrinterAnswer = sample("printer-operational");
    machine.state.flags.ready = false;
    let job: JobAnswer = sample("job-done");
    let seen = connected(&machine.state, &job.job, &job.progress, Heaters::default());
    assert_eq!(
        (seen.state, seen.activity),
        (PrinterState::Unknown, Activity::Other)
    );
}

#[test]
fn offline_and_offline_after_error_are_told_apart_with_the_machines_words() {
    let closed = offline("closed");
    assert_eq!(
        (closed.state, closed.message),
        (PrinterState::Offline, None)
    );
    for (name, words) in [
        (
            "after-fatal_marlin",
            "Thermal Runaway, system stopped! Heater_ID: bed - Printer halted. kill() called!",
        ),
        (
            "after-m112",
            "Closing serial port due to emergency stop M112.",
        ),
        ("after-drop_connection", "SerialTimeoutException:"),
    ] {
        let seen = offline(name);
        assert_eq!(seen.state, PrinterState::Error, "{name}");
        assert_eq!(seen.message.as_deref(), Some(words));
        assert_eq!((seen.job, seen.heaters), (None, Heaters::default()));
    }
}

#[test]
fn a_finished_print_and_a_canceled_one_differ_in_completion() {
    let finished = pushed("current-operational-after-done").job.unwrap();
    assert_eq!(finished.completion_pct, Some(100.0));
    assert_eq!(
        (finished.print_time_s, finished.time_left_s),
        (Some(3), Some(0))
    );
    let done: JobAnswer = sample("job-done");
    assert_eq!(seen_job(&done.job, &done.progress), Some(finished));

    let canceled: JobAnswer = sample("job-after-cancel");
    let canceled = seen_job(&canceled.job, &canceled.progress).unwrap();
    assert_eq!(
        (canceled.path.as_str(), canceled.size_bytes),
        ("cube.gcode", Some(1876))
    );
    assert_eq!(canceled.completion_pct, None);
}

#[test]
fn nothing_selected_is_no_job_also_after_a_restart_mid_print() {
    for name in [
        "job-nothing-selected",
        "job-closed",
        "job-after-restart-mid-print",
    ] {
        let job: JobAnswer = sample(name);
        assert_eq!(seen_job(&job.job, &job.progress), None, "{name}");
    }
}

#[test]
fn progress_is_read_and_kept_within_its_bounds() {
    let job = pushed("current-printing").job.unwrap();
    assert_eq!(job.path, "jobs/2026/part.gcode");
    assert!((9.0..10.0).contains(&job.completion_pct.unwrap()));
    assert_eq!(job.time_left_s, Some(13));

    let mut odd: JobAnswer = sample("job-printing");
    odd.progress.completion = Some(1e300);
    odd.progress.print_time = Some(-5.0);
    odd.progress.print_time_left = Some(f64::MAX);
    let odd = seen_job(&odd.job, &odd.progress).unwrap();
    assert_eq!(odd.completion_pct, Some(100.0));
    assert_eq!((odd.print_time_s, odd.time_left_s), (None, None));
}

#[test]
fn heaters_stay_known_between_frames_and_are_forgotten_with_the_machine() {
    let heating = polled("heating").heaters;
    assert!(heating.any_target_on());
    assert_eq!(heating.nozzle.unwrap().target_c, 205.0);
    assert_eq!(heating.bed.unwrap().target_c, 60.0);

    let mut known = heating;
    let message: PushMessage = sample("push-current-operational-after-done");
    let told = message.current.unwrap();
    assert!(told.temps.is_empty(), "the sample has no temperatures");
    assert_eq!(frame(&told, &mut known).heaters, heating);

    let message: PushMessage = sample("push-current-offline");
    assert_eq!(
        frame(&message.current.unwrap(), &mut known).heaters,
        Heaters::default()
    );
}

#[test]
fn every_event_is_read() {
    let cube = || "cube.gcode".to_owned();
    assert_eq!(
        told("PrintStarted"),
        Some(PrinterEvent::Started { path: cube() })
    );
    assert_eq!(
        told("PrintPaused"),
        Some(PrinterEvent::Paused { path: cube() })
    );
    assert_eq!(
        told("PrintResumed"),
        Some(PrinterEvent::Resumed { path: cube() })
    );
    assert_eq!(
        told("PrintDone"),
        Some(PrinterEvent::Done {
            path: "short.gcode".to_owned()
        })
    );
    assert_eq!(told("Connected"), Some(PrinterEvent::Connected));
    assert_eq!(told("Disconnected"), Some(PrinterEvent::Disconnected));
    assert_eq!(told("PrinterStateChanged"), None);
}

#[test]
fn a_cancel_is_one_event_and_not_a_failure() {
    assert_eq!(told("PrintCancelled"), None, "PrintFailed says it again");
    assert_eq!(
        told("PrintFailed-cancelled"),
        Some(PrinterEvent::Failed {
            path: "cube.gcode".to_owned(),
            reason: FailReason::Canceled,
            message: None,
        })
    );
    assert_eq!(
        told("PrintFailed-error"),
        Some(PrinterEvent::Failed {
            path: "jobs/2026/part.gcode".to_owned(),
            reason: FailReason::Error,
            message: None,
        })
    );
}

#[test]
fn an_emergency_is_told_apart_from_a_lost_line() {
    let Some(PrinterEvent::Error { message, emergency }) = told("Error-fatal_marlin") else {
        panic!("an error");
    };
    assert!(emergency && message.starts_with("Thermal Runaway"));
    let Some(PrinterEvent::Error { emergency, .. }) = told("Error-go_awol_default_timeouts") else {
        panic!("an error");
    };
    assert!(!emergency);
}
