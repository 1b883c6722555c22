//! Nobody sees or touches what belongs to another organisation (S-05, S-07).

use crate::owned::own;
use crate::rig::{Answer, Rig, on_both_engines, wanted};
use axum::body::Body;
use fluxprint_domain::role::Role;
use fluxprint_service::http::door::{Access, DOORS, Door};
use serde_json::{Value, json};

/// The answer without what differs from call to call.
fn content(answer: &Answer) -> (u16, Value) {
    let mut body: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
    if let Some(problem) = body.as_object_mut() {
        problem.remove("request_id");
    }
    (answer.status.as_u16(), body)
}

/// The doors that name something of an organisation to somebody who is in one.
fn naming() -> impl Iterator<Item = &'static Door> {
    DOORS.iter().filter(|door| {
        let by_people = !matches!(door.access, Access::Bridge | Access::Anyone);
        // The bytes of a model are named by themselves: whoever has them may send them.
        let sends_a_model = door.method == "PUT" && door.path == "/v1/models/{sha256}";
        // A bridge that waits belongs to nobody until somebody confirms its code.
        let of_nobody = door.path.contains("{code}");
        // What is seen through a camera needs a bridge on a socket: tests of cameras say the same.
        let looks = door.path.contains("/camera");
        by_people && door.path.contains('{') && !sends_a_model && !of_nobody && !looks
    })
}

/// Another organisation's owner.
fn stranger(rig: &Rig) -> String {
    let mut stranger = rig.grant(Role::Owner);
    stranger.org = rig.id();
    rig.mint(&stranger)
}

async fn call(rig: &Rig, call: &str, token: &str, body: Option<&Value>) -> Answer {
    let request = rig.request(call, token);
    let request = match body {
        None => request.body(Body::empty()),
        Some(body) => request
            .header("content-type", "application/json")
            .body(Body::from(body.to_string())),
    };
    rig.send(request.unwrap()).await
}

/// The same call with a name that nobody has.
fn of_nothing(call: &str) -> String {
    let (method, path) = call.split_once(' ').unwrap();
    let parts: Vec<String> = path
        .split('/')
        .map(|part| match part.split_once('_') {
            Some((kind, id)) if id.len() == 32 => format!("{kind}_{}", "0".repeat(32)),
            _ if part.len() == 64 => "0".repeat(64),
            _ => part.to_owned(),
        })
        .collect();
    format!("{method} {}", parts.join("/"))
}

on_both_engines! {
    async fn s_07_every_call_that_names_something_is_2xx_for_its_owner_and_404_for_all_others(rig) {
        let mut swept = 0;
        for door in naming() {
            let owned = own(&rig, door).await;
            let owners = rig.token(Role::Owner);
            let owners = call(&rig, &owned.call, &owners, owned.body.as_ref()).await;
            let text = String::from_utf8_lossy(&owners.bytes);
            assert!(owners.status.is_success(), "{}: {} {text}", owned.call, owners.status);
            // What the owner's call has ended there is once more, as it was before it.
            let owned = own(&rig, door).await;
            let chain = async || rig.by(Role::Owner, "GET /v1/audit").await.ok();
            let (before, stranger) = (chain().await, stranger(&rig));
            let foreign = call(&rig, &owned.call, &stranger, owned.body.as_ref()).await;
            let nothing = call(&rig, &of_nothing(&owned.call), &stranger, owned.body.as_ref()).await;
            assert_eq!(foreign.status.as_u16(), 404, "{}", owned.call);
            assert_eq!(content(&foreign), content(&nothing), "{}", owned.call);
            assert_eq!(chain().await, before, "{}", owned.call);
            swept += 1;
        }
        assert!(swept >= 15, "{swept}");
    }

    async fn lists_of_one_organisation_hold_nothing_of_another(rig) {
        let (bridge, printer) = rig.printer(false).await;
        let _entrance = rig.connect(bridge, printer);
        let model = rig.model(1).await;
        rig.job(&rig.token(Role::Owner), &wanted(model)).await;
        let stranger = stranger(&rig);
        for (list, empty) in [
            ("GET /v1/printers", json!([])),
            ("GET /v1/bridges", json!([])),
            ("GET /v1/models", json!({ "models": [], "next": null })),
            ("GET /v1/jobs", json!({ "jobs": [], "next": null })),
            ("GET /v1/queue", json!({ "on_hold": false, "version": 0, "allowed": ["reorder", "clear"],
                "entries": [], "totals": {
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
