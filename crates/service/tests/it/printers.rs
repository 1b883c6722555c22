//! Printers and their beds.

use crate::rig::{Rig, on_both_engines, wanted};
use axum::http::StatusCode;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::ProjectId;
use fluxprint_domain::printer::PrinterState;
use fluxprint_domain::role::Role;
use fluxprint_link::Command;
use fluxprint_tokens::Projects;
use serde_json::{Value, json};

#[tokio::test]
async fn a_person_clears_any_bed_and_a_rule_only_a_virtual_one() {
    let rig = Rig::new().await;
    let editor = rig.token(Role::Editor);
    let rule = json!({ "rule": "xtask-once" });
    let (_, printer) = rig.printer(false).await;
    let clear = format!("PUT /v1/printers/{printer}/bed-clearance");
    let refused = rig.post(&clear, &editor, &rule).await;
    assert_eq!(refused.code(), "RULE_ONLY_FOR_VIRTUAL_PRINTERS");
    let before = rig
        .call(&format!("GET /v1/printers/{printer}"), &editor)
        .await
        .ok();
    assert_eq!(
        before["bed"],
        json!({ "clear": false, "until": null, "can_be_cleared": true })
    );
    let after = rig.call(&clear, &editor).await.ok();
    assert_eq!(
        after["bed"],
        json!({ "clear": true, "until": "2026-01-01T12:00:00Z", "can_be_cleared": true })
    );
    let virtual_rig = Rig::new().await;
    let (_, printer) = virtual_rig.printer(true).await;
    let clear = format!("PUT /v1/printers/{printer}/bed-clearance");
    let cleared = virtual_rig
        .post(&clear, &virtual_rig.token(Role::Editor), &rule)
        .await
        .ok();
    assert_eq!(cleared["bed"]["clear"], true);
}

#[tokio::test]
async fn a_bed_is_not_cleared_under_a_print() {
    let rig = Rig::new().await;
    let (_, printer) = rig.printer(false).await;
    let now = fluxprint_domain::Clock::now(rig.clock.as_ref());
    let printers = rig.service.store.printers(rig.org);
    printers
        .observe(printer, PrinterState::Busy, None, now)
        .await
        .unwrap();
    let answer = rig
        .by(
            Role::Owner,
            &format!("PUT /v1/printers/{printer}/bed-clearance"),
        )
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (409, "PRINTER_BUSY")
    );
}

#[tokio::test]
async fn an_emergency_stop_goes_before_everything_and_is_written_down() {
    let rig = Rig::new().await;
    let (bridge, printer) = rig.printer(false).await;
    let stop = format!("POST /v1/printers/{printer}/emergency-stop");
    let offline = rig.by(Role::Editor, &stop).await;
    assert_eq!(
        (offline.status.as_u16(), offline.code().as_str()),
        (409, "PRINTER_OFFLINE")
    );
    let mut entrance = rig.connect(bridge, printer);
    assert_eq!(
        rig.by(Role::Editor, &stop).await.status,
        StatusCode::ACCEPTED
    );
    let heaters = format!("POST /v1/printers/{printer}/heaters-off");
    assert_eq!(
        rig.by(Role::Manager, &heaters).await.status,
        StatusCode::ACCEPTED
    );
    for said in [
        Command::EmergencyStop { printer },
        Command::HeatersOff { printer },
    ] {
        assert_eq!(entrance.urgent.try_recv().unwrap().command, said);
    }
    let audit = rig
        .by(Role::Manager, "GET /v1/audit")
        .await
        .ok()
        .to_string();
    assert!(audit.contains("emergency stop") && audit.contains(r#""reached":false"#));
}

#[tokio::test]
async fn a_person_says_what_is_loaded_and_takes_it_back() {
    let rig = Rig::new().await;
    let (_, printer) = rig.printer(false).await;
    let owner = rig.token(Role::Owner);
    let load = format!("PUT /v1/printers/{printer}/loaded");
    let loaded = rig
        .post(&load, &owner, &json!({ "material": "PETG" }))
        .await
        .ok();
    assert_eq!(loaded["loaded"], "PETG");
    let none = rig
        .post(&load, &owner, &json!({ "material": null }))
        .await
        .ok();
    assert_eq!(none["loaded"], serde_json::Value::Null);
    let wrong = rig
        .post(&load, &owner, &json!({ "material": "CHEESE" }))
        .await;
    assert_eq!(wrong.code(), "VALIDATION_ERROR");
}

#[tokio::test]
async fn a_printer_says_whether_anybody_reaches_it() {
    let rig = Rig::new().await;
    let (bridge, printer) = rig.printer(false).await;
    let shown = async || rig.by(Role::Viewer, "GET /v1/printers").await.ok();
    assert_eq!(shown().await[0]["connected"], false);
    let _entrance = rig.connect(bridge, printer);
    let connected = shown().await;
    assert_eq!(connected[0]["connected"], true);
    assert_eq!(connected[0]["reconciled"], true);
    assert_eq!(connected[0]["state"], "ready");
}

on_both_engines! {
    async fn a_printer_says_what_is_printed_on_it_and_what_the_caller_may_do(rig) {
        let (project, owner): (ProjectId, _) = (rig.id(), rig.token(Role::Owner));
        let mut body = wanted(rig.model(1).await);
        (body["project"], body["reference"]) = (json!(project), json!("file_7"));
        let job = rig.job(&owner, &body).await;
        let (printer, attempt) = rig.printing(job).await;
        rig.see(printer, attempt, 40.0);
        let one = rig.call(&format!("GET /v1/printers/{printer}"), &owner).await.ok();
        let held = json!({
            "other_project": false, "attempt": "printing", "id": job, "project": project,
            "name": "Bracket", "reference": "file_7",
        });
        assert_eq!(one["job"], held);
        assert_eq!(one["progress"]["completion_pct"], 40.0);
        assert_eq!(one["bed"]["can_be_cleared"], false);
        assert_eq!(rig.call("GET /v1/printers", &owner).await.ok(), json!([one]));
        let all = json!(["clear_bed", "load", "emergency_stop", "heaters_off", "preheat", "move",
            "connect", "refresh", "tidy"]);
        assert_eq!(one["allowed"], all);

        let mut grant = rig.grant(Role::Editor);
        grant.projects = Projects::Some([].into());
        let printers = rig.call("GET /v1/printers", &rig.mint(&grant)).await.ok();
        let hidden = json!({
            "other_project": true, "attempt": "printing", "id": null, "project": null,
            "name": null, "reference": null,
        });
        assert_eq!(printers[0]["job"], hidden);
        assert_eq!(printers[0]["allowed"], json!(["clear_bed", "emergency_stop"]));
        let viewer = rig.by(Role::Viewer, "GET /v1/printers").await.ok();
        assert_eq!(viewer[0]["allowed"], json!([]));

        rig.phase(attempt, Phase::Completed).await;
        let one = rig.call(&format!("GET /v1/printers/{printer}"), &owner).await.ok();
        assert_eq!((&one["job"], &one["bed"]["clear"]), (&Value::Null, &json!(false)));
    }
}
