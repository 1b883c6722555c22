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
    let events = rig.service.store.events(rig.org);
    let young = events.since(0, 10).await.unwrap();
    assert!(young.len() > 1);
    rig.clock.advance_s(8 * 24 * 3_600);
    chores::tidy(&rig.service).await.unwrap();
    let left = events.since(0, 10).await.unwrap();
    assert_eq!(left, young[young.len() - 1..], "only the newest");
    let owner = rig.token(Role::Owner);
    let anew = rig.submit(&owner, "key", &wanted(model)).await.ok();
    assert_ne!(anew["id"], first["id"], "the key is forgotten");
}
