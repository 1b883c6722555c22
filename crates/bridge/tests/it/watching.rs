//! The watchdog at work, with OctoPrint's own faults (F-26): the right state and the right alarm.
//! No service takes part in the decisions: it only hears of them.

use crate::rig::{Rig, Try, gcode};
use fluxprint_domain::alert::Alarm;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::printer::{Activity, PrinterState};
use fluxprint_link::Command;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// Any event has to show within this (safety T-13).
const SOON: Duration = Duration::from_secs(10);

impl Rig {
    async fn until_alarms(&self, wanted: &[Alarm]) {
        let what = format!("the alarms {wanted:?}");
        let same = |told: &crate::played_service::Told| told.alarms.iter().eq(wanted);
        self.service.until(&what, same).await;
    }

    async fn printing(&mut self, tenths: usize) -> Try {
        let of = self.staged(&gcode(tenths)).await;
        self.start(&of);
        self.service.until_phase(of.attempt, Phase::Printing).await;
        self.until_seen("printing", |seen| seen.activity == Activity::Printing)
            .await;
        of
    }
}

#[tokio::test]
async fn every_fault_in_a_print_shows_as_what_it_is_within_ten_seconds() {
    use Alarm::{PrinterHalted, SerialLost};
    use PrinterState::{Error, Offline, Ready};
    for (verb, state, alarms, end) in [
        (
            "trigger_fatal_error_marlin",
            Error,
            &[PrinterHalted][..],
            Phase::Failed,
        ),
        (
            "toggle_klipper_connection",
            Error,
            &[PrinterHalted],
            Phase::Failed,
        ),
        ("mintemp_error", Error, &[PrinterHalted], Phase::Failed),
        ("drop_connection", Error, &[SerialLost], Phase::Failed),
        ("rerequest_last", Error, &[PrinterHalted], Phase::Failed),
        ("action_disconnect", Offline, &[SerialLost], Phase::Failed),
        ("reset", Ready, &[], Phase::Failed),
    ] {
        let mut rig = Rig::new().await;
        let of = rig.printing(600).await;
        let began = Instant::now();
        rig.octoprint().debug(verb);
        rig.until_seen(verb, |seen| seen.state == state).await;
        rig.until_alarms(alarms).await;
        rig.service.until_phase(of.attempt, end).await;
        assert!(began.elapsed() < SOON, "{verb}: {:?}", began.elapsed());
        if state != Ready {
            // Never by itself after an emergency: a person connects, and the alarm is over.
            let connects = rig.proxy.requests().into_iter();
            assert!(
                !connects
                    .into_iter()
                    .any(|r| r.path == "/api/connection" && r.method == "POST")
            );
            rig.somebody_posts("/api/connection", json!({"command": "connect"}))
                .await;
            rig.until_alarms(&[]).await;
        }
    }
}

#[tokio::test]
async fn resends_and_a_short_stall_are_no_alarm() {
    let mut rig = Rig::new().await;
    let of = rig.printing(20).await;
    for verb in ["resend_ratio 30", "trigger_resend_lineno", "sleep 1"] {
        rig.octoprint().debug(verb);
    }
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    rig.service.told(|told| {
        assert!(told.reports.iter().all(|report| {
            report
                .printers
                .iter()
                .all(|printer| printer.alarms.is_empty())
        }));
    });
}

#[tokio::test]
async fn a_print_that_stands_still_alarms_and_the_alarm_ends_when_it_goes_on() {
    let mut rig = Rig::new().await;
    let of = rig.printing(60).await;
    rig.octoprint().turn(|knobs| knobs.frozen = true);
    rig.until_alarms(&[Alarm::ProgressFrozen]).await;
    rig.octoprint().turn(|knobs| knobs.frozen = false);
    rig.until_alarms(&[]).await;
    rig.service.until_phase(of.attempt, Phase::Completed).await;
}

#[tokio::test]
async fn a_filament_that_runs_out_alarms_and_a_pause_from_here_does_not() {
    let mut rig = Rig::new().await;
    let of = rig.printing(600).await;
    let attempt = of.attempt;
    rig.service.command(Command::Pause { attempt });
    rig.service.until_phase(attempt, Phase::Paused).await;
    rig.until_seen("paused", |seen| seen.state == PrinterState::Paused)
        .await;
    rig.service.command(Command::Resume { attempt });
    rig.until_seen("printing", |seen| seen.activity == Activity::Printing)
        .await;
    rig.until_alarms(&[]).await;
    rig.somebody_posts("/api/printer/command", json!({"command": "M600"}))
        .await;
    rig.until_alarms(&[Alarm::PausedByItself]).await;
    rig.service.command(Command::Resume { attempt });
    rig.until_alarms(&[]).await;
    rig.service.command(Command::Cancel { attempt });
    rig.service.until_phase(attempt, Phase::Canceled).await;
    rig.service.told(|told| {
        let wrong = told.reports.iter().flat_map(|report| &report.printers);
        let paused = wrong.filter(|p| p.alarms.contains(&Alarm::PausedByItself));
        assert!(paused.count() > 0);
    });
}

#[tokio::test]
async fn an_octoprint_that_dies_in_a_print_alarms_and_an_idle_one_does_not() {
    let mut rig = Rig::new().await;
    let of = rig.printing(600).await;
    let began = Instant::now();
    rig.kill_octoprint();
    rig.until_alarms(&[Alarm::OctoprintGone]).await;
    rig.until_seen("offline", |seen| seen.state == PrinterState::Offline)
        .await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    rig.start_octoprint();
    rig.until_alarms(&[]).await;
    rig.service.until_phase(of.attempt, Phase::Unsure).await;
    rig.kill_octoprint();
    rig.until_seen("offline", |seen| seen.state == PrinterState::Offline)
        .await;
    rig.until_alarms(&[]).await;
}

#[tokio::test]
async fn a_heater_that_somebody_left_on_is_switched_off_without_any_service() {
    let rig = Rig::new().await;
    rig.service.mood(|mood| mood.upgrade_status = Some(503));
    rig.service.hang_up();
    rig.service.refused_upgrades(1).await;
    let hot = json!({"command": "target", "targets": {"tool0": 200}});
    rig.somebody_posts("/api/printer/tool", hot).await;
    let off = || {
        let target = rig
            .octoprint()
            .look(|machine| machine.heaters.nozzle.target_c);
        target == 0.0
    };
    rig.service.until("the heater is off", |_| off()).await;
    rig.service.mood(|mood| mood.upgrade_status = None);
    let reports = rig.service.full_reports();
    rig.service
        .until("a session", |told| told.full_reports() > reports)
        .await;
}

#[tokio::test]
async fn whoever_hears_of_a_heater_left_on_hears_that_it_is_over() {
    let rig = Rig::new().await;
    // A printer that does not obey: the alarm stays as long as the heater.
    rig.octoprint().turn(|knobs| knobs.deaf_heaters = true);
    rig.octoprint().heat_nozzle(200.0);
    rig.until_alarms(&[Alarm::HeaterLeftOn]).await;
    rig.octoprint().turn(|knobs| knobs.deaf_heaters = false);
    rig.until_alarms(&[]).await;
    rig.until_seen("cold", |seen| !seen.heaters.any_target_on())
        .await;
}
