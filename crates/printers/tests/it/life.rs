//! The life of a printer as the driver must see it, the same on a real and on a virtual OctoPrint.

use crate::bench::{file, octoprint, path, until};
use fluxprint_domain::control::{Axis, Jog, Targets};
use fluxprint_domain::printer::{Activity, PrinterState};
use fluxprint_printers::octoprint::OctoPrint;
use fluxprint_printers::{
    FailReason, OwnPath, PrintCounts, Printer, PrinterEvent, Seen, Warning, Watch,
};
use std::collections::BTreeSet;

/// A print of so many tenths of a second.
fn gcode(tenths: usize) -> String {
    "G4 P100\n".repeat(tenths)
}

async fn stored(printer: &OctoPrint, path: &OwnPath, gcode: &str) {
    let local = file(gcode);
    let size_bytes = gcode.len() as u64;
    let kept = printer
        .upload(path, local.path(), size_bytes, "t")
        .await
        .unwrap();
    assert_eq!(
        (kept.size_bytes, kept.prints),
        (size_bytes, PrintCounts::default())
    );
}

fn event(wanted: PrinterEvent) -> impl FnMut(&Seen) -> bool {
    move |seen| *seen == Seen::Event(wanted.clone())
}

fn failed(path: &OwnPath, reason: FailReason, message: Option<&str>) -> PrinterEvent {
    PrinterEvent::Failed {
        path: path.to_string(),
        reason,
        message: message.map(str::to_owned),
    }
}

fn doing(wanted: Activity) -> impl FnMut(&Seen) -> bool {
    move |seen| matches!(seen, Seen::Observation(o) if o.activity == wanted)
}

/// A watch that misses no event from here on: its second observation is the push socket's first.
async fn watching(printer: &OctoPrint) -> Watch {
    let mut watch = printer.watch();
    for _ in 0..2 {
        until(&mut watch, doing(Activity::Idle)).await;
    }
    watch
}

/// Everything but a restart. `address` for asking with a wrong key.
pub async fn lives(printer: &OctoPrint, address: &str) {
    let identity = printer.identify().await.unwrap();
    assert_eq!(identity.software, "OctoPrint 1.11.8");
    assert!(identity.is_virtual && identity.free_bytes.is_some());
    assert_eq!(identity.warnings, [Warning::AdminKey]);
    let wrong = octoprint(address, "0123456789ABCDEF0123456789ABCDEF");
    assert_eq!(wrong.identify().await.unwrap_err().code(), "KEY_REFUSED");
    assert_eq!(wrong.look().await.unwrap_err().code(), "KEY_REFUSED");
    assert_eq!(wrong.pause().await.unwrap_err().code(), "KEY_REFUSED");
    let start = wrong.start(&path(9)).await.unwrap_err();
    assert!(start.nothing_happened() && start.cause().code() == "KEY_REFUSED");

    moved_by_hand(printer).await;
    to_the_end(printer).await;
    paused_and_canceled(printer).await;
    stopped_in_an_emergency(printer).await;
}

/// A restart in the middle of a print: a gap, then idle with nothing selected, and no event of it.
pub async fn loses_a_print_in_a_restart<T: Send + 'static>(
    printer: &OctoPrint,
    restart: impl FnOnce() -> T + Send + 'static,
) -> T {
    let four = path(4);
    stored(printer, &four, &gcode(600)).await;
    let mut watch = watching(printer).await;
    printer.start(&four).await.unwrap();
    let started = PrinterEvent::Started {
        path: four.to_string(),
    };
    until(&mut watch, event(started)).await;
    let restarted = tokio::task::spawn_blocking(restart);
    // One that is back before anybody has asked it was never found away: only the gap is sure.
    until(&mut watch, |seen| *seen == Seen::Gap).await;
    let seen = until(&mut watch, |seen| {
        matches!(seen, Seen::Observation(o) if o.state == PrinterState::Ready && o.job.is_none())
    })
    .await;
    let is_end = |s: &Seen| matches!(s, Seen::Event(PrinterEvent::Failed { .. }));
    assert!(!seen.iter().any(is_end), "{seen:?}");
    let counts = printer.stored(&four).await.unwrap().unwrap().prints;
    let never = PrintCounts::default();
    assert_eq!(counts, never, "the print is lost without a trace");
    restarted.await.unwrap()
}

/// Heating, homing and moving without a print. What it took in is seen, as far as it shows.
async fn moved_by_hand(printer: &OctoPrint) {
    let mut watch = watching(printer).await;
    let all = BTreeSet::from([Axis::X, Axis::Y, Axis::Z]);
    printer.home(&all).await.unwrap();
    let step = Jog {
        x_mm: 10.0,
        y_mm: 5.5,
        z_mm: 2.0,
    };
    printer.jog(step).await.unwrap();
    let warm = Targets {
        nozzle_c: 45.0,
        bed_c: 40.0,
    };
    printer.heat(warm).await.unwrap();
    let wants = |nozzle_c: f64, bed_c: f64| {
        move |seen: &Seen| {
            matches!(seen, Seen::Observation(o) if o.heaters.nozzle.map(|h| h.target_c) == Some(nozzle_c)
                && o.heaters.bed.map(|h| h.target_c) == Some(bed_c))
        }
    };
    until(&mut watch, wants(45.0, 40.0)).await;
    printer.heaters_off().await.unwrap();
    until(&mut watch, wants(0.0, 0.0)).await;
}

async fn to_the_end(printer: &OctoPrint) {
    let one = path(1);
    stored(printer, &one, &gcode(5)).await;
    let mut watch = watching(printer).await;
    printer.start(&one).await.unwrap();
    let path = one.to_string();
    let seen = until(&mut watch, event(PrinterEvent::Done { path: path.clone() })).await;
    assert!(seen.contains(&Seen::Event(PrinterEvent::Started { path })));
    until(&mut watch, doing(Activity::Idle)).await;
    let job = printer.look().await.unwrap().job.unwrap();
    assert_eq!(job.path, one.to_string());
    assert_eq!(job.completion_pct, Some(100.0));
    let counts = printer.stored(&one).await.unwrap().unwrap().prints;
    assert_eq!(
        counts,
        PrintCounts {
            success: 1,
            failure: 0
        }
    );
    printer.delete(&one).await.unwrap();
    assert_eq!(printer.stored(&one).await.unwrap(), None);
}

async fn paused_and_canceled(printer: &OctoPrint) {
    let (two, path) = (path(2), path(2).to_string());
    assert_eq!(
        printer.cancel().await.unwrap_err().code(),
        "OCTOPRINT_REFUSED"
    );
    stored(printer, &two, &gcode(600)).await;
    let mut watch = watching(printer).await;
    printer.start(&two).await.unwrap();
    until(&mut watch, doing(Activity::Printing)).await;
    let home = printer.home(&BTreeSet::from([Axis::X])).await.unwrap_err();
    assert_eq!(home.code(), "OCTOPRINT_REFUSED", "{home}");
    let jog = printer.jog(Jog::default()).await.unwrap_err();
    assert!(jog.nothing_happened(), "{jog}");
    let busy = printer.start(&two).await.unwrap_err();
    assert!(busy.nothing_happened() && busy.cause().code() == "OCTOPRINT_REFUSED");
    let delete = printer.delete(&two).await.unwrap_err();
    assert_eq!(delete.code(), "OCTOPRINT_REFUSED", "it is being printed");
    printer.pause().await.unwrap();
    until(
        &mut watch,
        event(PrinterEvent::Paused { path: path.clone() }),
    )
    .await;
    until(&mut watch, doing(Activity::Paused)).await;
    printer.resume().await.unwrap();
    until(&mut watch, event(PrinterEvent::Resumed { path })).await;
    printer.cancel().await.unwrap();
    until(&mut watch, event(failed(&two, FailReason::Canceled, None))).await;
    until(&mut watch, doing(Activity::Idle)).await;
    assert_eq!(
        printer.look().await.unwrap().job.unwrap().completion_pct,
        None
    );
    let counts = printer.stored(&two).await.unwrap().unwrap().prints;
    assert_eq!(
        counts,
        PrintCounts {
            success: 0,
            failure: 1
        }
    );
    printer.heaters_off().await.unwrap();
    printer.delete(&two).await.unwrap();
}

async fn stopped_in_an_emergency(printer: &OctoPrint) {
    let three = path(3);
    stored(printer, &three, &gcode(600)).await;
    let mut watch = watching(printer).await;
    printer.start(&three).await.unwrap();
    until(&mut watch, doing(Activity::Printing)).await;
    printer.emergency_stop().await.unwrap();
    let words = "Closing serial port due to emergency stop M112.";
    until(
        &mut watch,
        event(failed(&three, FailReason::Error, Some(words))),
    )
    .await;
    until(
        &mut watch,
        |seen| matches!(seen, Seen::Observation(o) if o.state == PrinterState::Error),
    )
    .await;
    let after = printer.look().await.unwrap();
    assert_eq!(
        (after.state, after.message.as_deref()),
        (PrinterState::Error, Some(words))
    );
    let offline = printer.start(&three).await.unwrap_err();
    assert!(offline.nothing_happened());
    printer.connect().await.unwrap();
    until(
        &mut watch,
        |seen| matches!(seen, Seen::Observation(o) if o.state == PrinterState::Ready),
    )
    .await;
    printer.disconnect().await.unwrap();
    until(
        &mut watch,
        |seen| matches!(seen, Seen::Observation(o) if o.state == PrinterState::Offline),
    )
    .await;
    printer.connect().await.unwrap();
    until(
        &mut watch,
        |seen| matches!(seen, Seen::Observation(o) if o.state == PrinterState::Ready),
    )
    .await;
}
