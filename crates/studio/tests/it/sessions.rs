//! Sessions: how long they last, and who can end them (S-13, S-03).

use crate::rig::{Rig, on_both_engines};
use axum::body::Body;
use fluxprint_domain::role::Role;
use fluxprint_studio::{Change, chores};
use serde_json::json;

const HOUR_S: u64 = 3_600;

on_both_engines! {
    async fn a_session_ends_when_it_is_not_used_and_when_it_is_old(rig) {
        let idle = rig.seat(Role::Editor).await;
        rig.clock.advance_s(12 * HOUR_S - 1);
        rig.call("GET /api/me", &idle).await.ok();
        rig.clock.advance_s(12 * HOUR_S - 1);
        rig.call("GET /api/me", &idle).await.ok();
        rig.clock.advance_s(12 * HOUR_S);
        assert_eq!(rig.call("GET /api/me", &idle).await.problem(), (401, "NOT_SIGNED_IN".into()));

        let busy = rig.seat(Role::Editor).await;
        for _ in 0..59 {
            rig.clock.advance_s(12 * HOUR_S - 1);
            rig.call("GET /api/me", &busy).await.ok();
        }
        rig.clock.advance_s(12 * HOUR_S - 1 + 60);
        assert_eq!(rig.call("GET /api/me", &busy).await.problem(), (401, "NOT_SIGNED_IN".into()));
    }

    async fn a_session_that_is_ended_is_over_at_the_next_call_and_sockets_hear_of_it(rig) {
        let here = rig.seat(Role::Editor).await;
        let there = rig.sit(rig.org, here.person, here.email.clone(), here.drafts).await;
        let listed = rig.call("GET /api/sessions", &here).await.ok();
        assert_eq!(listed.as_array().unwrap().len(), 2);
        let current: Vec<_> = listed.as_array().unwrap().iter()
            .filter(|session| session["current"] == true).collect();
        assert_eq!(current[0]["id"], here.session.to_string());
        assert_eq!(current[0]["device"], "Firefox on Linux");
        let mut heard = rig.studio.changes.subscribe();
        rig.call(&format!("DELETE /api/sessions/{}", there.session), &here).await.ok();
        assert_eq!(heard.recv().await.unwrap(), Change::SessionEnded(there.session));
        assert_eq!(rig.call("GET /api/me", &there).await.problem().0, 401);
        let out = rig.call("DELETE /api/session", &here).await;
        let cleared = out.headers["set-cookie"].to_str().unwrap();
        assert!(cleared.starts_with("__Host-fluxprint=;") && cleared.ends_with("Max-Age=0"));
        assert_eq!(rig.call("GET /api/me", &here).await.problem().0, 401);
        assert_eq!(rig.audited().await.iter().filter(|what| *what == "signed out").count(), 2);
    }

    async fn nobody_ends_somebody_elses_session(rig) {
        let (ada, eve) = (rig.seat(Role::Viewer).await, rig.seat(Role::Owner).await);
        let refused = rig.call(&format!("DELETE /api/sessions/{}", ada.session), &eve).await;
        assert_eq!(refused.problem(), (404, "SESSION_NOT_FOUND".into()));
        rig.call("GET /api/me", &ada).await.ok();
        let listed = rig.call("GET /api/sessions", &eve).await.ok();
        assert_eq!(listed.as_array().unwrap().len(), 1);
    }

    async fn a_demotion_holds_at_the_next_call(rig) {
        let (owner, manager) = (rig.seat(Role::Owner).await, rig.seat(Role::Manager).await);
        let members = format!("/api/organisations/{}/members", rig.org);
        rig.call("GET /api/audit", &manager).await.ok();
        let mut heard = rig.studio.changes.subscribe();
        let call = format!("PUT {members}/{}", manager.person);
        rig.put(&call, &owner, &json!({ "role": "viewer" })).await.ok();
        let (org, person) = (rig.org, manager.person);
        assert_eq!(heard.recv().await.unwrap(), Change::MembershipChanged { org, person });
        let refused = rig.call("GET /api/audit", &manager).await;
        assert_eq!(refused.problem(), (403, "ROLE_TOO_LOW".into()));
        rig.call(&format!("DELETE {members}/{person}"), &owner).await.ok();
        let refused = rig.call("GET /api/me", &manager).await;
        assert_eq!(refused.problem(), (403, "NO_ORGANISATION".into()));
    }

    async fn somebody_without_any_organisation_still_sees_and_ends_their_sessions(rig) {
        let owner = rig.seat(Role::Owner).await;
        let here = rig.seat(Role::Editor).await;
        let there = rig.sit(rig.org, here.person, here.email.clone(), here.drafts).await;
        let members = format!("/api/organisations/{}/members", rig.org);
        rig.call(&format!("DELETE {members}/{}", here.person), &owner).await.ok();
        assert_eq!(rig.call("GET /api/me", &here).await.problem(), (403, "NO_ORGANISATION".into()));
        let listed = rig.call("GET /api/sessions", &here).await.ok();
        assert_eq!(listed.as_array().unwrap().len(), 2);
        let end = format!("DELETE /api/sessions/{}", there.session);
        let forged = rig.stranger(&end).header("cookie", &here.cookie).body(Body::empty());
        let refused = rig.send(forged.unwrap()).await;
        assert_eq!(refused.status, 403, "a change needs the token of the session");
        rig.call(&end, &here).await.ok();
        assert_eq!(rig.call("GET /api/sessions", &there).await.problem(), (401, "NOT_SIGNED_IN".into()));
        rig.call("DELETE /api/session", &here).await.ok();
    }

    async fn somebody_who_left_one_organisation_goes_on_in_another(rig) {
        let seat = rig.seat(Role::Editor).await;
        let other = rig.id();
        rig.organisation(other).await;
        let theirs = rig.seat_in(other, Role::Owner).await;
        let call = format!("POST /api/organisations/{other}/invitations");
        let made = rig.put(&call, &theirs, &json!({ "role": "viewer" })).await.ok();
        let (_, secret) = made["link"].as_str().unwrap().split_once('#').unwrap();
        let accept = "POST /api/invitations/acceptance";
        rig.put(accept, &seat, &json!({ "secret": secret })).await.ok();
        let leave = format!("DELETE /api/organisations/{other}/members/{}", seat.person);
        rig.call(&leave, &seat).await.ok();
        let me = rig.call("GET /api/me", &seat).await.ok();
        assert_eq!(me["organisation"]["id"], rig.org.to_string());
    }

    async fn what_has_ended_is_forgotten(rig) {
        let (gone, here) = (rig.seat(Role::Editor).await, rig.seat(Role::Editor).await);
        rig.call("DELETE /api/session", &gone).await.ok();
        chores::tidy(&rig.studio).await.unwrap();
        rig.call("GET /api/me", &here).await.ok();
        rig.clock.advance_s(12 * HOUR_S);
        chores::tidy(&rig.studio).await.unwrap();
        assert_eq!(rig.call("GET /api/me", &here).await.problem().0, 401);
    }
}

#[tokio::test]
async fn who_is_here_is_answered_whether_anybody_is_or_not() {
    let rig = Rig::new().await;
    let nobody = rig.stranger("GET /api/session").body(Body::empty());
    let answer = rig.send(nobody.unwrap()).await.ok();
    assert_eq!(answer, json!({ "me": null }));
    let seat = rig.seat(Role::Viewer).await;
    let told = rig.call("GET /api/session", &seat).await.ok();
    assert_eq!(told["me"], rig.call("GET /api/me", &seat).await.ok());
    rig.call("DELETE /api/session", &seat).await.ok();
    let after = rig.call("GET /api/session", &seat).await.ok();
    assert_eq!(after, json!({ "me": null }));
}

#[tokio::test]
async fn a_cookie_that_was_never_given_opens_nothing() {
    let rig = Rig::new().await;
    let seat = rig.seat(Role::Owner).await;
    let real = seat.cookie.trim_start_matches("__Host-fluxprint=");
    for cookie in [
        format!("__Host-fluxprint={}", "0".repeat(64)),
        format!("fluxprint={real}"),
        format!("__Host-fluxprint={}", real.to_uppercase()),
        format!("__Host-fluxprint={real}0"),
        format!(
            "__Host-fluxprint={real}; __Host-fluxprint={}",
            "0".repeat(64)
        ),
        format!("__Host-fluxprint={}", seat.session),
        String::new(),
    ] {
        let request = rig.stranger("GET /api/me").header("cookie", &cookie);
        let refused = rig.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(refused.problem(), (401, "NOT_SIGNED_IN".into()), "{cookie}");
    }
    let bearer = rig
        .stranger("GET /api/me")
        .header("authorization", format!("Bearer {real}"));
    let refused = rig.send(bearer.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.problem().0, 401);
}
