//! Who a bridge is: pairings, device keys, tokens that are replaced.

use crate::world::{World, on_both_engines};
use fluxprint_domain::id::{BridgeId, Id, OrganisationId};
use fluxprint_domain::octets::Octets;
use fluxprint_domain::{DeviceKey, Sha256};
use fluxprint_store::StoreError;
use fluxprint_store::service::bridge::pairing::{NewPairing, Polled};

const KEY: DeviceKey = Octets([7; 32]);

/// The hashes of a new pairing's two codes.
async fn begun(world: &World, key: DeviceKey) -> (Sha256, Sha256) {
    let (device_sha256, user_sha256) = (world.hash(), world.hash());
    let new = NewPairing {
        device_sha256,
        user_sha256,
        device_key: key,
        name: "bridge",
        host: "octopi.local",
        address: Some("203.0.113.7"),
        expires_at: world.now().plus_s(600),
        interval_s: 5,
    };
    world.store.begin_pairing(&new, world.now()).await.unwrap();
    (device_sha256, user_sha256)
}

/// A bridge with this key, paired by a code of a person, and its token.
async fn paired(world: &World, key: DeviceKey) -> (BridgeId, Sha256) {
    let (device, user) = begun(world, key).await;
    let new = (world.id(), None);
    let bridges = world.store.bridges(world.org);
    let id = bridges
        .confirm_pairing(user, new, "ada", world.now())
        .await
        .unwrap();
    let token = world.hash();
    let polled = world
        .store
        .poll_pairing(device, token, world.now())
        .await
        .unwrap();
    assert!(matches!(polled, Polled::Paired(bridge) if bridge.id == id));
    (id, token)
}

fn is_gone<T: std::fmt::Debug>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::NotFound))
}

on_both_engines! {
    async fn a_confirmed_bridge_gets_its_token_once_and_its_key_is_kept(world) {
        let (device, user) = begun(&world, KEY).await;
        let waiting = world.store.waiting_pairing(user, world.now()).await.unwrap();
        assert_eq!((waiting.host.as_str(), waiting.device_key), ("octopi.local", KEY));
        assert_eq!(world.store.pairing_key(device).await.unwrap(), KEY);
        assert!(is_gone(world.store.waiting_pairing(device, world.now()).await));
        let token = world.hash();
        let early = world.store.poll_pairing(device, token, world.now()).await.unwrap();
        assert_eq!(early, Polled::Waiting { interval_s: 5 });
        assert_eq!(world.store.bridge_by_token(token, world.now()).await.unwrap(), None);

        let bridges = world.store.bridges(world.org);
        let new = (world.id(), Some("Workshop"));
        let id = bridges.confirm_pairing(user, new, "ada", world.now()).await.unwrap();
        assert!(is_gone(bridges.confirm_pairing(user, new, "eve", world.now()).await));
        let polled = world.store.poll_pairing(device, token, world.now()).await.unwrap();
        let Polled::Paired(bridge) = polled else { panic!("{polled:?}") };
        assert_eq!((bridge.id, bridge.name.as_str(), bridge.device_key), (id, "Workshop", Some(KEY)));
        let again = world.store.poll_pairing(device, world.hash(), world.now()).await;
        assert!(is_gone(again), "single use");
        let found = world.store.bridge_by_token(token, world.now()).await.unwrap();
        assert_eq!(found, Some(bridge));
    }

    async fn who_polls_too_soon_has_to_wait_longer(world) {
        let (device, _) = begun(&world, KEY).await;
        let poll = async || world.store.poll_pairing(device, world.hash(), world.now()).await.unwrap();
        assert_eq!(poll().await, Polled::Waiting { interval_s: 5 });
        world.clock.advance_s(4);
        assert_eq!(poll().await, Polled::TooSoon { interval_s: 10 });
        world.clock.advance_s(9);
        assert_eq!(poll().await, Polled::TooSoon { interval_s: 15 });
        world.clock.advance_s(15);
        assert_eq!(poll().await, Polled::Waiting { interval_s: 15 });
    }

    async fn a_pairing_that_was_refused_or_is_old_leads_nowhere(world) {
        let bridges = world.store.bridges(world.org);
        let (device, user) = begun(&world, KEY).await;
        bridges.refuse_pairing(user, "ada", world.now()).await.unwrap();
        assert!(is_gone(bridges.confirm_pairing(user, (world.id(), None), "ada", world.now()).await));
        let polled = world.store.poll_pairing(device, world.hash(), world.now()).await.unwrap();
        assert_eq!(polled, Polled::Refused);

        let (device, user) = begun(&world, KEY).await;
        world.clock.advance_s(600);
        assert!(is_gone(world.store.waiting_pairing(user, world.now()).await));
        assert!(is_gone(bridges.confirm_pairing(user, (world.id(), None), "ada", world.now()).await));
        assert!(is_gone(world.store.poll_pairing(device, world.hash(), world.now()).await));
        world.clock.advance_s(1);
        assert_eq!(world.store.prune_pairings(world.now()).await.unwrap(), 2);
        assert_eq!(bridges.list().await.unwrap(), []);
    }

    async fn a_bridge_that_pairs_again_stays_the_same_bridge_until_it_is_shut_out(world) {
        let (first, old) = paired(&world, KEY).await;
        let (second, new) = paired(&world, KEY).await;
        assert_eq!(first, second);
        assert_eq!(world.store.bridge_by_token(old, world.now()).await.unwrap(), None);
        assert!(world.store.bridge_by_token(new, world.now()).await.unwrap().is_some());
        let (other, _) = paired(&world, Octets([8; 32])).await;
        assert_ne!(first, other);
        world.store.bridges(world.org).revoke(first, "ada", world.now()).await.unwrap();
        let (third, _) = paired(&world, KEY).await;
        assert_ne!(first, third, "shut out is for good");
    }

    async fn an_old_token_is_good_until_the_new_one_is_used(world) {
        let (id, old) = paired(&world, KEY).await;
        let bridges = world.store.bridges(world.org);
        let new = world.hash();
        let early = bridges.hand_over_token(id, new).await;
        assert!(matches!(early, Err(StoreError::Stale)), "nobody asked for one");
        bridges.want_rotation(id, "ada", world.now()).await.unwrap();
        bridges.hand_over_token(id, new).await.unwrap();
        // It never says that it has the new one: however long that takes, it is not locked out.
        world.clock.advance_s(86_400);
        for token in [old, new] {
            assert!(world.store.bridge_by_token(token, world.now()).await.unwrap().is_some());
        }
        bridges.token_used(id, new, world.now()).await.unwrap();
        assert_eq!(world.store.bridge_by_token(old, world.now()).await.unwrap(), None);
        let found = world.store.bridge_by_token(new, world.now()).await.unwrap().unwrap();
        assert_eq!((found.id, found.rotation_wanted_at), (id, None));
    }

    async fn an_old_token_ends_ten_minutes_after_the_new_one_was_kept(world) {
        let (id, old) = paired(&world, KEY).await;
        let bridges = world.store.bridges(world.org);
        let new = world.hash();
        bridges.want_rotation(id, "ada", world.now()).await.unwrap();
        bridges.hand_over_token(id, new).await.unwrap();
        bridges.token_kept(id, new, world.now()).await.unwrap();
        world.clock.advance_s(599);
        assert!(world.store.bridge_by_token(old, world.now()).await.unwrap().is_some());
        world.clock.advance_s(1);
        assert_eq!(world.store.bridge_by_token(old, world.now()).await.unwrap(), None);
        assert!(world.store.bridge_by_token(new, world.now()).await.unwrap().is_some());
    }

    async fn a_new_token_that_could_not_be_kept_changes_nothing(world) {
        let (id, old) = paired(&world, KEY).await;
        let bridges = world.store.bridges(world.org);
        let new = world.hash();
        bridges.want_rotation(id, "ada", world.now()).await.unwrap();
        bridges.hand_over_token(id, new).await.unwrap();
        bridges.token_dropped(id, new, world.now()).await.unwrap();
        assert_eq!(world.store.bridge_by_token(new, world.now()).await.unwrap(), None);
        let found = world.store.bridge_by_token(old, world.now()).await.unwrap().unwrap();
        assert_eq!(found.rotation_wanted_at, None);
    }

    async fn a_key_is_bound_once(world) {
        let id = world.bridge().await;
        let bridges = world.store.bridges(world.org);
        bridges.bind_key(id, KEY, world.now()).await.unwrap();
        let other = bridges.bind_key(id, Octets([8; 32]), world.now()).await;
        assert!(matches!(other, Err(StoreError::Stale)));
        assert_eq!(bridges.list().await.unwrap()[0].device_key, Some(KEY));
    }

    async fn the_operators_token_is_one_bridge_and_is_remembered_when_that_is_shut_out(world) {
        let token = world.hash();
        let bridge = world.store.provision_bridge(world.org, (world.id(), "bridge"), token, world.now())
            .await.unwrap();
        let found = world.store.bridge_by_token(token, world.now()).await.unwrap();
        assert_eq!(found.as_ref(), Some(&bridge));
        let twice = world.store.provision_bridge(world.org, (world.id(), "b"), token, world.now()).await;
        assert!(twice.is_err());
        let bridges = world.store.bridges(world.org);
        let fixed = bridges.want_rotation(bridge.id, "ada", world.now()).await;
        assert!(matches!(fixed, Err(StoreError::Stale)));
        bridges.revoke(bridge.id, "ada", world.now()).await.unwrap();
        assert_eq!(world.store.bridge_by_token(token, world.now()).await.unwrap(), None);
        let known = world.store.bridge_provisioned(token).await.unwrap().unwrap();
        assert_eq!(known.revoked_at, Some(world.now()));
    }

    async fn nobody_confirms_the_same_code_into_two_organisations(world) {
        let other: OrganisationId = Id::fresh(&world.clock);
        world.store.organisations().ensure(other, "Other", world.now()).await.unwrap();
        let (device, user) = begun(&world, KEY).await;
        let theirs = world.store.bridges(other);
        let id = theirs.confirm_pairing(user, (world.id(), None), "eve", world.now()).await.unwrap();
        let ours = world.store.bridges(world.org);
        assert!(is_gone(ours.confirm_pairing(user, (world.id(), None), "ada", world.now()).await));
        let polled = world.store.poll_pairing(device, world.hash(), world.now()).await.unwrap();
        assert!(matches!(polled, Polled::Paired(bridge) if bridge.org == other && bridge.id == id));
        assert_eq!(ours.list().await.unwrap(), []);
    }
}
