//! Pause, cancel, heaters off and the emergency stop.

use crate::rig::{Rig, gcode};
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::AttemptId;
use fluxprint_domain::printer::PrinterState;
use fluxprint_link::{Command, SafeAnswer, Stage};

/// The code of the answer after the first `before`; nothing for "given".
pub async fn answered(rig: &Rig, before: usize) -> Option<String> {
    rig.service
        .until("an answer", |told| told.answers.len() > before)
        .await;
    rig.service.told(|told| match &told.answers[before].answer {
        SafeAnswer::Given => None,
        SafeAnswer::Refused(because) | SafeAnswer::Unknown(because) => Some(because.code.clone()),
    })
}

#[tokio::test]
async fn a_print_pauses_goes_on_and_is_cancelled() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(200)).await;
    let attempt = of.attempt;
    rig.start(&of);
    rig.service.until_running(attempt).await;
    rig.service.command(Command::Pause { attempt });
    rig.service.until_phase(attempt, Phase::Paused).await;
    rig.until_seen("paused", |seen| seen.state == PrinterState::Paused)
        .await;
    rig.service.command(Command::Resume { attempt });
    rig.service
        .until("printing again", |told| {
            told.attempts
                .last()
                .is_some_and(|report| report.phase == Phase::Printing)
        })
        .await;
    rig.service.command(Command::Cancel { attempt });
    rig.service.until_phase(attempt, Phase::Canceled).await;
    assert_eq!(rig.service.because(attempt).as_deref(), Some("CANCELED"));
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn a_cancel_never_hits_somebody_elses_print() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(2)).await;
    let attempt = of.attempt;
    rig.start(&of);
    rig.service.until_phase(attempt, Phase::Completed).await;
    let next = rig.staged(&gcode(3)).await;
    rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
        .await;
    rig.somebody_prints(&gcode(60)).await;
    for (number, command) in [
        Command::Cancel { attempt },
        Command::Pause { attempt },
        Command::Pause {
            attempt: next.attempt,
        },
        Command::Resume {
            attempt: next.attempt,
        },
    ]
    .into_iter()
    .enumerate()
    {
        rig.service.command(command);
        assert!(answered(&rig, number).await.is_some());
    }
    rig.service.command(Command::Cancel {
        attempt: next.attempt,
    });
    rig.service
        .until_phase(next.attempt, Phase::NothingTried)
        .await;
    let starts = rig.octoprint().starts();
    assert_eq!(starts.last().unwrap().path, "theirs.gcode");
    assert_eq!(starts.last().unwrap().success, None, "theirs goes on");
}

#[tokio::test]
async fn a_cancel_between_staging_and_start_keeps_the_start_from_happening() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(20)).await;
    rig.service.command(Command::Cancel {
        attempt: of.attempt,
    });
    rig.start(&of);
    rig.service
        .until_phase(of.attempt, Phase::NothingTried)
        .await;
    assert_eq!(
        rig.service.because(of.attempt).as_deref(),
        Some("CANCELED_BEFORE_START")
    );
    assert_eq!(answered(&rig, 0).await, None);
    assert_eq!(rig.proxy.starts().len(), 0);
}

#[tokio::test]
async fn a_cancel_right_after_the_start_works_as_soon_as_the_print_is_seen() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(200)).await;
    rig.start(&of);
    rig.service.until_phase(of.attempt, Phase::Intent).await;
    rig.service.command(Command::Cancel {
        attempt: of.attempt,
    });
    rig.service.until_phase(of.attempt, Phase::Canceled).await;
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn a_cancel_does_not_wait_for_a_staging() {
    let rig = Rig::new().await;
    rig.service.mood(|mood| mood.file_status = Some(503));
    let bytes = gcode(3);
    let attempt = AttemptId::fresh(rig.clock.as_ref());
    rig.service.command(Command::Stage(Stage {
        attempt,
        printer: rig.printer(),
        sha256: rig.service.offer(bytes.as_bytes()),
        size_bytes: bytes.len() as u64,
    }));
    rig.service.until_phase(attempt, Phase::Staging).await;
    rig.service.command(Command::Cancel { attempt });
    rig.service.until_phase(attempt, Phase::NothingTried).await;
    assert_eq!(answered(&rig, 0).await, None);
}

#[tokio::test]
async fn heaters_off_and_the_emergency_stop_reach_the_printer_without_a_try() {
    let rig = Rig::new().await;
    let printer = rig.printer();
    rig.somebody_posts(
        "/api/printer/bed",
        serde_json::json!({"command": "target", "target": 60}),
    )
    .await;
    rig.service.command(Command::HeatersOff { printer });
    assert_eq!(answered(&rig, 0).await, None);
    rig.until_seen("heaters off", |seen| {
        seen.state == PrinterState::Ready && !seen.heaters.any_target_on()
    })
    .await;
    rig.service.command(Command::EmergencyStop { printer });
    assert_eq!(answered(&rig, 1).await, None);
    rig.until_seen("stopped", |seen| {
        matches!(seen.state, PrinterState::Error | PrinterState::Offline)
    })
    .await;
}

#[tokio::test]
async fn an_emergency_stop_in_a_print_ends_it_as_failed() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(200)).await;
    rig.start(&of);
    rig.service.until_running(of.attempt).await;
    let printer = rig.printer();
    rig.service.command(Command::EmergencyStop { printer });
    rig.service.until_phase(of.attempt, Phase::Failed).await;
}
