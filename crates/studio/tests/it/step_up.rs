//! What cannot easily be taken back asks for the password again (S-17).

use crate::rig::{Rig, Seat, on_both_engines};
use argon2::password_hash::PasswordHasher;
use fluxprint_domain::role::Role;
use fluxprint_studio::http::door::{Access, doors};
use serde_json::json;

const PASSWORD: &str = "three boats left early";

/// An owner who has a password.
async fn owner(rig: &Rig) -> Seat {
    let seat = rig.seat(Role::Owner).await;
    let hash = argon2::Argon2::default()
        .hash_password_with_salt(PASSWORD.as_bytes(), b"some salt for one")
        .unwrap()
        .to_string();
    let people = rig.studio.store.people();
    people.rehash(seat.person, "", &hash).await.unwrap();
    seat
}

on_both_engines! {
    async fn a_role_is_changed_only_with_a_password_shown_in_the_last_five_minutes(rig) {
        let owner = owner(&rig).await;
        let editor = rig.seat(Role::Editor).await;
        let call = format!("PUT /api/organisations/{}/members/{}", rig.org, editor.person);
        let viewer = json!({ "role": "viewer" });
        rig.clock.advance_s(300);
        rig.put(&call, &owner, &viewer).await.ok();
        rig.clock.advance_s(1);
        assert_eq!(rig.put(&call, &owner, &viewer).await.problem(), (403, "STEP_UP_NEEDED".into()));

        let step_up = "PUT /api/session/step-up";
        let wrong = rig.put(step_up, &owner, &json!({ "password": "not this one" })).await;
        assert_eq!(wrong.problem(), (401, "SIGN_IN_REFUSED".into()));
        assert_eq!(rig.put(&call, &owner, &viewer).await.problem().0, 403);
        rig.put(step_up, &owner, &json!({ "password": PASSWORD })).await.ok();
        rig.clock.advance_s(300);
        rig.put(&call, &owner, &viewer).await.ok();
        rig.clock.advance_s(1);
        assert_eq!(rig.put(&call, &owner, &viewer).await.problem().0, 403);
    }

    async fn a_password_that_was_shown_counts_in_its_own_session_alone(rig) {
        let here = owner(&rig).await;
        let there = rig.sit(rig.org, here.person, here.email.clone(), here.drafts).await;
        let editor = rig.seat(Role::Editor).await;
        rig.clock.advance_s(301);
        rig.put("PUT /api/session/step-up", &here, &json!({ "password": PASSWORD })).await.ok();
        let call = format!("PUT /api/organisations/{}/members/{}", rig.org, editor.person);
        let viewer = json!({ "role": "viewer" });
        assert_eq!(rig.put(&call, &there, &viewer).await.problem(), (403, "STEP_UP_NEEDED".into()));
        rig.put(&call, &here, &viewer).await.ok();
    }
}

#[tokio::test]
async fn roles_count_first_so_that_nobody_is_asked_for_a_password_in_vain() {
    let rig = Rig::new().await;
    let editor = rig.seat(Role::Editor).await;
    rig.clock.advance_s(301);
    let call = format!(
        "PUT /api/organisations/{}/members/{}",
        rig.org, editor.person
    );
    let refused = rig.put(&call, &editor, &json!({ "role": "owner" })).await;
    assert_eq!(refused.problem(), (403, "ROLE_TOO_LOW".into()));
}

#[test]
fn what_opens_something_or_says_who_may_what_asks_for_the_password() {
    let asks = doors()
        .filter(|door| matches!(door.access, Access::Fresh(_)))
        .map(|door| format!("{} {}", door.method, door.path));
    let mut asks: Vec<_> = asks.collect();
    asks.sort();
    assert_eq!(
        asks,
        [
            "POST /api/organisations/{organisation}/members/{person}/password-reset",
            "POST /api/print/bridges",
            "POST /api/print/bridges/{bridge}/token-rotation",
            "PUT /api/organisations/{organisation}/members/{person}",
            "PUT /api/print/pairing/codes/{code}/confirmation",
        ]
    );
}
