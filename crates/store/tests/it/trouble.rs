//! What happens when the engine cannot, or when two want the same.

use crate::world::{Engine, Home, World, on_both_engines};
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{Id, OrganisationId};
use fluxprint_sim::postgres::Postgres;
use fluxprint_store::{ServiceStore, StoreError};
use serde_json::json;

on_both_engines! {
    async fn events_follow_commits_and_each_change_has_its_audit_row(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        world.seen(attempt, fluxprint_domain::attempt::Phase::Completed).await;
        let events = world.store.events(world.org);
        let all = events.since(0, 500).await.unwrap();
        assert!(all.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        let states: Vec<_> = all
            .iter()
            .filter(|event| event.name == "print:status-update")
            .map(|event| {
                let payload: serde_json::Value = serde_json::from_str(&event.payload).unwrap();
                payload["status"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(states, ["preparing", "queued", "assigned", "completed"]);
        let latest = events.latest_seq().await.unwrap();
        assert_eq!(latest, all.last().unwrap().seq);
        assert_eq!(events.since(latest, 500).await.unwrap(), []);
        let pruned = events.prune(world.now().plus_s(1)).await.unwrap();
        assert_eq!(pruned, all.len() as u64 - 1);
        assert_eq!(events.latest_seq().await.unwrap(), latest, "it never counts down");
        let audit = world.store.audit(world.org).list(0, 500).await.unwrap();
        for what in ["job created", "printer assigned", "bed cleared", "start issued"] {
            assert_eq!(audit.iter().filter(|row| row.what == what).count(), 1, "{what}");
        }
    }

    async fn thirty_writers_at_once_leave_one_unbroken_chain(world) {
        let world = std::sync::Arc::new(world);
        let calls: Vec<_> = (0..30)
            .map(|n| {
                let world = std::sync::Arc::clone(&world);
                tokio::spawn(async move {
                    let audit = world.store.audit(world.org);
                    audit.note(world.now(), "ada", "looked", &n.to_string(), &json!({})).await
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
        world.is_sound().await;
        assert_eq!(world.store.audit(world.org).list(0, 100).await.unwrap().len(), 31);
    }

    async fn an_organisation_that_is_not_there_gets_no_rows(world) {
        let nobody: OrganisationId = Id::fresh(&world.clock);
        let noted =
            world.store.audit(nobody).note(Timestamp(0), "ada", "looked", "x", &json!({})).await;
        assert!(matches!(noted, Err(StoreError::NotFound)), "{noted:?}");
    }

    async fn the_database_itself_refuses_what_the_code_must_never_write(world) {
        let printer = world.printer().await;
        let attempt = world.staged(printer).await;
        world.clear(printer).await;
        world.issue(attempt).await.unwrap();
        for wrong in [
            "UPDATE attempts SET epoch = NULL",
            "UPDATE attempts SET state = 'staged'",
            "UPDATE attempts SET state = 'completed'",
            "UPDATE attempts SET state = 'done'",
            "UPDATE copies SET attempt_id = NULL",
            "UPDATE copies SET state = 'canceled', reason_code = 'X'",
            "UPDATE bed_tokens SET spent_at = NULL",
            "UPDATE models SET state = 'refused'",
            "UPDATE slices SET gcode_sha256 = NULL",
            "UPDATE printers SET epoch = -1",
        ] {
            assert!(world.try_raw(wrong).await.is_err(), "{wrong}");
        }
    }

    async fn the_doctor_finds_what_must_never_be(world) {
        let printer = world.printer().await;
        let attempt = world.started(printer).await;
        world.is_sound().await;
        for (wrong, rule) in [
            ("UPDATE copies SET state = 'queued'", "an open try has a copy"),
            ("UPDATE attempts SET state = 'not_started', ended_at = 1", "a copy with a printer"),
            ("UPDATE attempts SET state = 'unsure'", "an unsure try"),
            ("UPDATE bed_tokens SET spent_by = NULL, spent_at = NULL", "a start has used up"),
            ("UPDATE printers SET epoch = 0", "no start is ahead"),
            ("UPDATE slices SET size_bytes = 1, gcode_sha256 = profile_hash", "what is printed"),
            ("UPDATE jobs SET slice_id = NULL", "what waits for a printer"),
        ] {
            let world = World::new(world.engine).await;
            let printer = world.printer().await;
            world.started(printer).await;
            world.raw(wrong).await;
            let found = world.store.doctor(world.org).check().await.unwrap();
            assert!(found.iter().any(|v| v.rule.starts_with(rule)), "{wrong}: {found:?}");
        }
        assert!(world.store.attempts(world.org).get(attempt).await.is_ok());
    }
}

#[tokio::test]
async fn a_second_program_on_the_same_data_folder_is_refused() {
    let world = World::new(Engine::Sqlite).await;
    let second = ServiceStore::open(&world.config).await;
    assert!(matches!(second, Err(StoreError::InUse(_))));
    drop(world.store);
    ServiceStore::open(&world.config).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_the_engine_has_ended_cost_nobody_an_answer() {
    let world = World::new(Engine::Postgres).await;
    let Home::Database(database) = &world.home else {
        panic!("PostgreSQL was asked for");
    };
    let printer = world.printer().await;
    let printers = world.store.printers(world.org);
    printers.get(printer).await.unwrap();
    let end = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = '{}' AND usename = 'fluxprint_service'",
        database.name()
    );
    let ended = Postgres::shared().unwrap().sql("postgres", &end).unwrap();
    assert!(ended.parse::<u32>().unwrap() > 1, "{ended}");
    assert_eq!(printers.get(printer).await.unwrap().id, printer);
}
