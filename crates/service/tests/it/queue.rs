//! The queue, and why each waits.

use crate::rig::{Rig, sha256, wanted};
use fluxprint_domain::Clock;
use fluxprint_domain::id::{JobId, SliceId};
use fluxprint_domain::role::Role;
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
    for hidden in ["job", "project", "name", "person"] {
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
