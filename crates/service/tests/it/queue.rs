//! The queue, and why each waits.

use crate::rig::{Rig, sha256, wanted};
use fluxprint_domain::Clock;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::{JobId, ProjectId, SliceId};
use fluxprint_domain::role::Role;
use fluxprint_service::http::dto::Moment;
use fluxprint_store::service::slice::{SliceResult, WantedSlice};
use fluxprint_tokens::Projects;
use serde_json::{Value, json};

/// Does what the worker does once a model is checked.
pub async fn prepare(rig: &Rig, job: JobId) {
    let (now, store) = (rig.clock.now(), &rig.service.store);
    let (found, _) = store.jobs(rig.org).get(job).await.unwrap();
    let wanted = WantedSlice {
        id: rig.id::<fluxprint_domain::id::Slice>() as SliceId,
        model_sha256: found.model_sha256,
        profile_hash: sha256(job.to_string().as_bytes()),
        slicer_version: "test",
    };
    let slices = store.slices(rig.org);
    let slice = slices.want(&wanted, None, now).await.unwrap();
    let result = SliceResult {
        gcode_sha256: sha256(b"G28\n"),
        size_bytes: 4,
        facts: "{}".into(),
        nozzle_c_max: 210.0,
        bed_c_max: 60.0,
    };
    slices.finish(slice.id, &result, None).await.unwrap();
    store
        .jobs(rig.org)
        .prepared(job, slice.id, None, "worker", now)
        .await
        .unwrap();
}

async fn why(rig: &Rig) -> Value {
    let queue = rig.by(Role::Viewer, "GET /v1/queue").await.ok();
    queue["entries"][0]["copies"][0]["waits_for"]["code"].clone()
}

#[tokio::test]
async fn each_copy_says_what_it_waits_for() {
    let rig = Rig::new().await;
    let (model, editor) = (rig.model(1).await, rig.token(Role::Editor));
    let mut one = wanted(model);
    one["copies"] = json!(1);
    let job = rig.job(&editor, &one).await;
    assert_eq!(why(&rig).await, Value::Null);
    prepare(&rig, job).await;
    assert_eq!(why(&rig).await, "NO_PRINTER");
    let (bridge, printer) = rig.printer(false).await;
    assert_eq!(why(&rig).await, "PRINTER_OFFLINE");
    let mut entrance = rig.connect(bridge, printer);
    assert_eq!(why(&rig).await, Value::Null);
    rig.by(Role::Owner, "PUT /v1/hold").await.ok();
    assert_eq!(why(&rig).await, "ORGANISATION_ON_HOLD");
    rig.by(Role::Owner, "DELETE /v1/hold").await.ok();
    let mut memory = fluxprint_service::dispatcher::Memory::default();
    fluxprint_service::dispatcher::turn(&rig.service, &mut memory)
        .await
        .unwrap();
    assert!(entrance.commands.try_recv().is_ok(), "it is staged");
    assert_eq!(why(&rig).await, "BED_NOT_CLEAR");
    let start = rig
        .by(Role::Manager, &format!("POST /v1/jobs/{job}/start"))
        .await;
    assert_eq!(
        (start.status.as_u16(), start.code().as_str()),
        (409, "BED_NOT_CLEAR")
    );
}

#[tokio::test]
async fn a_job_is_held_and_released() {
    let rig = Rig::new().await;
    let (model, editor) = (rig.model(1).await, rig.token(Role::Editor));
    let job = rig.job(&editor, &wanted(model)).await;
    prepare(&rig, job).await;
    let (hold, release) = (
        format!("PUT /v1/jobs/{job}/hold"),
        format!("DELETE /v1/jobs/{job}/hold"),
    );
    let held = rig.call(&hold, &editor).await.ok();
    assert_eq!(
        (held["state"].as_str(), &held["allowed"]),
        (Some("held"), &json!(["cancel", "release"]))
    );
    let released = rig.call(&release, &editor).await.ok();
    assert_eq!(
        (released["state"].as_str(), &released["allowed"]),
        (Some("queued"), &json!(["cancel", "hold"]))
    );
    let again = rig.call(&release, &editor).await;
    assert_eq!(
        (again.status.as_u16(), again.code().as_str()),
        (409, "NOT_NOW")
    );
    let pause = rig
        .call(&format!("PUT /v1/jobs/{job}/pause"), &editor)
        .await;
    assert_eq!(pause.code(), "NOT_NOW");
}

#[tokio::test]
async fn of_another_projects_job_only_its_place_is_shown() {
    let rig = Rig::new().await;
    let model = rig.model(1).await;
    let [theirs, mine] = [rig.id(), rig.id()];
    let owner = rig.token(Role::Owner);
    let mut body = wanted(model);
    body["name"] = json!("Secret bracket");
    body["project"] = json!(theirs);
    let job = rig.job(&owner, &body).await;
    let mut grant = rig.grant(Role::Editor);
    grant.projects = Projects::Some([(mine, Role::Editor)].into());
    let designer = rig.mint(&grant);
    let queue = rig.call("GET /v1/queue", &designer).await.ok();
    let entry = &queue["entries"][0];
    assert_eq!(
        (entry["place"].as_u64(), entry["other_project"].as_bool()),
        (Some(1), Some(true))
    );
    for hidden in ["job", "project", "name", "person", "estimate", "expected"] {
        assert_eq!(entry[hidden], Value::Null, "{hidden}");
    }
    let text = queue.to_string();
    assert!(!text.contains("Secret") && !text.contains(&job.to_string()) && !text.contains("usr_"));
    assert_eq!(
        rig.call("GET /v1/jobs", &designer).await.ok()["jobs"],
        json!([])
    );
    for call in [
        "GET /v1/jobs/{job}",
        "POST /v1/jobs/{job}/cancellation",
        "PUT /v1/jobs/{job}/hold",
    ] {
        let call = call.replace("{job}", &job.to_string());
        assert_eq!(
            rig.call(&call, &designer).await.code(),
            "PRINTING_JOB_NOT_FOUND"
        );
    }
}

/// The moments that are expected of the only job, in seconds from now, and why no more is known.
fn expected(shown: &Value) -> (Value, Value) {
    let mut expected = shown["expected"].clone();
    let why = expected["why"]["code"].clone();
    expected.as_object_mut().unwrap().remove("why");
    (expected, why)
}

#[tokio::test]
async fn a_job_says_when_it_begins_and_is_done_as_far_as_anybody_knows() {
    let rig = Rig::new().await;
    let (model, editor) = (rig.model(1).await, rig.token(Role::Editor));
    let mut one = wanted(model);
    one["copies"] = json!(1);
    let made = rig.submit(&editor, "key", &one).await.ok();
    assert_eq!(expected(&made).1, "PREPARING");
    assert_eq!(
        (&made["place"], &made["progress_pct"]),
        (&json!(1), &Value::Null)
    );
    let job: JobId = made["id"].as_str().unwrap().parse().unwrap();
    prepare(&rig, job).await;
    let call = format!("GET /v1/jobs/{job}");
    let look = async || rig.call(&call, &editor).await.ok();
    assert_eq!(expected(&look().await).1, "NO_PRINTER");
    let (bridge, printer) = rig.printer(false).await;
    assert_eq!(expected(&look().await).1, "PRINTER_OFFLINE");
    let _entrance = rig.connect(bridge, printer);
    let (moments, why) = expected(&look().await);
    assert_eq!(why, "BED_NOT_CLEAR");
    assert_eq!(moments["starts_about_at"], Value::Null);
    assert_eq!(moments["starts_not_before"], "2026-01-01T00:00:00Z");

    let clear = format!("PUT /v1/printers/{printer}/bed-clearance");
    rig.call(&clear, &editor).await.ok();
    let shown = look().await;
    let (moments, why) = expected(&shown);
    assert_eq!(
        (&moments["starts_about_at"], &why),
        (&json!("2026-01-01T00:00:00Z"), &Value::Null)
    );
    let duration_s = shown["estimate"]["one_copy"]["duration_s"]
        .as_i64()
        .unwrap();
    let done = fluxprint_sim::FakeClock::START.plus_s(duration_s);
    assert_eq!(moments["done_about_at"], json!(Moment(done)));
    let queue = rig.call("GET /v1/queue", &editor).await.ok();
    let entry = &queue["entries"][0];
    assert_eq!(entry["expected"], shown["expected"]);
    assert_eq!(
        (&entry["estimate"], &entry["allowed"]),
        (&shown["estimate"], &shown["allowed"])
    );
    assert_eq!(queue["totals"]["duration_s"], duration_s);

    let second = rig.job(&editor, &one).await;
    prepare(&rig, second).await;
    let behind = rig
        .call(&format!("GET /v1/jobs/{second}"), &editor)
        .await
        .ok();
    let (moments, why) = expected(&behind);
    assert_eq!(why, "BED_AFTER_PRINT");
    assert_eq!(moments["starts_not_before"], json!(Moment(done)));
    rig.by(Role::Owner, "PUT /v1/hold").await.ok();
    assert_eq!(expected(&look().await).1, "ORGANISATION_ON_HOLD");
}

#[tokio::test]
async fn a_running_job_says_how_far_it_is_and_when_it_is_done() {
    let rig = Rig::new().await;
    let editor = rig.token(Role::Editor);
    let job = rig.job(&editor, &wanted(rig.model(1).await)).await;
    let (printer, attempt) = rig.printing(job).await;
    rig.see(printer, attempt, 40.0);
    let shown = rig.call(&format!("GET /v1/jobs/{job}"), &editor).await.ok();
    assert_eq!(
        (&shown["state"], &shown["progress_pct"]),
        (&json!("printing"), &json!(20.0))
    );
    let (moments, why) = expected(&shown);
    assert_eq!(why, "BED_AFTER_PRINT", "the second copy needs the bed");
    assert_eq!(moments["starts_about_at"], Value::Null);
    assert_eq!(moments["done_about_at"], Value::Null);
    let queue = rig.call("GET /v1/queue", &editor).await.ok();
    let copies = &queue["entries"][0]["copies"];
    let progress = json!({ "completion_pct": 40.0, "print_time_s": 60, "time_left_s": 90 });
    assert_eq!(
        (&copies[0]["progress"], &copies[1]["progress"]),
        (&progress, &Value::Null)
    );

    rig.phase(attempt, Phase::Completed).await;
    let cancel = format!("POST /v1/jobs/{job}/cancellation");
    let over = rig.call(&cancel, &editor).await.ok();
    assert_eq!(
        (&over["state"], &over["place"]),
        (&json!("completed"), &Value::Null)
    );
    assert_eq!(
        (&over["expected"], &over["progress_pct"]),
        (&Value::Null, &json!(100.0))
    );
}

#[tokio::test]
async fn the_totals_are_of_what_the_caller_may_see_and_is_still_to_be_printed() {
    let rig = Rig::new().await;
    let (owner, model) = (rig.token(Role::Owner), rig.model(1).await);
    let [mine, theirs] = [rig.id(), rig.id()];
    let in_project = |project: ProjectId, copies: u32| {
        let mut body = wanted(model);
        (body["project"], body["copies"]) = (json!(project), json!(copies));
        body
    };
    rig.job(&owner, &in_project(theirs, 3)).await;
    rig.job(&owner, &in_project(mine, 2)).await;
    let unknown = b"not yet looked at";
    rig.upload("part.stl", unknown, &owner).await.ok();
    let mut body = wanted(sha256(unknown));
    body["project"] = json!(mine);
    rig.job(&owner, &body).await;
    let all = rig.call("GET /v1/queue", &owner).await.ok()["totals"].clone();
    let mut grant = rig.grant(Role::Viewer);
    grant.projects = Projects::Some([(mine, Role::Viewer)].into());
    let some = rig.call("GET /v1/queue", &rig.mint(&grant)).await.ok()["totals"].clone();
    assert_eq!((&all["copies"], &some["copies"]), (&json!(7), &json!(4)));
    assert_eq!(
        (&all["without_estimate"], &some["without_estimate"]),
        (&json!(1), &json!(1))
    );
    let amount = |totals: &Value, what: &str| totals[what].as_u64().unwrap();
    for what in ["duration_s", "price_micros"] {
        assert_eq!(amount(&all, what) * 2, amount(&some, what) * 5, "{what}");
        assert!(amount(&some, what) > 0, "{what}");
    }
    assert_eq!(some["currency"], "USD");
}
