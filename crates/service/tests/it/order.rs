//! The order of the queue over HTTP: moves, priorities, clearing, reasons for holding.

use crate::queue::prepare;
use crate::rig::{Answer, Rig, on_both_engines, wanted};
use fluxprint_domain::id::JobId;
use fluxprint_domain::role::Role;
use serde_json::{Value, json};

/// Jobs of one copy that wait for a printer.
async fn waiting<const N: usize>(rig: &Rig) -> [JobId; N] {
    waiting_of(rig, 1).await
}

async fn waiting_of<const N: usize>(rig: &Rig, model: u8) -> [JobId; N] {
    let mut one = wanted(rig.model(model).await);
    one["copies"] = json!(1);
    let mut jobs = Vec::new();
    for _ in 0..N {
        let job = rig.job(&rig.token(Role::Editor), &one).await;
        prepare(rig, job).await;
        jobs.push(job);
    }
    jobs.try_into().unwrap()
}

async fn queue(rig: &Rig, role: Role) -> Value {
    rig.by(role, "GET /v1/queue").await.ok()
}

fn jobs(queue: &Value) -> Vec<&str> {
    let entries = queue["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["job"].as_str().unwrap())
        .collect()
}

async fn put(rig: &Rig, body: Value) -> Answer {
    let manager = rig.token(Role::Manager);
    rig.post("PUT /v1/queue/order", &manager, &body).await
}

on_both_engines! {
    async fn a_move_on_an_old_list_is_refused_and_told_the_newest_version(rig) {
        let [a, b, c] = waiting::<3>(&rig).await;
        let [a, b, c] = [a, b, c].map(|id| id.to_string());
        let seen = queue(&rig, Role::Manager).await;
        assert_eq!((jobs(&seen), &seen["version"]), (vec![&*a, &b, &c], &json!(0)));
        assert_eq!(seen["allowed"], json!(["reorder", "clear"]));
        let moved = put(&rig, json!({ "version": 0, "job": c, "before": a })).await.ok();
        assert_eq!((jobs(&moved), &moved["version"]), (vec![&*c, &a, &b], &json!(1)));
        let late = put(&rig, json!({ "version": 0, "job": b, "after": c })).await;
        assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "QUEUE_CHANGED"));
        assert_eq!(late.headers["etag"], "\"1\"");
        assert_eq!(jobs(&queue(&rig, Role::Manager).await), [&*c, &a, &b]);
        let again = put(&rig, json!({ "version": 1, "job": b, "after": c })).await.ok();
        assert_eq!(jobs(&again), [&*c, &b, &a]);
        let shown = rig.by(Role::Viewer, &format!("GET /v1/jobs/{b}")).await.ok();
        let last = shown["timeline"].as_array().unwrap().last().unwrap().clone();
        let sentence = "The print was moved from place 3 to place 2.";
        assert_eq!((&last["what"], &last["sentence"]), (&json!("MOVED"), &json!(sentence)));
        assert_eq!(last["who"].as_str(), Some(&*rig.grant(Role::Manager).sub.to_string()));
    }
}

#[tokio::test]
async fn only_those_who_operate_reorder_and_clear() {
    let rig = Rig::new().await;
    let [a, b] = waiting::<2>(&rig).await;
    for role in [Role::Editor, Role::Viewer] {
        let token = rig.token(role);
        let body = json!({ "version": 0, "job": b, "before": a });
        let moved = rig.post("PUT /v1/queue/order", &token, &body).await;
        assert_eq!(moved.status.as_u16(), 403);
        assert_eq!(rig.call("DELETE /v1/queue", &token).await.status, 403);
        assert_eq!(queue(&rig, role).await["allowed"], json!([]));
    }
    let manager = rig
        .by(Role::Manager, &format!("GET /v1/jobs/{a}"))
        .await
        .ok();
    let allowed = manager["allowed"].as_array().unwrap();
    assert!(allowed.contains(&json!("move")) && allowed.contains(&json!("prioritise")));
    let both = put(
        &rig,
        json!({ "version": 0, "job": b, "before": a, "after": a }),
    )
    .await;
    assert_eq!(both.status, 422);
    let other = rig.id::<fluxprint_domain::id::Job>();
    let unknown = put(&rig, json!({ "version": 0, "job": b, "before": other })).await;
    assert_eq!(unknown.code(), "PRINTING_JOB_NOT_FOUND");
}

#[tokio::test]
async fn a_raised_job_comes_first_and_ten_are_the_most_that_one_person_raises() {
    let rig = Rig::new().await;
    let all = waiting::<10>(&rig).await;
    rig.clock.advance_s(3_600);
    let [eleventh] = waiting_of::<1>(&rig, 2).await;
    let raised = json!({ "priority": "raised" });
    let raise = async |job: &JobId| {
        rig.clock.advance_s(60);
        let call = format!("PUT /v1/jobs/{job}/priority");
        rig.post(&call, &rig.token(Role::Manager), &raised).await
    };
    let last = all.last().unwrap();
    let shown = raise(last).await.ok();
    assert_eq!(
        (&shown["place"], &shown["priority"]),
        (&json!(1), &json!("raised"))
    );
    for job in all.iter().take(9) {
        raise(job).await.ok();
    }
    let refused = raise(&eleventh).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (429, "TOO_MANY_RAISED")
    );
    assert_eq!(
        queue(&rig, Role::Viewer).await["entries"][0]["job"],
        json!(last)
    );
}

#[tokio::test]
async fn clearing_cancels_what_waits_and_says_what_it_left_alone() {
    let rig = Rig::new().await;
    let [printing, staged_later, held] = waiting::<3>(&rig).await;
    rig.by(Role::Owner, &format!("PUT /v1/jobs/{held}/hold"))
        .await
        .ok();
    let mut one = wanted(rig.model(2).await);
    one["copies"] = json!(1);
    let started = rig.job(&rig.token(Role::Editor), &one).await;
    let hold_back = [printing, staged_later];
    for job in hold_back {
        rig.by(Role::Owner, &format!("PUT /v1/jobs/{job}/hold"))
            .await
            .ok();
    }
    let at = rig.staged(started).await;
    rig.start(&at).await;
    let cleared = rig.by(Role::Manager, "DELETE /v1/queue").await.ok();
    assert_eq!(cleared["copies"], 3);
    let left = cleared["left"].as_array().unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(
        (&left[0]["job"], &left[0]["state"]),
        (&json!(started), &json!("printing"))
    );
    assert_eq!(left[0]["because"]["code"], "ALREADY_STARTED");
    let shown = queue(&rig, Role::Manager).await;
    assert_eq!(jobs(&shown), [started.to_string()]);
    let again = rig.by(Role::Manager, "DELETE /v1/queue").await.ok();
    assert_eq!(
        (&again["copies"], again["left"].as_array().unwrap().len()),
        (&json!(0), 1)
    );
}

#[tokio::test]
async fn whoever_holds_a_job_back_may_say_why_and_everybody_reads_who_and_why() {
    let rig = Rig::new().await;
    let [job] = waiting::<1>(&rig).await;
    let manager = rig.token(Role::Manager);
    let why = json!({ "reason": "The red spool is nearly empty." });
    let hold = format!("PUT /v1/jobs/{job}/hold");
    let held = rig.post(&hold, &manager, &why).await.ok();
    let reason = &held["copies"][0]["reason"];
    assert_eq!(
        (&reason["code"], &reason["sentence"]),
        (&json!("HELD_BY_PERSON"), &why["reason"])
    );
    let last = held["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["what"], &last["reason"]["sentence"]),
        (&json!("HELD"), &why["reason"])
    );
    assert_eq!(
        last["who"].as_str(),
        Some(&*rig.grant(Role::Manager).sub.to_string())
    );
    let entry = &queue(&rig, Role::Viewer).await["entries"][0];
    assert_eq!(entry["copies"][0]["waits_for"]["sentence"], why["reason"]);
    let steering = rig
        .post(&hold, &manager, &json!({ "reason": "a\u{202E}b" }))
        .await;
    assert_eq!(steering.status, 422);
}

#[tokio::test]
async fn a_job_asks_for_a_colour_and_tags_and_waits_for_a_printer_that_has_them() {
    let rig = Rig::new().await;
    let (bridge, printer) = rig.printer(false).await;
    let mut entrance = rig.connect(bridge, printer);
    let mut body = wanted(rig.model(1).await);
    body["copies"] = json!(1);
    body["tags"] = json!(["Food-Safe"]);
    body["colour"] = json!("red");
    let job = rig.job(&rig.token(Role::Editor), &body).await;
    prepare(&rig, job).await;
    let why = async || {
        queue(&rig, Role::Viewer).await["entries"][0]["copies"][0]["waits_for"]["code"].clone()
    };
    assert_eq!(why().await, "LACKS_TAG");
    let owner = rig.token(Role::Owner);
    let tags = json!({ "tags": ["large", "food-safe"] });
    let tagged = format!("PUT /v1/printers/{printer}/tags");
    let shown = rig.post(&tagged, &owner, &tags).await.ok();
    assert_eq!(shown["tags"], json!(["food-safe", "large"]));
    assert_eq!(why().await, "OTHER_COLOUR_LOADED");
    let loaded = json!({ "material": "PLA", "colour": "red" });
    let load = format!("PUT /v1/printers/{printer}/loaded");
    let shown = rig.post(&load, &owner, &loaded).await.ok();
    assert_eq!(
        (&shown["loaded"], &shown["loaded_colour"]),
        (&json!("PLA"), &json!("red"))
    );
    assert_eq!(why().await, Value::Null);
    let mut memory = fluxprint_service::dispatcher::Memory::default();
    fluxprint_service::dispatcher::turn(&rig.service, &mut memory)
        .await
        .unwrap();
    assert!(
        entrance.commands.try_recv().is_ok(),
        "what waits for nothing is given a printer"
    );
    let bad = rig
        .post(&tagged, &owner, &json!({ "tags": ["two words"] }))
        .await;
    assert_eq!(bad.status, 422);
}
