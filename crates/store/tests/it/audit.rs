use crate::world::{Engine, World, on_both_engines};
use fluxprint_store::{AuditHead, AuditVerdict};
use serde_json::json;

/// Changes audit rows as only somebody with the database in hand can.
async fn tamper(world: &World, sql: &str) {
    if world.engine == Engine::Sqlite {
        world
            .raw("DROP TRIGGER IF EXISTS audit_stays; DROP TRIGGER IF EXISTS audit_remains")
            .await;
    }
    world.raw(sql).await;
}

async fn with_rows(world: &World) -> AuditHead {
    let audit = world.store.audit(world.org);
    for n in 2..=6 {
        let object = format!("thing {n}");
        audit
            .note(world.now(), "ada", "looked", &object, &json!({ "n": n }))
            .await
            .unwrap();
    }
    match audit.verify(None).await.unwrap() {
        AuditVerdict::Intact(Some(head)) => head,
        other => panic!("{other:?}"),
    }
}

on_both_engines! {
    async fn an_edited_audit_row_is_found(world) {
        with_rows(&world).await;
        for column in ["who", "what", "object", "facts"] {
            let world = World::new(world.engine).await;
            with_rows(&world).await;
            tamper(&world, &format!("UPDATE audit SET {column} = 'x' WHERE seq = 3")).await;
            let verdict = world.store.audit(world.org).verify(None).await.unwrap();
            assert_eq!(verdict, AuditVerdict::BrokenAt(3), "{column}");
        }
    }

    async fn a_removed_audit_row_is_found(world) {
        with_rows(&world).await;
        tamper(&world, "DELETE FROM audit WHERE seq = 4").await;
        let verdict = world.store.audit(world.org).verify(None).await.unwrap();
        assert_eq!(verdict, AuditVerdict::BrokenAt(4));
    }

    async fn swapped_audit_rows_are_found(world) {
        with_rows(&world).await;
        tamper(
            &world,
            "UPDATE audit SET seq = 99 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4;
            UPDATE audit SET seq = 4 WHERE seq = 99",
        )
        .await;
        let verdict = world.store.audit(world.org).verify(None).await.unwrap();
        assert_eq!(verdict, AuditVerdict::BrokenAt(3));
    }

    async fn a_cut_off_end_is_found_by_the_head_that_was_noted_down(world) {
        let head = with_rows(&world).await;
        let audit = world.store.audit(world.org);
        assert_eq!(audit.verify(Some(head)).await.unwrap(), AuditVerdict::Intact(Some(head)));
        tamper(&world, "DELETE FROM audit WHERE seq > 4").await;
        assert!(matches!(audit.verify(None).await.unwrap(), AuditVerdict::Intact(_)));
        assert_eq!(audit.verify(Some(head)).await.unwrap(), AuditVerdict::BrokenAt(5));
    }

    async fn a_chain_longer_than_a_page_is_walked_to_its_end(world) {
        let audit = world.store.audit(world.org);
        for n in 0..fluxprint_store::limits::AUDIT_ROWS_MAX {
            audit.note(world.now(), "ada", "looked", &n.to_string(), &json!({})).await.unwrap();
        }
        let last = i64::from(fluxprint_store::limits::AUDIT_ROWS_MAX) + 1;
        let verdict = audit.verify(None).await.unwrap();
        assert!(matches!(verdict, AuditVerdict::Intact(Some(head)) if head.seq == last));
        tamper(&world, &format!("UPDATE audit SET who = 'x' WHERE seq = {last}")).await;
        assert_eq!(audit.verify(None).await.unwrap(), AuditVerdict::BrokenAt(last));
    }
}
