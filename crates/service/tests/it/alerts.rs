//! Every alert is raised by what it says, closes when that is over, and is read and acknowledged.

use crate::rig::{Rig, on_both_engines, wanted};
use fluxprint_domain::Clock;
use fluxprint_domain::alert::{Alarm, AlertKind};
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::SessionId;
use fluxprint_domain::printer::{Activity, Heater, Heaters, Observation, PrinterState};
use fluxprint_domain::role::Role;
use fluxprint_service::alerts;
use fluxprint_store::service::alert::Cause;
use serde_json::{Value, json};

impl Rig {
    /// The kinds of the alerts that are open, as somebody of this role reads them.
    async fn open_alerts(&self, role: Role) -> Vec<String> {
        let page = self.by(role, "GET /v1/alerts?closed=false").await.ok();
        let alerts = page["alerts"].as_array().unwrap().iter();
        let kinds = alerts.map(|alert| alert["kind"].as_str().unwrap().to_owned());
        kinds.collect()
    }

    async fn look(&self) {
        alerts::look(&self.service).await.unwrap();
    }
}

on_both_engines! {
    async fn a_bridges_alarms_stand_as_it_reports_them(rig) {
        let (_, printer) = rig.printer(false).await;
        let (_, other) = rig.printer(false).await;
        let report = async |printer, alarms: &[Alarm]| {
            rig.clock.advance_s(1);
            let alarms = alarms.iter().copied().collect();
            let said = Some("Thermal runaway");
            alerts::alarms(&rig.service, rig.org, printer, &alarms, said).await.unwrap();
        };
        report(other, &[Alarm::SerialLost]).await;
        for alarm in Alarm::ALL {
            report(printer, &[alarm]).await;
            let kind = AlertKind::Alarm(alarm).word();
            assert_eq!(rig.open_alerts(Role::Viewer).await, [kind, "serial_lost"]);
        }
        report(printer, &[]).await;
        assert_eq!(rig.open_alerts(Role::Viewer).await, ["serial_lost"]);
        let all = rig.by(Role::Viewer, "GET /v1/alerts").await.ok();
        assert_eq!(all["alerts"].as_array().unwrap().len(), 7);
        let first = &all["alerts"][0];
        assert_eq!(first["detail"], "Thermal runaway");
        assert_eq!((&first["can_be_acknowledged"], &first["level"]), (&json!(false), &json!("critical")));
    }

    async fn a_print_whose_end_is_not_known_stands_until_somebody_settles_it(rig) {
        let job = rig.job(&rig.token(Role::Editor), &wanted(rig.model(3).await)).await;
        let at = rig.staged(job).await;
        rig.start(&at).await;
        rig.look().await;
        assert_eq!(rig.open_alerts(Role::Editor).await, [""; 0]);
        rig.phase(at.attempt, Phase::Unsure).await;
        rig.look().await;
        assert_eq!(rig.open_alerts(Role::Editor).await, ["needs_attention"]);
        let shown = rig.by(Role::Owner, "GET /v1/alerts").await.ok();
        assert_eq!(shown["alerts"][0]["job"], job.to_string());
        let shown = rig.by(Role::Viewer, "GET /v1/alerts").await.ok();
        assert_eq!(shown["alerts"][0]["job"], Value::Null, "perhaps another project's");
        let one = rig.by(Role::Owner, &format!("GET /v1/jobs/{job}")).await.ok();
        let copy = one["copies"][0]["id"].as_str().unwrap().to_owned();
        let settle = format!("POST /v1/copies/{copy}/settlement");
        rig.post(&settle, &rig.token(Role::Owner), &json!({ "outcome": "failed" })).await.ok();
        rig.look().await;
        assert_eq!(rig.open_alerts(Role::Editor).await, [""; 0], "over by itself");
    }

    async fn silence_of_more_than_five_minutes_stands_until_it_ends(rig) {
        let (bridge, printer) = rig.printer(false).await;
        let session: SessionId = rig.id();
        let bridges = rig.service.store.bridges(rig.org);
        bridges.open_session(bridge, session, "1", rig.clock.now()).await.unwrap();
        rig.look().await;
        assert_eq!(rig.open_alerts(Role::Viewer).await, [""; 0]);
        rig.clock.advance_s(299);
        rig.look().await;
        assert_eq!(rig.open_alerts(Role::Viewer).await, [""; 0]);
        rig.clock.advance_s(2);
        rig.look().await;
        assert_eq!(rig.open_alerts(Role::Viewer).await, ["bridge_silent"]);
        let entrance = rig.connect(bridge, printer);
        rig.look().await;
        assert_eq!(rig.open_alerts(Role::Viewer).await, [""; 0]);
        let printers = rig.service.store.printers(rig.org);
        let off = PrinterState::Offline;
        printers.observe(printer, off, Some("Off."), rig.clock.now()).await.unwrap();
        rig.clock.advance_s(301);
        rig.look().await;
        assert_eq!(rig.open_alerts(Role::Viewer).await, ["printer_silent"]);
        let ready = PrinterState::Ready;
        printers.observe(printer, ready, None, rig.clock.now()).await.unwrap();
        rig.look().await;
        assert_eq!(rig.open_alerts(Role::Viewer).await, [""; 0]);
        drop(entrance);
    }

    async fn what_never_ends_by_itself_is_over_when_somebody_has_seen_it(rig) {
        let (bridge, _) = rig.printer(false).await;
        let twice = Cause::bridge(AlertKind::BridgeTakenOver, bridge);
        alerts::raise(&rig.service, rig.org, &twice).await;
        alerts::raise(&rig.service, rig.org, &twice).await;
        assert_eq!(rig.open_alerts(Role::Viewer).await, ["bridge_taken_over"]);
        let shown = rig.by(Role::Editor, "GET /v1/alerts").await.ok();
        let id = shown["alerts"][0]["id"].as_str().unwrap().to_owned();
        let seen = format!("PUT /v1/alerts/{id}/acknowledgement");
        assert_eq!(rig.by(Role::Viewer, &seen).await.status.as_u16(), 403);
        let shown = rig.by(Role::Editor, &seen).await.ok();
        assert!(shown["closed_at"].is_string() && shown["acknowledged_by"].is_string());
        assert_eq!(rig.open_alerts(Role::Viewer).await, [""; 0]);
        let audit = rig.by(Role::Manager, "GET /v1/audit").await.ok().to_string();
        assert!(audit.contains("alert acknowledged"));
        let none = "PUT /v1/alerts/alr_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f/acknowledgement";
        assert_eq!(rig.by(Role::Owner, none).await.status.as_u16(), 404);
    }
}

#[tokio::test]
async fn an_intact_record_raises_nothing_and_a_broken_one_does() {
    let rig = Rig::new().await;
    rig.printer(false).await;
    alerts::look_at_audit(&rig.service, rig.org).await.unwrap();
    assert_eq!(rig.open_alerts(Role::Owner).await, [""; 0]);
    rig.break_audit().await;
    alerts::look_at_audit(&rig.service, rig.org).await.unwrap();
    assert_eq!(rig.open_alerts(Role::Owner).await, ["audit_broken"]);
}

#[tokio::test]
async fn the_course_of_temperatures_is_read_and_read_on() {
    let rig = Rig::new().await;
    let (_, printer) = rig.printer(false).await;
    let seen = |actual_c| Observation {
        state: PrinterState::Ready,
        activity: Activity::Idle,
        job: None,
        heaters: Heaters {
            nozzle: Some(Heater {
                actual_c,
                target_c: 200.0,
            }),
            bed: None,
        },
        message: None,
    };
    for actual_c in [20.0, 21.0, 22.0] {
        rig.service
            .history
            .saw(printer, &seen(actual_c), rig.clock.now());
        rig.clock.advance_s(2);
    }
    let course = format!("GET /v1/printers/{printer}/temperatures");
    let all = rig.by(Role::Viewer, &course).await.ok();
    let points = all["points"].as_array().unwrap();
    assert_eq!(points.len(), 3);
    assert_eq!(
        points[2]["nozzle"],
        json!({ "actual_c": 22.0, "target_c": 200.0 })
    );
    assert_eq!(points[2]["bed"], Value::Null);
    let since = points[1]["at"].as_str().unwrap();
    let newer = rig
        .by(Role::Viewer, &format!("{course}?since={since}"))
        .await;
    assert_eq!(newer.ok()["points"].as_array().unwrap(), &points[2..]);
    let wrong = rig.by(Role::Viewer, &format!("{course}?since=noon")).await;
    assert_eq!(wrong.status.as_u16(), 400);
}
