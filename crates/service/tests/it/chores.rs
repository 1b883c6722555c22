use crate::rig::{Rig, wanted};
use fluxprint_domain::role::Role;
use fluxprint_service::chores;

#[tokio::test]
async fn old_events_and_keys_are_forgotten_and_young_ones_are_kept() {
    let rig = Rig::new().await;
    let owner = rig.token(Role::Owner);
    let model = rig.model(1).await;
    let first = rig.submit(&owner, "key", &wanted(model)).await.ok();
    chores::tidy(&rig.service).await.unwrap();
    let again = rig.submit(&owner, "key", &wanted(model)).await.ok();
    assert_eq!(again["id"], first["id"], "the key is still known");
    assert!(
        !rig.service
            .store
            .events(rig.org)
            .since(0, 10)
            .await
            .unwrap()
            .is_empty()
    );
    rig.clock.advance_s(8 * 24 * 3_600);
    chores::tidy(&rig.service).await.unwrap();
    assert!(
        rig.service
            .store
            .events(rig.org)
            .since(0, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let owner = rig.token(Role::Owner);
    let anew = rig.submit(&owner, "key", &wanted(model)).await.ok();
    assert_ne!(anew["id"], first["id"], "the key is forgotten");
}
