//! One-time links: the first owner, guests, new passwords.

use crate::rig::{Answer, Rig, Seat, on_both_engines};
use fluxprint_domain::role::Role;
use serde_json::{Value, json};

const PASSWORD: &str = "three boats left early";

/// What is behind the `#` of a link.
fn secret(link: &str) -> String {
    let (address, secret) = link.split_once('#').unwrap();
    assert_eq!(address, "https://studio.example.org/link");
    secret.to_owned()
}

fn newcomer(secret: &str, email: &str) -> Value {
    json!({ "secret": secret, "name": "Olu", "email": email, "password": PASSWORD })
}

/// The seat of whoever was just let in.
fn seat_of(answer: Answer) -> Seat {
    assert_eq!(answer.status.as_u16(), 201);
    let cookie = answer.cookies();
    let me = answer.ok();
    Seat {
        person: me["person"]["id"].as_str().unwrap().parse().unwrap(),
        email: me["person"]["email"].as_str().unwrap().to_owned(),
        session: "sgn_00000000000000000000000000000000".parse().unwrap(),
        drafts: "prj_00000000000000000000000000000000".parse().unwrap(),
        cookie,
        csrf: me["csrf"].as_str().unwrap().to_owned(),
    }
}

async fn invite(rig: &Rig, by: &Seat, body: &Value) -> String {
    let call = format!("POST /api/organisations/{}/invitations", rig.org);
    let made = rig.put(&call, by, body).await.ok();
    secret(made["link"].as_str().unwrap())
}

on_both_engines! {
    async fn the_first_owner_comes_in_by_a_link_that_works_once(rig) {
        let open = rig.stranger("GET /api/setup").body(axum::body::Body::empty()).unwrap();
        assert_eq!(rig.send(open).await.ok(), json!({ "open": true }));
        let link = fluxprint_studio::first_link(&rig.studio, rig.org).await.unwrap().unwrap();
        let secret = secret(&link);
        let shown = rig.knock("POST /api/links", &json!({ "secret": secret })).await.ok();
        assert_eq!(shown["purpose"], "setup");
        assert_eq!(shown["organisation"]["name"], "Workshop");
        assert_eq!(shown["role"], "owner");

        let weak = json!({ "secret": secret, "name": "Olu", "email": "olu@example.org",
            "password": "password1" });
        let refused = rig.knock("POST /api/setup", &weak).await;
        assert_eq!(refused.problem(), (422, "PASSWORD_REFUSED".into()));

        let body = newcomer(&secret, "Olu@Example.org");
        let seat = seat_of(rig.knock("POST /api/setup", &body).await);
        let me = rig.call("GET /api/me", &seat).await.ok();
        assert_eq!(me["organisation"]["role"], "owner");
        assert_eq!(me["person"]["email"], "olu@example.org");
        assert_eq!(me["printing"]["can_switch"], true);
        let projects = rig.call("GET /api/projects", &seat).await.ok();
        assert_eq!(projects["projects"][0]["name"], "Drafts");
        assert_eq!(projects["projects"][0]["is_drafts"], true);

        for call in ["POST /api/setup", "POST /api/links"] {
            let body = if call.ends_with("setup") {
                newcomer(&secret, "eve@example.org")
            } else {
                json!({ "secret": secret })
            };
            let spent = rig.knock(call, &body).await;
            assert_eq!(spent.problem(), (410, "LINK_SPENT".into()), "{call}");
        }
        assert_eq!(fluxprint_studio::first_link(&rig.studio, rig.org).await.unwrap(), None);
        let audited = rig.audited().await;
        for what in ["link made", "person added", "member added", "signed in"] {
            assert!(audited.iter().any(|row| row == what), "{what}");
        }
    }

    async fn a_guest_joins_with_the_role_and_the_project_of_the_invitation(rig) {
        let owner = rig.seat(Role::Owner).await;
        let name = json!({ "name": "Bracket" });
        let project = rig.put("POST /api/projects", &owner, &name).await.ok()["id"].clone();
        let body = json!({ "role": "viewer", "project": project, "project_role": "editor" });
        let secret = invite(&rig, &owner, &body).await;
        let shown = rig.knock("POST /api/links", &json!({ "secret": secret })).await.ok();
        assert_eq!(shown["project"]["name"], "Bracket");

        let accept = "POST /api/invitations/acceptance";
        let guest = rig.knock(accept, &newcomer(&secret, "guest@example.org")).await;
        let guest = seat_of(guest);
        let me = rig.call("GET /api/me", &guest).await.ok();
        assert_eq!(me["organisation"]["role"], "viewer");
        let call = format!("GET /api/projects/{}", project.as_str().unwrap());
        let project = rig.call(&call, &guest).await.ok();
        assert_eq!(project["role"], "editor");
        assert_eq!(project["allowed"], json!(["upload", "print"]));
        let again = rig.knock(accept, &newcomer(&secret, "eve@example.org")).await;
        assert_eq!(again.problem(), (410, "LINK_SPENT".into()));
    }

    async fn somebody_with_an_account_joins_another_organisation_with_it(rig) {
        let owner = rig.seat(Role::Owner).await;
        let first = invite(&rig, &owner, &json!({ "role": "editor" })).await;
        let accept = "POST /api/invitations/acceptance";
        seat_of(rig.knock(accept, &newcomer(&first, "guest@example.org")).await);

        let other = rig.id();
        rig.organisation(other).await;
        let theirs = rig.seat_in(other, Role::Owner).await;
        let call = format!("POST /api/organisations/{other}/invitations");
        let made = rig.put(&call, &theirs, &json!({ "role": "manager" })).await.ok();
        let second = secret(made["link"].as_str().unwrap());
        let mut body = newcomer(&second, "guest@example.org");
        body["password"] = json!("another password than that");
        let wrong = rig.knock(accept, &body).await;
        assert_eq!(wrong.problem(), (401, "SIGN_IN_REFUSED".into()));
        let guest = rig.knock(accept, &newcomer(&second, "guest@example.org")).await;
        let guest = seat_of(guest);
        let me = rig.call("GET /api/me", &guest).await.ok();
        assert_eq!(me["organisation"]["id"], other.to_string());
        assert_eq!(me["organisations"].as_array().unwrap().len(), 2);

        let turn = json!({ "organisation": rig.org });
        let me = rig.put("PUT /api/session/organisation", &guest, &turn).await.ok();
        assert_eq!(me["organisation"]["role"], "editor");
        let reset = format!(
            "POST /api/organisations/{other}/members/{}/password-reset", guest.person
        );
        let refused = rig.call(&reset, &theirs).await;
        assert_eq!(refused.problem(), (409, "MEMBER_ELSEWHERE_TOO".into()));
    }

    async fn whoever_is_signed_in_joins_with_the_secret_alone(rig) {
        let other = rig.id();
        rig.organisation(other).await;
        let theirs = rig.seat_in(other, Role::Owner).await;
        let call = format!("POST /api/organisations/{other}/invitations");
        let seat = rig.seat(Role::Viewer).await;
        let body = json!({ "role": "editor", "email": seat.email });
        let made = rig.put(&call, &theirs, &body).await.ok();
        let secret = json!({ "secret": secret(made["link"].as_str().unwrap()) });
        let accept = "POST /api/invitations/acceptance";
        let stranger = rig.seat(Role::Viewer).await;
        let refused = rig.put(accept, &stranger, &secret).await;
        assert_eq!(refused.problem(), (409, "INVITATION_FOR_ANOTHER".into()));
        let me = rig.put(accept, &seat, &secret).await.ok();
        assert_eq!(me["organisation"]["id"], other.to_string());
        let me = rig.call("GET /api/me", &seat).await.ok();
        assert_eq!(me["organisation"]["role"], "editor");
    }

    async fn an_invitation_can_be_taken_back_and_does_not_live_for_ever(rig) {
        let manager = rig.seat(Role::Manager).await;
        let invitations = format!("/api/organisations/{}/invitations", rig.org);
        let secret = invite(&rig, &manager, &json!({ "role": "viewer" })).await;
        let open = rig.call(&format!("GET {invitations}"), &manager).await.ok();
        assert_eq!(open["invitations"][0]["made_by"], "Ada");
        let id = open["invitations"][0]["id"].as_str().unwrap().to_owned();
        let call = format!("DELETE {invitations}/{id}");
        rig.call(&call, &manager).await.ok();
        assert_eq!(rig.call(&call, &manager).await.problem(), (404, "INVITATION_NOT_FOUND".into()));
        let accept = "POST /api/invitations/acceptance";
        let gone = rig.knock(accept, &newcomer(&secret, "guest@example.org")).await;
        assert_eq!(gone.problem(), (410, "LINK_SPENT".into()));

        let late = invite(&rig, &manager, &json!({ "role": "viewer" })).await;
        rig.clock.advance_s(7 * 86_400);
        let gone = rig.knock(accept, &newcomer(&late, "guest@example.org")).await;
        assert_eq!(gone.problem(), (410, "LINK_SPENT".into()));
    }

    async fn a_new_password_by_link_ends_every_other_session(rig) {
        let owner = rig.seat(Role::Owner).await;
        let member = rig.seat(Role::Editor).await;
        let mut heard = rig.studio.changes.subscribe();
        let call = format!(
            "POST /api/organisations/{}/members/{}/password-reset", rig.org, member.person
        );
        let first = rig.call(&call, &owner).await.ok();
        let second = rig.call(&call, &owner).await.ok();
        let body = |link: &Value, password: &str| {
            json!({ "secret": secret(link["link"].as_str().unwrap()), "password": password })
        };
        let reset = "POST /api/password-resets";
        let older = rig.knock(reset, &body(&first, PASSWORD)).await;
        assert_eq!(older.problem(), (410, "LINK_SPENT".into()), "a newer link replaces it");
        let weak = rig.knock(reset, &body(&second, "12345678")).await;
        assert_eq!(weak.problem(), (422, "PASSWORD_REFUSED".into()));
        let seat = seat_of(rig.knock(reset, &body(&second, PASSWORD)).await);
        assert_eq!(rig.call("GET /api/me", &member).await.problem().0, 401);
        rig.call("GET /api/me", &seat).await.ok();
        let change = heard.recv().await.unwrap();
        assert_eq!(change, fluxprint_studio::Change::SessionEnded(member.session));
        let sign_in = json!({ "email": member.email, "password": PASSWORD });
        seat_of(rig.knock("POST /api/session", &sign_in).await);
    }
}

#[tokio::test]
async fn a_link_of_one_kind_opens_nothing_of_another() {
    let rig = Rig::new().await;
    let owner = rig.seat(Role::Owner).await;
    let secret = invite(&rig, &owner, &json!({ "role": "viewer" })).await;
    let body = newcomer(&secret, "eve@example.org");
    for (call, body) in [
        ("POST /api/setup", body),
        ("POST /api/session", json!({ "link": secret })),
        (
            "POST /api/password-resets",
            json!({ "secret": secret, "password": PASSWORD }),
        ),
    ] {
        let refused = rig.knock(call, &body).await;
        assert_eq!(refused.problem(), (410, "LINK_SPENT".into()), "{call}");
    }
    let mut typo = secret.clone();
    typo.pop();
    for wrong in [typo, "fxl_x".into(), String::new(), "x".repeat(5_000)] {
        let refused = rig
            .knock("POST /api/links", &json!({ "secret": wrong }))
            .await;
        assert_eq!(refused.problem(), (410, "LINK_SPENT".into()));
    }
}

#[tokio::test]
async fn of_two_who_hold_a_link_one_gets_in() {
    let rig = Rig::new().await;
    let owner = rig.seat(Role::Owner).await;
    let secret = invite(&rig, &owner, &json!({ "role": "editor" })).await;
    let accept = "POST /api/invitations/acceptance";
    let (ada, eve) = (
        newcomer(&secret, "ada@example.org"),
        newcomer(&secret, "eve@example.org"),
    );
    let (one, other) = tokio::join!(rig.knock(accept, &ada), rig.knock(accept, &eve));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 410]);
    let members = format!("GET /api/organisations/{}/members", rig.org);
    let members = rig.call(&members, &owner).await.ok();
    assert_eq!(members["members"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_manager_invites_no_owner_and_nobody_invites_without_end() {
    let rig = Rig::new().await;
    let manager = rig.seat(Role::Manager).await;
    let call = format!("POST /api/organisations/{}/invitations", rig.org);
    let refused = rig.put(&call, &manager, &json!({ "role": "owner" })).await;
    assert_eq!(refused.problem(), (403, "ROLE_TOO_LOW".into()));
    for _ in 0..fluxprint_studio::limits::INVITATIONS_OPEN_MAX {
        rig.clock.advance_s(1);
        rig.put(&call, &manager, &json!({ "role": "viewer" }))
            .await
            .ok();
    }
    let refused = rig.put(&call, &manager, &json!({ "role": "viewer" })).await;
    assert_eq!(refused.problem(), (409, "TOO_MANY_INVITATIONS".into()));
}
