//! What it costs to make a job does not depend on how many wait already.

use crate::rig::{Rig, sha256, wanted};
use fluxprint_domain::Clock;
use fluxprint_domain::id::CopyId;
use fluxprint_domain::role::Role;
use fluxprint_domain::tags::Tags;
use fluxprint_service::Settings;
use fluxprint_store::service::job::{Created, JobLimits, NewJob};
use fluxprint_store::service::slice::{SliceResult, WantedSlice};
use serde_json::json;
use std::time::{Duration, Instant};

/// Copies of each waiting job.
const COPIES: usize = 10;

/// Lets jobs of other people wait until `copies` copies do.
async fn fill(rig: &Rig, model: fluxprint_domain::Sha256, from: usize, copies: usize) {
    let (store, now) = (&rig.service.store, rig.clock.now());
    let slices = store.slices(rig.org);
    let new = WantedSlice {
        id: rig.id(),
        model_sha256: model,
        profile_hash: sha256(b"profile"),
        slicer_version: "test",
    };
    let slice = slices.want(&new, None, now).await.unwrap();
    let result = SliceResult {
        gcode_sha256: sha256(b"G28\n"),
        size_bytes: 4,
        facts: "{}".into(),
        nozzle_c_max: 210.0,
        bed_c_max: 60.0,
    };
    slices.finish(slice.id, &result, None).await.ok();
    let no_limits = JobLimits {
        per_hour: u32::MAX,
        open_max: u32::MAX,
    };
    for n in from / COPIES..copies / COPIES {
        let ids: Vec<CopyId> = (0..COPIES).map(|_| rig.id()).collect();
        let (key, person) = (format!("key-{n}"), format!("usr_{}", n % 97));
        let new = NewJob {
            id: rig.id(),
            copies: &ids,
            project: None,
            person: &person,
            name: "Bracket",
            model_sha256: model,
            choice: "{}",
            material: None,
            printer: None,
            colour: None,
            tags: &Tags::NONE,
            notes: "",
            estimate: None,
            reference: None,
            key: &key,
            body_sha256: sha256(b"body"),
        };
        let jobs = store.jobs(rig.org);
        let Created::Made(job) = jobs.create(&new, no_limits, now).await.unwrap() else {
            panic!("not made");
        };
        jobs.prepared(job.id, slice.id, None, "worker", now)
            .await
            .unwrap();
    }
}

/// The quickest of some calls: what the machine does beside it only ever adds.
#[expect(
    clippy::disallowed_methods,
    reason = "the time of the machine is what is measured"
)]
async fn quickest(rig: &Rig, body: &serde_json::Value, calls: usize) -> Duration {
    let token = rig.token(Role::Editor);
    let mut quickest = Duration::MAX;
    for _ in 0..calls {
        let key = format!("key-{:x}", rig.clock.random());
        let began = Instant::now();
        rig.submit(&token, &key, body).await.ok();
        quickest = quickest.min(began.elapsed());
    }
    quickest
}

#[tokio::test]
async fn making_a_job_costs_the_same_however_many_copies_wait() {
    let mut settings = Settings::default();
    settings.limits.jobs_per_hour = u32::MAX;
    let rig = Rig::with(crate::rig::Engine::Sqlite, settings, None).await;
    let model = rig.model(1).await;
    let mut body = wanted(model);
    body["copies"] = json!(1);
    fill(&rig, model, 0, 10).await;
    quickest(&rig, &body, 3).await;
    let few = quickest(&rig, &body, 15).await;
    fill(&rig, model, 10, 5_000).await;
    let many = quickest(&rig, &body, 15).await;
    println!("10 copies wait: {few:?}; 5,000 copies wait: {many:?}");
    assert!(many < few * 3, "10 copies wait: {few:?}; 5,000: {many:?}");
}
