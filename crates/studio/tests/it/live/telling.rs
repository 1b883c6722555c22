//! What open pages are told.

use super::{entry, house, printer, queue};
use fluxprint_domain::id::{FileId, JobId};
use fluxprint_domain::job::State;
use fluxprint_domain::role::Role;
use fluxprint_store::studio::print::Print;
use serde_json::{Value, json};

#[tokio::test]
async fn a_page_gets_a_snapshot_first_and_then_what_changes() {
    let house = house().await;
    house.service.stands(printer("ready"), queue(&[]));
    let ada = house.rig.seat(Role::Editor).await;
    let (mut page, snapshot) = house.page(&ada).await;
    assert_eq!(snapshot["n"], 1, "the service's first word was waited for");
    assert_eq!(
        (&snapshot["printing"]["on"], &snapshot["service"]["up"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(snapshot["printers"][0]["name"], "Mk4-07");
    assert_eq!(
        snapshot["printers"][0]["allowed"],
        json!(["clear_bed", "emergency_stop"])
    );
    assert_eq!(
        (&snapshot["seen_at"], &snapshot["badges"]),
        (&Value::Null, &json!({}))
    );
    let job: JobId = house.rig.id();
    house.service.stands(
        printer("busy"),
        queue(&[entry(job, ada.drafts, None, "printing")]),
    );
    house.service.tells(
        "print:status-update",
        json!({ "job_id": job, "project_id": ada.drafts, "status": "printing" }),
    );
    assert_eq!(
        page.event("print:status-update").await["job_id"],
        json!(job)
    );
    assert_eq!(
        page.event("printer:status").await["printer"]["state"],
        "busy"
    );
    let queue = page.event("queue:updated").await;
    assert_eq!(queue["queue"]["entries"][0]["name"], "Rocket");
    house.service.shows(
        "printer:temperature",
        json!({ "printer_id": "prn_1", "heaters": { "bed": 60 } }),
    );
    house.service.shows(
        "printer:progress",
        json!({ "printer_id": "prn_1", "state": "busy", "progress": { "completion_pct": 5 } }),
    );
    let look = page.event("printer:progress").await;
    assert_eq!(
        (&look["heaters"]["bed"], &look["progress"]["completion_pct"]),
        (&json!(60), &json!(5))
    );
}

#[tokio::test]
async fn one_stream_of_the_service_serves_all_pages_of_an_organisation() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let pages = [
        house.page(&ada).await,
        house.page(&ada).await,
        house.page(&ada).await,
    ];
    assert_eq!((pages.len(), house.service.listeners()), (3, 1));
    assert_eq!(house.service.asked("GET /v1/events").len(), 1);
}

#[tokio::test]
async fn a_files_badge_follows_its_job_to_the_end() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let (mut page, _) = house.page(&ada).await;
    let (job, file): (JobId, FileId) = (house.rig.id(), house.rig.id());
    let step = |state: &str| {
        let standing = entry(job, ada.drafts, Some(file), state);
        let left: &[Value] = if state == "completed" {
            &[]
        } else {
            std::slice::from_ref(&standing)
        };
        house.service.stands(json!([]), queue(left));
        let payload = json!({ "job_id": job, "project_id": ada.drafts, "status": state });
        house.service.tells("print:status-update", payload);
    };
    step("queued");
    let badge = page.event("file:badge").await;
    assert_eq!(
        (
            &badge["file"],
            &badge["badge"]["state"],
            &badge["badge"]["place"]
        ),
        (&json!(file), &json!("queued"), &json!(1))
    );
    step("printing");
    assert_eq!(page.event("file:badge").await["badge"]["state"], "printing");
    house.service.shows(
        "print:status-update",
        json!({ "job_id": job, "project_id": ada.drafts, "progress_pct": 41.7 }),
    );
    assert_eq!(
        page.event("file:badge").await["badge"]["progress_pct"],
        41.0
    );
    step("needs_attention");
    assert_eq!(
        page.event("file:badge").await["badge"]["state"],
        "needs_you"
    );
    let over = json!({ "id": job, "project": ada.drafts, "reference": file, "state": "completed",
        "place": null, "created_at": "2026-01-01T00:00:00Z" });
    house
        .service
        .answers(&format!("GET /v1/jobs/{job}"), 200, over);
    step("completed");
    assert_eq!(page.event("file:badge").await["badge"]["state"], "printed");
    let (_, snapshot) = house.page(&ada).await;
    assert_eq!(snapshot["badges"][file.to_string()]["state"], "printed");
}

#[tokio::test]
async fn what_happened_while_nobody_listened_is_found_out_at_the_start() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let (over, unknown): (JobId, JobId) = (house.rig.id(), house.rig.id());
    for job in [over, unknown] {
        let print = Print {
            job,
            project: ada.drafts,
            file: house.rig.id(),
            state: State::Printing,
            progress_pct: None,
            place: None,
            made_at: house.rig.studio.clock.now(),
            heard_at: house.rig.studio.clock.now(),
            seq: 0,
        };
        house
            .rig
            .studio
            .store
            .prints(house.rig.org)
            .hear(print)
            .await
            .unwrap();
        if job == over {
            let failed = json!({ "id": job, "project": ada.drafts, "reference": print.file, "state": "failed",
                "place": null, "created_at": "2026-01-01T00:00:00Z" });
            house
                .service
                .answers(&format!("GET /v1/jobs/{job}"), 200, failed);
        }
    }
    house.page(&ada).await;
    let prints = house.rig.studio.store.prints(house.rig.org);
    soon(async || !prints.any_open().await.unwrap()).await;
    assert_eq!(
        prints.get(over).await.unwrap().unwrap().state,
        State::Failed
    );
    assert_eq!(
        prints.get(unknown).await.unwrap().unwrap().state,
        State::Canceled
    );
}

#[tokio::test]
async fn a_job_that_the_service_cannot_show_keeps_no_other_from_being_told() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    // Before there is an open print: from then on the studio listens.
    house.service.stands(printer("ready"), queue(&[]));
    let prints = house.rig.studio.store.prints(house.rig.org);
    for odd in [true, false] {
        let now = house.rig.studio.clock.now();
        let print = Print {
            job: house.rig.id(),
            project: ada.drafts,
            file: house.rig.id(),
            state: State::Printing,
            progress_pct: None,
            place: None,
            made_at: now,
            heard_at: now,
            seq: 0,
        };
        prints.hear(print).await.unwrap();
        if odd {
            let asked = format!("GET /v1/jobs/{}", print.job);
            house
                .service
                .answers(&asked, 200, json!({ "id": "nonsense" }));
        }
    }
    let (mut page, snapshot) = house.page(&ada).await;
    assert_eq!(snapshot["printers"][0]["state"], "ready");
    soon(async || prints.open().await.unwrap().len() == 1).await;
    house.service.stands(printer("busy"), queue(&[]));
    house.service.tells("printer:status", json!({}));
    let told = page.event("printer:status").await;
    assert_eq!(told["printer"]["state"], "busy");
    assert_eq!(
        house.service.asked("GET /v1/events").len(),
        1,
        "on the same stream"
    );
}

/// Waits until it is so, for a bounded time.
async fn soon(so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::task::yield_now().await;
        }
    };
    let bound = std::time::Duration::from_secs(20);
    tokio::time::timeout(bound, waiting).await.unwrap();
}

#[tokio::test]
async fn a_stream_that_breaks_is_dialled_again_and_pages_get_a_new_snapshot() {
    let house = house().await;
    let ada = house.rig.seat(Role::Editor).await;
    let (mut page, _) = house.page(&ada).await;
    house.service.stands(printer("ready"), queue(&[]));
    house.service.hangs_up();
    let snapshot = page.snapshot().await;
    assert_eq!(snapshot["printers"][0]["name"], "Mk4-07");
    assert_eq!(house.service.asked("GET /v1/events").len(), 2);
}
