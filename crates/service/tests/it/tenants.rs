//! Nobody sees or touches what belongs to another organisation (S-05, S-07).

use crate::rig::{Answer, on_both_engines, wanted};
use fluxprint_domain::role::Role;
use fluxprint_service::http::door::{Access, DOORS};
use serde_json::{Value, json};

/// The answer without what differs from call to call.
fn content(answer: &Answer) -> (u16, Value) {
    let mut body: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
    if let Some(problem) = body.as_object_mut() {
        problem.remove("request_id");
    }
    (answer.status.as_u16(), body)
}

/// A body that each call takes.
fn body_for(path: &str) -> Value {
    match path {
        "/v1/printers/{printer}/loaded" => json!({ "material": "PLA" }),
        "/v1/copies/{copy}/settlement" => json!({ "outcome": "failed" }),
        _ => Value::Null,
    }
}

on_both_engines! {
    async fn a_foreign_name_is_answered_exactly_like_one_that_names_nothing(rig) {
        let (bridge, printer) = rig.printer(false).await;
        let _entrance = rig.connect(bridge, printer);
        let model = rig.model(1).await;
        let job = rig.job(&rig.token(Role::Owner), &wanted(model)).await;
        let shown = rig.by(Role::Owner, &format!("GET /v1/jobs/{job}")).await.ok();
        let copy = shown["copies"][0]["id"].as_str().unwrap().to_owned();
        let mut stranger = rig.grant(Role::Owner);
        stranger.org = rig.id();
        let stranger = rig.mint(&stranger);
        let chain = async || rig.by(Role::Owner, "GET /v1/audit").await.ok();
        let before = chain().await;
        let zero = "0".repeat(32);
        let mut swept = 0;
        for door in DOORS {
            let in_reach = !matches!(door.access, Access::Bridge | Access::Anyone);
            if !in_reach || !door.path.contains('{') || door.method == "PUT" && door.path.contains("sha256") {
                continue;
            }
            let theirs = door.path
                .replace("{printer}", &printer.to_string())
                .replace("{bridge}", &bridge.to_string())
                .replace("{job}", &job.to_string())
                .replace("{copy}", &copy)
                .replace("{sha256}", &model.to_string());
            let nothing = door.path
                .replace("{printer}", &format!("prn_{zero}"))
                .replace("{bridge}", &format!("brg_{zero}"))
                .replace("{job}", &format!("job_{zero}"))
                .replace("{copy}", &format!("cpy_{zero}"))
                .replace("{sha256}", &"0".repeat(64));
            let body = body_for(door.path);
            let call = async |path: &str| {
                let call = format!("{} {path}", door.method);
                match &body {
                    Value::Null => rig.call(&call, &stranger).await,
                    body => rig.post(&call, &stranger, body).await,
                }
            };
            let (foreign, nothing) = (call(&theirs).await, call(&nothing).await);
            assert_eq!(foreign.status.as_u16(), 404, "{} {}", door.method, door.path);
            assert_eq!(content(&foreign), content(&nothing));
            swept += 1;
        }
        assert!(swept >= 12, "{swept}");
        assert_eq!(chain().await, before);
    }

    async fn lists_of_one_organisation_hold_nothing_of_another(rig) {
        let (bridge, printer) = rig.printer(false).await;
        let _entrance = rig.connect(bridge, printer);
        let model = rig.model(1).await;
        rig.job(&rig.token(Role::Owner), &wanted(model)).await;
        let mut stranger = rig.grant(Role::Owner);
        stranger.org = rig.id();
        let stranger = rig.mint(&stranger);
        for (list, empty) in [
            ("GET /v1/printers", json!([])),
            ("GET /v1/bridges", json!([])),
            ("GET /v1/models", json!({ "models": [], "next": null })),
            ("GET /v1/jobs", json!({ "jobs": [], "next": null })),
            ("GET /v1/queue", json!({ "on_hold": false, "entries": [], "totals": {
                "copies": 0, "duration_s": 0, "filament_g": 0.0, "price_micros": 0, "currency": null,
                "without_estimate": 0,
            } })),
        ] {
            assert_eq!(rig.call(list, &stranger).await.ok(), empty, "{list}");
        }
        let wanted = rig.submit(&stranger, "key", &wanted(model)).await;
        assert_eq!(wanted.code(), "MODEL_NOT_FOUND");
    }
}
