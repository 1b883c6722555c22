//! Whether a bed may have changed unseen.

use crate::played_service::Told;
use crate::rig::{Rig, gcode};
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::printer::PrinterState;

fn last_full_in_doubt(told: &Told) -> bool {
    let full = told.reports.iter().rfind(|report| report.full).unwrap();
    full.printers[0].bed_in_doubt
}

fn doubts(rig: &Rig) -> usize {
    rig.service.told(|told| {
        let reports = told.reports.iter();
        reports
            .filter(|r| r.printers.iter().any(|p| p.bed_in_doubt))
            .count()
    })
}

#[tokio::test]
async fn a_bridge_without_memory_is_in_doubt_and_one_with_memory_is_not() {
    let mut rig = Rig::new().await;
    assert!(rig.service.told(last_full_in_doubt));
    // The order acknowledges the report before it.
    rig.staged(&gcode(2)).await;
    let said = doubts(&rig);
    rig.stop_bridge().await;
    rig.start_bridge().await;
    assert!(!rig.service.told(last_full_in_doubt));
    assert_eq!(doubts(&rig), said);
}

#[tokio::test]
async fn our_own_prints_raise_no_doubt_beyond_their_end() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(10)).await;
    let said = doubts(&rig);
    rig.start(&of);
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
        .await;
    rig.stop_bridge().await;
    rig.start_bridge().await;
    assert_eq!(doubts(&rig), said, "only that of the first moment");
}

#[tokio::test]
async fn our_own_prints_that_are_over_before_anybody_looks_raise_no_doubt() {
    let mut rig = Rig::new().await;
    let mut said = None;
    for _ in 0..5 {
        let of = rig.staged(&gcode(0)).await;
        let said = *said.get_or_insert_with(|| doubts(&rig));
        rig.start(&of);
        rig.service.until_phase(of.attempt, Phase::Completed).await;
        rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
            .await;
        assert_eq!(doubts(&rig), said);
    }
}

#[tokio::test]
async fn a_print_of_somebody_else_while_the_bridge_is_off_raises_doubt() {
    let mut rig = Rig::new().await;
    rig.staged(&gcode(2)).await;
    rig.stop_bridge().await;
    rig.somebody_prints(&gcode(2)).await;
    let done = async {
        while rig.octoprint().starts()[0].success.is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), done)
        .await
        .unwrap();
    rig.start_bridge().await;
    assert!(rig.service.told(last_full_in_doubt));
}

#[tokio::test]
async fn a_printer_is_virtual_only_when_its_octoprint_says_so_too() {
    let rig = Rig::new().await;
    let hello = rig.service.told(|told| told.hello.clone().unwrap());
    assert!(hello.printers[0].is_virtual);
    assert_eq!(hello.printers.len(), 1);
}

#[tokio::test]
async fn a_bridge_without_its_octoprint_connects_and_announces_the_printer_anew_when_it_comes() {
    let mut rig = Rig::without_bridge().await;
    rig.kill_octoprint();
    rig.start_bridge_alone().await;
    rig.service
        .until("a report", |told| told.full_reports() > 0)
        .await;
    let hello = rig.service.told(|told| told.hello.clone().unwrap());
    assert!(!hello.printers[0].is_virtual, "nothing proves it");
    rig.until_seen("offline", |seen| seen.state == PrinterState::Offline)
        .await;
    rig.start_octoprint();
    rig.service
        .until("a new hello", |told| {
            told.hello
                .as_ref()
                .is_some_and(|hello| hello.printers[0].is_virtual)
        })
        .await;
    rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
        .await;
}
