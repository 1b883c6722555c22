//! Jobs: made once, limited, controlled.

use crate::rig::{Rig, on_both_engines, sha256, wanted};
use fluxprint_domain::role::Role;
use fluxprint_tokens::{Projects, Subject};
use serde_json::{Value, json};

on_both_engines! {
    async fn six_equal_submissions_with_one_key_make_one_job(rig) {
        let model = rig.model(1).await;
        let (editor, body) = (rig.token(Role::Editor), wanted(model));
        let calls = (0..6).map(|_| rig.submit(&editor, "the-key", &body));
        let answers = futures_util::future::join_all(calls).await;
        let ids: Vec<Value> = answers.into_iter().map(|answer| {
            assert_eq!(answer.status.as_u16(), 201);
            answer.ok()["id"].clone()
        }).collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
        let list = rig.call("GET /v1/jobs", &editor).await.ok();
        assert_eq!(list["jobs"].as_array().unwrap().len(), 1);
        assert_eq!(list["jobs"][0]["copies"].as_array().unwrap().len(), 2);
    }

    async fn a_key_belongs_to_one_body_and_one_person(rig) {
        let model = rig.model(1).await;
        let (editor, body) = (rig.token(Role::Editor), wanted(model));
        rig.submit(&editor, "the-key", &body).await.ok();
        let mut other = body.clone();
        other["copies"] = json!(3);
        let refused = rig.submit(&editor, "the-key", &other).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "IDEMPOTENCY_KEY_REUSED"));
        rig.submit(&rig.token(Role::Owner), "the-key", &other).await.ok();
    }

    async fn a_person_makes_ten_jobs_in_an_hour_and_no_more(rig) {
        let model = rig.model(1).await;
        let editor = rig.token(Role::Editor);
        for n in 0..10 {
            rig.submit(&editor, &format!("key-{n}"), &wanted(model)).await.ok();
        }
        let eleventh = rig.submit(&editor, "key-10", &wanted(model)).await;
        assert_eq!((eleventh.status.as_u16(), eleventh.code().as_str()), (429, "RATE_LIMIT"));
        assert_eq!(eleventh.headers["retry-after"], "3600");
        rig.submit(&editor, "key-9", &wanted(model)).await.ok();
        rig.clock.advance_s(3_599);
        let editor = rig.token(Role::Editor);
        assert_eq!(rig.submit(&editor, "key-10", &wanted(model)).await.code(), "RATE_LIMIT");
        rig.clock.advance_s(1);
        rig.submit(&editor, "key-10", &wanted(model)).await.ok();
    }
}

#[tokio::test]
async fn a_program_may_change_fifty_things_in_an_hour() {
    let rig = Rig::new().await;
    let mut grant = rig.grant(Role::Owner);
    grant.sub = Subject::Program(rig.id());
    let program = rig.mint(&grant);
    let body = json!({ "name": "x" });
    for left in (0..50).rev() {
        let answer = rig.post("POST /v1/bridges", &program, &body).await;
        assert_eq!(
            answer.headers["ratelimit"],
            format!("\"calls\";r={left}").as_str()
        );
    }
    let refused = rig.post("POST /v1/bridges", &program, &body).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (429, "RATE_LIMIT")
    );
    rig.call("GET /v1/bridges", &program).await.ok();
    rig.call("PUT /v1/hold", &program).await.ok();
    let person = rig.token(Role::Owner);
    for _ in 0..51 {
        rig.post("POST /v1/bridges", &person, &body).await.ok();
    }
}

#[tokio::test]
async fn a_job_that_cannot_be_is_refused_with_the_reason() {
    let rig = Rig::new().await;
    let (editor, model) = (rig.token(Role::Editor), rig.model(1).await);
    let refused = async |change: &dyn Fn(&mut Value)| {
        let mut body = wanted(model);
        change(&mut body);
        rig.submit(&editor, "key", &body).await.code()
    };
    let no_printer = format!("prn_{}", "0".repeat(32));
    assert_eq!(
        refused(&|b| b["copies"] = json!(0)).await,
        "VALIDATION_ERROR"
    );
    assert_eq!(
        refused(&|b| b["copies"] = json!(11)).await,
        "VALIDATION_ERROR"
    );
    assert_eq!(
        refused(&|b| b["infill_pct"] = json!(101)).await,
        "VALIDATION_ERROR"
    );
    assert_eq!(
        refused(&|b| b["name"] = json!("")).await,
        "VALIDATION_ERROR"
    );
    assert_eq!(
        refused(&|b| b["notes"] = json!("x".repeat(1_001))).await,
        "VALIDATION_ERROR"
    );
    assert_eq!(
        refused(&|b| b["material"] = json!("pla")).await,
        "VALIDATION_ERROR"
    );
    assert_eq!(
        refused(&|b| b["model"] = json!(sha256(b"none"))).await,
        "MODEL_NOT_FOUND"
    );
    assert_eq!(
        refused(&|b| b["printer"] = json!(no_printer)).await,
        "PRINTER_NOT_FOUND"
    );
    let without_key = rig.post("POST /v1/jobs", &editor, &wanted(model)).await;
    assert_eq!(without_key.code(), "IDEMPOTENCY_KEY_MISSING");
    let long = "k".repeat(129);
    assert_eq!(
        rig.submit(&editor, &long, &wanted(model)).await.code(),
        "IDEMPOTENCY_KEY_MISSING"
    );
    assert_eq!(
        rig.submit(&editor, "a b", &wanted(model)).await.code(),
        "IDEMPOTENCY_KEY_MISSING"
    );
    assert_eq!(
        rig.call("GET /v1/jobs", &editor).await.ok()["jobs"],
        json!([])
    );
}

#[tokio::test]
async fn a_repeated_call_is_answered_although_its_model_was_refused_meanwhile() {
    let rig = Rig::new().await;
    let editor = rig.token(Role::Editor);
    rig.upload("part.stl", b"not yet looked at", &editor)
        .await
        .ok();
    let model = sha256(b"not yet looked at");
    let made = rig.submit(&editor, "key", &wanted(model)).await.ok();
    let now = fluxprint_domain::Clock::now(rig.clock.as_ref());
    let task = rig
        .service
        .store
        .tasks(rig.org)
        .claim("test", 60, now)
        .await
        .unwrap()
        .unwrap();
    let reason = fluxprint_store::service::reason::Reason {
        code: "EMPTY".into(),
        sentence: "The file is empty.".into(),
        remedy: "Export it again.".into(),
    };
    let models = rig.service.store.models(rig.org);
    models
        .mark_refused(model, &reason, &task, now)
        .await
        .unwrap();
    let again = rig.submit(&editor, "key", &wanted(model)).await.ok();
    assert_eq!(again["id"], made["id"]);
    let new = rig.submit(&editor, "another", &wanted(model)).await;
    assert_eq!((new.status.as_u16(), new.code().as_str()), (422, "EMPTY"));
}

#[tokio::test]
async fn an_editor_cancels_own_jobs_and_a_manager_any() {
    let rig = Rig::new().await;
    let model = rig.model(1).await;
    let mut other = rig.grant(Role::Editor);
    other.sub = Subject::Person(rig.id());
    let job = rig.job(&rig.token(Role::Editor), &wanted(model)).await;
    let (get, cancel) = (
        format!("GET /v1/jobs/{job}"),
        format!("POST /v1/jobs/{job}/cancellation"),
    );
    let allowed = async |token: &str| rig.call(&get, token).await.ok()["allowed"].clone();
    assert_eq!(allowed(&rig.token(Role::Editor)).await, json!(["cancel"]));
    assert_eq!(allowed(&rig.mint(&other)).await, json!([]));
    let refused = rig.call(&cancel, &rig.mint(&other)).await;
    assert_eq!(refused.code(), "PRINTING_INSUFFICIENT_PERMISSIONS");
    let canceled = rig.by(Role::Manager, &cancel).await.ok();
    assert_eq!(canceled["state"], "canceled");
    assert_eq!(canceled["allowed"], json!([]));
    let again = rig.by(Role::Manager, &cancel).await;
    assert_eq!(
        (again.status.as_u16(), again.code().as_str()),
        (409, "ALREADY_ENDED")
    );
}

#[tokio::test]
async fn pages_of_jobs_follow_each_other_without_gap_or_repeat() {
    let rig = Rig::new().await;
    let (model, editor) = (rig.model(1).await, rig.token(Role::Editor));
    let mut made = Vec::new();
    for _ in 0..5 {
        rig.clock.advance_ms(1);
        made.push(json!(rig.job(&editor, &wanted(model)).await));
    }
    made.reverse();
    for filter in ["", "&state=preparing"] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let call = format!("GET /v1/jobs?limit=2{filter}{after}");
            let page = rig.call(&call, &editor).await.ok();
            let jobs = page["jobs"].as_array().unwrap();
            assert!(jobs.len() <= 2);
            seen.extend(jobs.iter().map(|job| job["id"].clone()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(seen, made);
    }
    let none = rig.call("GET /v1/jobs?state=completed", &editor).await.ok();
    assert_eq!(none, json!({ "jobs": [], "next": null }));
}

#[tokio::test]
async fn a_job_belongs_to_a_project_in_which_the_caller_may_print() {
    let rig = Rig::new().await;
    let model = rig.model(1).await;
    let [mine, watched, hidden] = [rig.id(), rig.id(), rig.id()];
    let mut grant = rig.grant(Role::Viewer);
    grant.projects = Projects::Some([(mine, Role::Editor), (watched, Role::Viewer)].into());
    let token = rig.mint(&grant);
    let in_project = |project| {
        let mut body = wanted(model);
        body["project"] = json!(project);
        body
    };
    rig.submit(&token, "a", &in_project(mine)).await.ok();
    let watched = rig.submit(&token, "b", &in_project(watched)).await;
    assert_eq!(watched.code(), "PRINTING_INSUFFICIENT_PERMISSIONS");
    let hidden = rig.submit(&token, "c", &in_project(hidden)).await;
    assert_eq!(
        (hidden.status.as_u16(), hidden.code().as_str()),
        (404, "PRINTING_PROJECT_NOT_FOUND")
    );
}
