//! The doctor looks at a database that is in use.

use crate::world::{World, on_both_engines};
use fluxprint_store::service::bridge::NewBridge;
use fluxprint_store::{ServiceStore, StoreError};

on_both_engines! {
    async fn the_doctor_looks_beside_the_program_and_finds_what_must_never_be(world) {
        let job = world.queued_job(1).await;
        let beside = ServiceStore::open_to_read(&world.config).await.unwrap();
        assert_eq!(beside.doctor(world.org).check().await.unwrap(), []);
        world.raw("UPDATE jobs SET state = 'completed'").await;
        let found = beside.doctor(world.org).check().await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].rule, found[0].object), ("a job shows the state of its copies", job.uuid()));
        world.store.ping().await.unwrap();
        beside.close().await;
    }
}

#[tokio::test]
async fn who_only_looks_at_a_file_cannot_change_it_and_makes_none() {
    let world = World::new(crate::world::Engine::Sqlite).await;
    let beside = ServiceStore::open_to_read(&world.config).await.unwrap();
    let new = NewBridge {
        id: world.id(),
        name: "Workshop bridge",
        code_sha256: world.hash(),
        code_expires_at: world.now(),
    };
    let bridges = beside.bridges(world.org);
    assert!(
        bridges
            .create_with_code(&new, "ada", world.now())
            .await
            .is_err()
    );
    let dir = tempfile::tempdir().unwrap();
    let nowhere = fluxprint_store::Config::Sqlite {
        dir: dir.path().to_owned(),
    };
    let missing = ServiceStore::open_to_read(&nowhere).await;
    assert!(matches!(missing, Err(StoreError::NotFound)));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
