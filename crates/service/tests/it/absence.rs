//! What goes on by itself when printers come back, and what waits for a person.

use crate::bridge::{Bridge, Says};
use crate::queue::prepare;
use crate::rig::{Engine, Rig, wanted};
use fluxprint_domain::Clock;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::id::{BridgeId, JobId};
use fluxprint_domain::role::Role;
use fluxprint_service::Settings;
use serde_json::{Value, json};

async fn rig() -> Rig {
    let mut settings = Settings::default();
    settings.limits.jobs_per_hour = u32::MAX;
    Rig::with(Engine::Sqlite, settings, None).await
}

async fn jobs(rig: &Rig, count: usize) -> Vec<JobId> {
    let mut one = wanted(rig.model(1).await);
    one["copies"] = json!(1);
    let mut jobs = Vec::new();
    for _ in 0..count {
        let job = rig.job(&rig.token(Role::Editor), &one).await;
        prepare(rig, job).await;
        jobs.push(job);
    }
    jobs
}

async fn copy(rig: &Rig, job: JobId) -> Value {
    let job = rig.by(Role::Owner, &format!("GET /v1/jobs/{job}")).await;
    job.ok()["copies"][0].clone()
}

async fn clear(rig: &Rig, bridge: &Bridge<'_>) -> u16 {
    let clear = format!("PUT /v1/printers/{}/bed-clearance", bridge.printer);
    rig.by(Role::Owner, &clear).await.status.as_u16()
}

/// A bridge whose printer holds a staged try; its bed is not clear.
async fn staged(rig: &Rig, id: BridgeId) -> Bridge<'_> {
    let mut bridge = Bridge::connect(rig, id, 1, Says::default()).await;
    bridge.turn().await;
    let attempts = vec![(bridge.staged(), Phase::Staged)];
    bridge
        .report(Says {
            attempts,
            ..Says::default()
        })
        .await;
    bridge
}

async fn notices(rig: &Rig) -> Vec<Value> {
    let events = rig
        .service
        .store
        .events(rig.org)
        .since(0, 500)
        .await
        .unwrap();
    let held = events.iter().filter(|event| event.name == "queue:held");
    held.map(|event| serde_json::from_str(&event.payload).unwrap())
        .collect()
}

#[tokio::test]
async fn f_08_twenty_jobs_wait_six_hours_for_a_printer_that_comes_back_at_night_and_none_starts() {
    let rig = rig().await;
    let (id, _) = rig.bridge().await;
    let waiting = jobs(&rig, 20).await;
    let bridge = staged(&rig, id).await;
    let first = bridge.staged();
    assert_eq!(clear(&rig, &bridge).await, 200);
    bridge.gone();
    rig.clock.advance_s(6 * 3_600);
    let says = Says {
        attempts: vec![(first, Phase::Staged)],
        ..Says::default()
    };
    let mut bridge = Bridge::connect(&rig, id, 1, says).await;
    for _ in 0..3 {
        bridge.turn().await;
        rig.clock.advance_s(2);
    }
    assert_eq!(bridge.starts().len(), 0);
    for job in &waiting {
        let copy = copy(&rig, *job).await;
        assert_eq!(
            (&copy["state"], &copy["reason"]["code"]),
            (&json!("held"), &json!("HELD_AFTER_ABSENCE"))
        );
        assert!(
            copy["reason"]["sentence"]
                .as_str()
                .unwrap()
                .contains("6 hours"),
            "{copy}"
        );
    }
    let notices = notices(&rig).await;
    assert_eq!(
        (notices.len(), &notices[0]["copies"]),
        (1, &json!(19)),
        "one was staged"
    );
    // The word of six hours ago is worth nothing, and a new one starts nothing that is held.
    assert_eq!(clear(&rig, &bridge).await, 200);
    bridge.turn().await;
    assert_eq!(bridge.starts().len(), 0);
    // One tap, and the first of them is staged and started.
    let released = rig.by(Role::Manager, "DELETE /v1/queue/hold").await.ok();
    assert_eq!(released["copies"], 20);
    bridge.turn().await;
    let attempts = vec![(bridge.staged(), Phase::Staged)];
    bridge
        .report(Says {
            attempts,
            ..Says::default()
        })
        .await;
    bridge.turn().await;
    assert_eq!(bridge.starts().len(), 1);
}

#[tokio::test]
async fn r_08_before_five_minutes_are_over_everything_goes_on_by_itself() {
    let rig = rig().await;
    let (id, _) = rig.bridge().await;
    let [job, next] = jobs(&rig, 2).await[..] else {
        panic!("two were asked for")
    };
    let bridge = staged(&rig, id).await;
    let first = bridge.staged();
    clear(&rig, &bridge).await;
    bridge.gone();
    rig.clock.advance_s(200);
    let says = Says {
        attempts: vec![(first, Phase::Staged)],
        ..Says::default()
    };
    let mut bridge = Bridge::connect(&rig, id, 1, says).await;
    bridge.turn().await;
    assert_eq!(bridge.starts().len(), 1);
    assert_eq!(copy(&rig, job).await["state"], "assigned");
    assert_eq!(copy(&rig, next).await["state"], "queued");
    assert_eq!(notices(&rig).await.len(), 0);
}

#[tokio::test]
async fn r_08_work_that_another_printer_can_do_is_not_held_for_one_that_was_away() {
    let rig = rig().await;
    let (id, _) = rig.bridge().await;
    let away = Bridge::connect(&rig, id, 1, Says::default()).await;
    away.gone();
    let (other, printer) = rig.printer(false).await;
    rig.clock.advance_s(3_600);
    let _entrance = rig.connect(other, printer);
    let now = rig.clock.now();
    rig.service
        .store
        .printers(rig.org)
        .contact(printer, now)
        .await
        .unwrap();
    let waiting = jobs(&rig, 3).await;
    Bridge::connect(&rig, id, 1, Says::default()).await;
    for job in waiting {
        assert_eq!(copy(&rig, job).await["state"], "queued");
    }
}

/// A start is issued and does not arrive; the bridge comes back within a minute as run `run`.
async fn undelivered(rig: &Rig, run: u64, bed_in_doubt: bool) -> Value {
    let (id, _) = rig.bridge().await;
    let job = jobs(rig, 1).await[0];
    let mut bridge = staged(rig, id).await;
    let attempt = bridge.staged();
    clear(rig, &bridge).await;
    bridge.turn().await;
    let epoch = bridge.starts()[0].epoch;
    bridge.gone();
    rig.clock.advance_s(30);
    let before = rig.service.store.printers(rig.org).list().await.unwrap()[0].epoch;
    let says = Says {
        attempts: vec![(attempt, Phase::Staged)],
        bed_in_doubt,
        epoch: 0,
    };
    Bridge::connect(rig, id, run, says).await;
    let after = rig.service.store.printers(rig.org).list().await.unwrap()[0].epoch;
    assert_eq!(before, epoch);
    assert_eq!(
        after > before,
        run != 1 || bed_in_doubt,
        "R-02: the epoch rises at a restart"
    );
    copy(rig, job).await
}

#[tokio::test]
async fn r_08_an_undelivered_start_goes_on_after_a_short_break() {
    let copy = undelivered(&rig().await, 1, false).await;
    assert_eq!(copy["state"], "queued");
}

#[tokio::test]
async fn r_08_an_undelivered_start_is_held_after_a_restart_of_the_bridge() {
    let copy = undelivered(&rig().await, 2, false).await;
    assert_eq!(
        (&copy["state"], &copy["reason"]["code"]),
        (&json!("held"), &json!("START_NOT_DELIVERED"))
    );
}

#[tokio::test]
async fn r_08_an_undelivered_start_is_held_after_a_restart_of_octoprint() {
    let copy = undelivered(&rig().await, 1, true).await;
    assert_eq!(
        (&copy["state"], &copy["reason"]["code"]),
        (&json!("held"), &json!("START_NOT_DELIVERED"))
    );
}

#[tokio::test]
async fn r_03_no_word_about_a_bed_is_taken_while_its_printer_is_out_of_sight() {
    let rig = rig().await;
    let (id, _) = rig.bridge().await;
    let bridge = Bridge::connect(&rig, id, 1, Says::default()).await;
    let call = format!("/v1/printers/{}", bridge.printer);
    bridge.gone();
    rig.clock.advance_s(300);
    let shown = rig.by(Role::Owner, &format!("GET {call}")).await.ok();
    assert_eq!(shown["bed"]["can_be_cleared"], true);
    rig.clock.advance_s(1);
    let shown = rig.by(Role::Owner, &format!("GET {call}")).await.ok();
    assert_eq!(shown["bed"]["can_be_cleared"], false);
    let refused = rig
        .by(Role::Owner, &format!("PUT {call}/bed-clearance"))
        .await;
    assert_eq!(refused.code(), "PRINTER_OFFLINE");
}

#[tokio::test]
async fn r_04_a_step_of_the_wall_clock_does_not_move_the_deadline_of_a_start() {
    for step_s in [10_800, -86_400, 0] {
        let rig = rig().await;
        let (id, _) = rig.bridge().await;
        jobs(&rig, 1).await;
        let welcomed_at = rig.clock.now();
        let mut bridge = staged(&rig, id).await;
        clear(&rig, &bridge).await;
        rig.clock.advance_s(20);
        let now = rig.clock.now();
        rig.clock.set_now(now.plus_s(step_s));
        bridge.turn().await;
        let starts = bridge.starts();
        let start = starts.first().unwrap();
        let by_the_session = start.not_after.seconds_since(welcomed_at);
        assert!(
            (80..=81).contains(&by_the_session),
            "{step_s}: {by_the_session}"
        );
    }
}

#[tokio::test]
async fn r_09_an_epoch_of_the_bridge_that_is_ahead_is_followed_and_written_down() {
    let rig = rig().await;
    let (id, _) = rig.bridge().await;
    let bridge = Bridge::connect(&rig, id, 1, Says::default()).await;
    let printer = bridge.printer;
    bridge.gone();
    Bridge::connect(
        &rig,
        id,
        1,
        Says {
            epoch: 90,
            ..Says::default()
        },
    )
    .await;
    let printers = rig.service.store.printers(rig.org);
    assert_eq!(printers.get(printer).await.unwrap().epoch.0, 90);
    let rows = rig.service.store.audit(rig.org).list(0, 100).await.unwrap();
    let noted = rows.iter().filter(|row| row.what == "epoch followed");
    let facts: Vec<Value> = noted
        .map(|row| serde_json::from_str(&row.facts).unwrap())
        .collect();
    assert_eq!((facts.len(), &facts[0]["to"]), (1, &json!(90)));
}
