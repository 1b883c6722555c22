//! A start happens once, in time, and only when everything fits.

use crate::rig::{Rig, Try, gcode, job};
use fluxprint_domain::Sha256;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::id::SessionId;
use fluxprint_domain::printer::PrinterState;
use fluxprint_link::{Command, Start};
use fluxprint_sim::octoprint::knobs::NextStart;
use serde_json::json;

#[tokio::test]
async fn a_staged_file_is_started_once_and_seen_to_its_end() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(8)).await;
    assert_eq!(rig.proxy.starts().len(), 0, "staging starts nothing");
    rig.start(&of);
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    assert_eq!(rig.proxy.starts().len(), 1);
    let starts = rig.octoprint().starts();
    assert_eq!(starts.len(), 1);
    assert_eq!(starts[0].path, format!("fluxprint/{}.gcode", of.attempt));
    let phases = rig.service.phases(of.attempt);
    assert!(
        phases.starts_with(&[Phase::Staging, Phase::Staged, Phase::Intent]),
        "{phases:?}"
    );
}

#[tokio::test]
async fn an_answer_lost_after_the_start_is_not_repeated_and_the_print_is_seen() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(10)).await;
    rig.proxy
        .drop_next_answer_matching(|request| request.start.is_some());
    rig.start(&of);
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    assert!(rig.proxy.starts()[0].lost);
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn a_start_that_was_accepted_and_forgotten_leaves_the_try_unsure_and_the_bed_in_doubt() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(10)).await;
    rig.octoprint()
        .turn(|knobs| knobs.next_start = Some(NextStart::AcceptAndForget));
    rig.start(&of);
    rig.service.until_phase(of.attempt, Phase::Unsure).await;
    assert_eq!(
        rig.service.because(of.attempt).as_deref(),
        Some("START_NOT_SEEN")
    );
    rig.service
        .until("doubt about the bed", |told| {
            told.reports
                .iter()
                .any(|r| !r.full && r.printers[0].bed_in_doubt)
        })
        .await;
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn a_start_octoprint_refuses_is_proved_not_to_have_been_tried() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(10)).await;
    rig.octoprint()
        .turn(|knobs| knobs.next_start = Some(NextStart::Refuse));
    rig.start(&of);
    rig.service
        .until_phase(of.attempt, Phase::NothingTried)
        .await;
    assert_eq!(rig.proxy.starts().len(), 1);
    assert!(rig.octoprint().starts().is_empty());
}

#[tokio::test]
async fn the_same_start_said_again_is_answered_from_the_journal() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(8)).await;
    let start = rig.start_of(&of);
    for _ in 0..3 {
        rig.service.command(Command::Start(start.clone()));
    }
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    rig.service.command(Command::Start(start));
    let reports = rig.service.told(|told| told.attempts.len());
    rig.service
        .until("an answer", |told| told.attempts.len() > reports)
        .await;
    assert_eq!(rig.proxy.starts().len(), 1);
    assert_eq!(
        rig.service.phases(of.attempt).last(),
        Some(&Phase::Completed)
    );
}

/// Sends a start that is changed by `spoil`, and expects it refused before anything is tried.
async fn refused(rig: &mut Rig, of: &Try, code: &str, spoil: impl FnOnce(&mut Start)) {
    let mut start = rig.start_of(of);
    spoil(&mut start);
    rig.service.command(Command::Start(start));
    rig.service
        .until_phase(of.attempt, Phase::NothingTried)
        .await;
    assert_eq!(rig.service.because(of.attempt).as_deref(), Some(code));
    assert_eq!(rig.proxy.starts().len(), 0, "{code}");
}

#[tokio::test]
async fn a_start_that_comes_61_seconds_late_is_refused() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(8)).await;
    let clock = rig.clock.clone();
    refused(&mut rig, &of, "START_TOO_LATE", |_| clock.advance_s(61)).await;
}

#[tokio::test]
async fn a_start_of_another_session_is_refused() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(8)).await;
    let other = SessionId::fresh(rig.clock.as_ref());
    refused(&mut rig, &of, "START_OUTDATED", |start| {
        start.session = other
    })
    .await;
}

#[tokio::test]
async fn a_start_with_an_epoch_that_was_used_is_refused() {
    let mut rig = Rig::new().await;
    rig.epoch = 7;
    let of = rig.staged(&gcode(3)).await;
    rig.start(&of);
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
        .await;
    for old in [8, 3] {
        let next = rig.staged(&gcode(4)).await;
        let mut start = rig.start_of(&next);
        start.epoch = Epoch(old);
        rig.service.command(Command::Start(start));
        rig.service
            .until_phase(next.attempt, Phase::NothingTried)
            .await;
        assert_eq!(
            rig.service.because(next.attempt).as_deref(),
            Some("START_OUTDATED")
        );
    }
    assert_eq!(rig.proxy.starts().len(), 1);
    let epoch = rig
        .service
        .told(|told| told.reports.last().unwrap().printers[0].epoch);
    assert_eq!(epoch, Epoch(8));
}

#[tokio::test]
async fn a_start_of_other_bytes_is_refused() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(8)).await;
    refused(&mut rig, &of, "OTHER_BYTES", |start| {
        start.sha256 = Sha256([7; 32])
    })
    .await;
}

#[tokio::test]
async fn bytes_that_changed_on_the_bridge_since_staging_are_refused() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(8)).await;
    let kept = rig
        .folder
        .path()
        .join(format!("bridge/cache/{}.gcode", of.sha256));
    std::fs::write(&kept, gcode(9)).unwrap();
    refused(&mut rig, &of, "OTHER_BYTES", |_| ()).await;
}

#[tokio::test]
async fn a_file_that_somebody_deleted_from_octoprint_is_not_started() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(8)).await;
    rig.somebody_deletes(&format!("/api/files/local/fluxprint/{}.gcode", of.attempt))
        .await;
    refused(&mut rig, &of, "PRINT_FILE_GONE", |_| ()).await;
}

#[tokio::test]
async fn a_printer_that_somebody_else_uses_is_not_started() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(8)).await;
    rig.somebody_prints(&gcode(40)).await;
    refused(&mut rig, &of, "PRINTER_BUSY", |_| ()).await;
    let bed_in_doubt = rig.service.until("doubt about the bed", |told| {
        told.reports
            .iter()
            .any(|r| !r.full && r.printers[0].bed_in_doubt)
    });
    bed_in_doubt.await;
    rig.somebody_posts("/api/job", job("cancel")).await;
}

#[tokio::test]
async fn a_printer_somebody_is_heating_is_not_started() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(8)).await;
    rig.somebody_posts(
        "/api/printer/bed",
        json!({"command": "target", "target": 60}),
    )
    .await;
    refused(&mut rig, &of, "HEATER_ON", |_| ()).await;
}

#[tokio::test]
async fn a_start_of_something_never_staged_here_is_refused_with_proof() {
    let mut rig = Rig::new().await;
    let mut of = rig.staged(&gcode(8)).await;
    of.attempt = fluxprint_domain::id::AttemptId::fresh(rig.clock.as_ref());
    refused(&mut rig, &of, "NOT_STAGED", |_| ()).await;
}
