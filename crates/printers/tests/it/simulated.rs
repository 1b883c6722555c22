//! The driver against the virtual OctoPrint, whose failures can be chosen.

use crate::bench::{file, octoprint, path, until};
use crate::life;
use fluxprint_clock::SystemClock;
use fluxprint_domain::control::{Axis, Jog};
use fluxprint_domain::printer::{Activity, PrinterState};
use fluxprint_printers::octoprint::OctoPrint;
use fluxprint_printers::{Printer, PrinterError, PrinterEvent, Seen, StartFailure};
use fluxprint_sim::octoprint::knobs::{NextStart, NextUpload};
use fluxprint_sim::octoprint::{Config, Running, VirtualOctoPrint};
use std::collections::BTreeSet;
use std::sync::Arc;

const KEY: &str = "FEDCBA9876543210FEDCBA9876543210";
const GCODE: &str = "G4 P100\nG4 P100\nG4 P100\n";

struct Rig {
    printer: OctoPrint,
    octoprint: Running,
    config: Config,
    _folder: tempfile::TempDir,
}

async fn rig() -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(folder.path(), KEY, Arc::new(SystemClock::new()));
    let running = VirtualOctoPrint::start(config.clone()).unwrap();
    let printer = octoprint(&running.url(), KEY);
    let mut watch = printer.watch();
    let ready =
        |seen: &Seen| matches!(seen, Seen::Observation(o) if o.state == PrinterState::Ready);
    until(&mut watch, ready).await;
    Rig {
        printer,
        octoprint: running,
        config,
        _folder: folder,
    }
}

async fn upload(printer: &OctoPrint) -> Result<(), PrinterError> {
    let local = file(GCODE);
    let size_bytes = GCODE.len() as u64;
    printer
        .upload(&path(1), local.path(), size_bytes, "t")
        .await
        .map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_virtual_octoprint_lives_as_the_real_one_does() {
    let rig = rig().await;
    life::lives(&rig.printer, &rig.octoprint.url()).await;
    let (octoprint, config) = (rig.octoprint, rig.config);
    life::loses_a_print_in_a_restart(&rig.printer, move || {
        let port = octoprint.addr().port();
        octoprint.stop();
        VirtualOctoPrint::start(config.with_port(port)).unwrap()
    })
    .await
    .stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_whose_answer_is_lost_is_unknown_and_did_start_once() {
    let rig = rig().await;
    upload(&rig.printer).await.unwrap();
    rig.octoprint
        .turn(|k| k.next_start = Some(NextStart::LoseAnswer));
    let outcome = rig.printer.start(&path(1)).await;
    assert_eq!(outcome, Err(StartFailure::Unknown(PrinterError::NoAnswer)));
    let starts = rig.octoprint.starts();
    assert_eq!(starts.len(), 1);
    assert_eq!(starts[0].path, path(1).to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_start_is_refused_and_an_accepted_one_proves_nothing() {
    let rig = rig().await;
    upload(&rig.printer).await.unwrap();
    rig.octoprint
        .turn(|k| k.next_start = Some(NextStart::Refuse));
    let refused = rig.printer.start(&path(1)).await;
    assert!(
        matches!(refused, Err(StartFailure::Refused(_))),
        "{refused:?}"
    );
    rig.octoprint
        .turn(|k| k.next_start = Some(NextStart::AcceptAndForget));
    assert!(rig.printer.start(&path(1)).await.is_ok());
    assert!(rig.octoprint.starts().is_empty());
    let seen = rig.printer.look().await.unwrap();
    assert_eq!(seen.activity, Activity::Idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_upload_leaves_nothing_to_print() {
    let rig = rig().await;
    for (next, code) in [
        (NextUpload::Truncate(10), "UPLOAD_DAMAGED"),
        (NextUpload::DiskFull(10), "OCTOPRINT_FAILED"),
    ] {
        rig.octoprint.turn(|k| k.next_upload = Some(next));
        assert_eq!(upload(&rig.printer).await.unwrap_err().code(), code);
        assert_eq!(rig.printer.stored(&path(1)).await.unwrap(), None);
    }
    upload(&rig.printer).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_sign_in_a_whole_print_is_seen_by_polling() {
    let rig = rig().await;
    upload(&rig.printer).await.unwrap();
    rig.octoprint
        .turn(|k| (k.login_limited, k.push_closed) = (true, true));
    let mut watch = rig.printer.watch();
    rig.printer.start(&path(1)).await.unwrap();
    let printing =
        |seen: &Seen| matches!(seen, Seen::Observation(o) if o.activity == Activity::Printing);
    until(&mut watch, printing).await;
    let seen = until(&mut watch, |seen| match seen {
        Seen::Observation(o) => {
            o.state == PrinterState::Ready
                && o.job
                    .as_ref()
                    .is_some_and(|j| j.completion_pct == Some(100.0))
        }
        _ => false,
    })
    .await;
    assert!(
        !seen.iter().any(|s| matches!(s, Seen::Event(_))),
        "{seen:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thermal_runaway_is_an_emergency_and_a_dropped_line_is_not() {
    for (verb, emergency) in [
        ("trigger_fatal_error_marlin", true),
        ("drop_connection", false),
    ] {
        let rig = rig().await;
        let mut watch = rig.printer.watch();
        let idle =
            |seen: &Seen| matches!(seen, Seen::Observation(o) if o.activity == Activity::Idle);
        until(&mut watch, idle).await;
        until(&mut watch, idle).await;
        rig.octoprint.debug(verb);
        let seen = until(&mut watch, |seen| {
            matches!(seen, Seen::Observation(o) if o.state == PrinterState::Error && o.message.is_some())
        })
        .await;
        let is_emergency = |s: &Seen| {
            matches!(
                s,
                Seen::Event(PrinterEvent::Error {
                    emergency: true,
                    ..
                })
            )
        };
        assert_eq!(seen.iter().any(is_emergency), emergency, "{verb}: {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_told_while_watching() {
    let rig = rig().await;
    let mut watch = rig.printer.watch();
    rig.octoprint
        .turn(|k| (k.refuse_key, k.push_closed) = (true, true));
    until(&mut watch, |seen| {
        *seen == Seen::Lost(PrinterError::KeyRefused)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_by_hand_goes_from_where_the_head_is_and_home_goes_back() {
    let rig = rig().await;
    let at = || {
        let position = rig.octoprint.look(|machine| machine.head().position());
        ["x", "y", "z"].map(|axis| position[axis].as_f64().unwrap())
    };
    let step = Jog {
        x_mm: 10.0,
        y_mm: -5.5,
        z_mm: 2.0,
    };
    rig.printer.jog(step).await.unwrap();
    rig.printer.jog(step).await.unwrap();
    assert_eq!(at(), [20.0, -11.0, 4.0]);
    rig.printer.home(&BTreeSet::from([Axis::Y])).await.unwrap();
    assert_eq!(at(), [20.0, 0.0, 4.0]);
}
