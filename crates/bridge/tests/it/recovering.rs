//! After a death, of whoever: look, never repeat.

use crate::rig::{Rig, gcode, job};
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::printer::PrinterState;
use fluxprint_link::Command;
use fluxprint_sim::octoprint::knobs::{Knobs, NextStart};

#[tokio::test]
async fn a_bridge_killed_between_intent_and_result_looks_and_takes_the_print_up_again() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(50)).await;
    // Without the push socket and with slow answers the bridge cannot see the print before it dies.
    rig.octoprint().turn(|knobs| {
        knobs.push_closed = true;
        knobs.delay_ms = 400;
    });
    rig.start(&of);
    rig.service
        .until("the print", |_| !rig.octoprint().starts().is_empty())
        .await;
    rig.kill_bridge().await;
    rig.octoprint().turn(|knobs| *knobs = Knobs::default());
    assert_eq!(rig.service.phases(of.attempt).last(), Some(&Phase::Intent));
    rig.start_bridge().await;
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    assert_eq!(rig.octoprint().starts().len(), 1);
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn intent_without_result_and_an_idle_printer_is_for_a_person_to_settle() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(10)).await;
    rig.octoprint()
        .turn(|knobs| knobs.next_start = Some(NextStart::AcceptAndForget));
    rig.start(&of);
    rig.until_start_calls(1).await;
    rig.kill_bridge().await;
    rig.start_bridge().await;
    rig.service.until_phase(of.attempt, Phase::Unsure).await;
    assert_eq!(
        rig.service.because(of.attempt).as_deref(),
        Some("START_NOT_SEEN")
    );
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn intent_without_result_and_somebody_elses_print_is_for_a_person_to_settle() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(10)).await;
    rig.octoprint()
        .turn(|knobs| knobs.next_start = Some(NextStart::AcceptAndForget));
    rig.start(&of);
    rig.until_start_calls(1).await;
    rig.kill_bridge().await;
    rig.somebody_prints(&gcode(40)).await;
    rig.start_bridge().await;
    rig.service.until_phase(of.attempt, Phase::Unsure).await;
    assert_eq!(rig.proxy.starts().len(), 1);
    assert_eq!(rig.octoprint().starts().len(), 1, "theirs");
}

#[tokio::test]
async fn a_print_that_ends_while_the_bridge_is_dead_is_completed() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(20)).await;
    rig.start(&of);
    rig.service.until_running(of.attempt).await;
    rig.kill_bridge().await;
    let done = async {
        while rig.octoprint().starts()[0].success.is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), done)
        .await
        .unwrap();
    rig.start_bridge().await;
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn a_print_somebody_cancels_while_the_bridge_is_dead_is_canceled() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(100)).await;
    rig.start(&of);
    rig.service.until_running(of.attempt).await;
    rig.kill_bridge().await;
    rig.somebody_posts("/api/job", job("cancel")).await;
    rig.start_bridge().await;
    rig.service.until_phase(of.attempt, Phase::Canceled).await;
    assert_eq!(
        rig.service.because(of.attempt).as_deref(),
        Some("CANCELED_AT_PRINTER")
    );
}

#[tokio::test]
async fn a_print_that_vanishes_with_its_octoprint_is_for_a_person_to_settle() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(100)).await;
    rig.start(&of);
    rig.service.until_running(of.attempt).await;
    rig.kill_octoprint();
    rig.until_seen("offline", |seen| seen.state == PrinterState::Offline)
        .await;
    let last = rig.service.phases(of.attempt).last().copied();
    assert!(
        matches!(last, Some(Phase::Starting | Phase::Printing)),
        "out of sight is not lost: {last:?}"
    );
    rig.start_octoprint();
    rig.service.until_phase(of.attempt, Phase::Unsure).await;
    assert_eq!(
        rig.service.because(of.attempt).as_deref(),
        Some("PRINT_LOST_FROM_SIGHT")
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
async fn octoprint_killed_right_after_the_start_is_for_a_person_to_settle() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(100)).await;
    rig.octoprint()
        .turn(|knobs| knobs.next_start = Some(NextStart::AcceptAndForget));
    rig.start(&of);
    rig.until_start_calls(1).await;
    rig.kill_octoprint();
    rig.service.until_phase(of.attempt, Phase::Unsure).await;
    rig.start_octoprint();
    rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
        .await;
    assert_eq!(rig.service.phases(of.attempt).last(), Some(&Phase::Unsure));
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn a_lost_connection_never_disturbs_a_print_and_a_full_report_follows() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(30)).await;
    rig.start(&of);
    rig.service.until_running(of.attempt).await;
    let reports = rig.service.full_reports();
    rig.service.hang_up();
    rig.service
        .until("a full report", |told| told.full_reports() > reports)
        .await;
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn a_try_is_reported_until_the_service_settles_it() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(2)).await;
    rig.start(&of);
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    rig.stop_bridge().await;
    rig.start_bridge().await;
    let last = |told: &crate::played_service::Told| {
        let report = told.reports.iter().rfind(|report| report.full).unwrap();
        report.printers[0].attempts.len()
    };
    assert_eq!(rig.service.told(last), 1);
    rig.service.command(Command::Settled {
        attempt: of.attempt,
    });
    let reports = rig.service.full_reports();
    rig.service.command(Command::Refresh);
    rig.service
        .until("a full report", |told| told.full_reports() > reports)
        .await;
    assert_eq!(rig.service.told(last), 0);
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_lets_nothing_start_and_a_new_session_says_so() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(5)).await;
    let journal = rig.folder.path().join("bridge/journal.db");
    let other = sqlx::SqlitePool::connect(&format!("sqlite:{}", journal.display()))
        .await
        .unwrap();
    let broken = sqlx::raw_sql(
        "CREATE TRIGGER disk_full BEFORE UPDATE OF phase ON attempts
         BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    );
    broken.execute(&other).await.unwrap();
    let reports = rig.service.full_reports();
    rig.start(&of);
    rig.service
        .until("a new session", |told| told.full_reports() > reports)
        .await;
    assert_eq!(rig.proxy.starts().len(), 0);
    assert_eq!(rig.service.phases(of.attempt).last(), Some(&Phase::Staged));
    let mended = sqlx::raw_sql("DROP TRIGGER disk_full");
    mended.execute(&other).await.unwrap();
    rig.start(&of);
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    assert_eq!(rig.proxy.starts().len(), 1);
}
