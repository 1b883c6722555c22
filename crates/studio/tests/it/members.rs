//! Members and their roles.

use crate::rig::{Rig, on_both_engines};
use fluxprint_domain::role::Role;
use serde_json::{Value, json};

fn of(rig: &Rig, who: &crate::rig::Seat) -> String {
    format!("/api/organisations/{}/members/{}", rig.org, who.person)
}

on_both_engines! {
    async fn a_manager_changes_everybody_but_owners(rig) {
        let (owner, manager) = (rig.seat(Role::Owner).await, rig.seat(Role::Manager).await);
        let viewer = rig.seat(Role::Viewer).await;
        let role = |role: Role| json!({ "role": role.word() });
        let call = format!("PUT {}", of(&rig, &viewer));
        let changed = rig.put(&call, &manager, &role(Role::Editor)).await.ok();
        assert_eq!(changed["role"], "editor");
        for (who, wanted) in [(&viewer, Role::Owner), (&owner, Role::Viewer), (&manager, Role::Owner)] {
            let call = format!("PUT {}", of(&rig, who));
            let refused = rig.put(&call, &manager, &role(wanted)).await;
            assert_eq!(refused.problem(), (403, "ROLE_TOO_LOW".into()));
            assert!(refused.json()["detail"].as_str().unwrap().contains("owner"));
        }
        let refused = rig.call(&format!("DELETE {}", of(&rig, &owner)), &manager).await;
        assert_eq!(refused.problem(), (403, "ROLE_TOO_LOW".into()));
        let reset = format!("POST {}/password-reset", of(&rig, &owner));
        let refused = rig.call(&reset, &manager).await;
        assert_eq!(refused.problem(), (403, "ROLE_TOO_LOW".into()));
        rig.put(&call, &owner, &role(Role::Owner)).await.ok();
    }

    async fn the_last_owner_stays(rig) {
        let owner = rig.seat(Role::Owner).await;
        let demote = json!({ "role": "manager" });
        let refused = rig.put(&format!("PUT {}", of(&rig, &owner)), &owner, &demote).await;
        assert_eq!(refused.problem(), (409, "LAST_OWNER".into()));
        let refused = rig.call(&format!("DELETE {}", of(&rig, &owner)), &owner).await;
        assert_eq!(refused.problem(), (409, "LAST_OWNER".into()));
        let second = rig.seat(Role::Owner).await;
        rig.put(&format!("PUT {}", of(&rig, &owner)), &owner, &demote).await.ok();
        let refused = rig.call(&format!("DELETE {}", of(&rig, &second)), &second).await;
        assert_eq!(refused.problem(), (409, "LAST_OWNER".into()));
    }

    async fn a_member_may_leave_and_an_editor_removes_nobody_else(rig) {
        let (editor, viewer) = (rig.seat(Role::Editor).await, rig.seat(Role::Viewer).await);
        let refused = rig.call(&format!("DELETE {}", of(&rig, &viewer)), &editor).await;
        assert_eq!(refused.problem(), (403, "ROLE_TOO_LOW".into()));
        rig.call(&format!("DELETE {}", of(&rig, &editor)), &editor).await.ok();
        assert_eq!(rig.call("GET /api/me", &editor).await.problem().0, 403);
        let manager = rig.seat(Role::Manager).await;
        let gone = rig.call(&format!("DELETE {}", of(&rig, &editor)), &manager).await;
        assert_eq!(gone.problem(), (404, "MEMBER_NOT_FOUND".into()));
        rig.call(&format!("DELETE {}", of(&rig, &viewer)), &manager).await.ok();
        let audited = rig.audited().await;
        assert_eq!(audited.iter().filter(|what| *what == "member removed").count(), 2);
    }

    async fn somebody_who_is_in_no_organisation_any_more_can_still_sign_out(rig) {
        let (owner, seat) = (rig.seat(Role::Owner).await, rig.seat(Role::Editor).await);
        rig.call(&format!("DELETE {}", of(&rig, &seat)), &owner).await.ok();
        let told = rig.call("GET /api/session", &seat).await.ok();
        assert_eq!(told, json!({ "me": null }));
        let foreign = crate::rig::Seat { csrf: owner.csrf, ..seat.clone() };
        let refused = rig.call("DELETE /api/session", &foreign).await;
        assert_eq!(refused.problem(), (403, "CSRF_REFUSED".into()));
        rig.call("DELETE /api/session", &seat).await.ok();
        assert_eq!(rig.call("GET /api/me", &seat).await.problem(), (401, "NOT_SIGNED_IN".into()));
    }

    async fn somebody_who_comes_back_finds_the_old_drafts(rig) {
        let owner = rig.seat(Role::Owner).await;
        let seat = rig.seat(Role::Editor).await;
        let drafts = rig.call("GET /api/projects", &seat).await.ok()["projects"][0]["id"].clone();
        rig.call(&format!("DELETE {}", of(&rig, &seat)), &owner).await.ok();
        let call = format!("POST /api/organisations/{}/invitations", rig.org);
        let made = rig.put(&call, &owner, &json!({ "role": "editor" })).await.ok();
        let (_, secret) = made["link"].as_str().unwrap().split_once('#').unwrap();
        // Signed in still, and a member of nothing.
        let body = json!({ "secret": secret });
        rig.put("POST /api/invitations/acceptance", &seat, &body).await.ok();
        let projects = rig.call("GET /api/projects", &seat).await.ok();
        assert_eq!(projects["projects"][0]["id"], drafts);
    }
}

#[tokio::test]
async fn an_address_is_seen_by_those_who_manage_and_by_oneself() {
    let rig = Rig::new().await;
    let manager = rig.seat(Role::Manager).await;
    rig.clock.advance_s(1);
    let editor = rig.seat(Role::Editor).await;
    let call = format!("GET /api/organisations/{}/members", rig.org);
    let emails = |members: &Value| -> Vec<String> {
        let members = members["members"].as_array().unwrap().iter();
        let emails = members.filter_map(|m| m["person"]["email"].as_str().map(str::to_owned));
        emails.collect()
    };
    let seen = rig.call(&call, &manager).await.ok();
    assert_eq!(emails(&seen).len(), 2);
    let seen = rig.call(&call, &editor).await.ok();
    assert_eq!(emails(&seen), [editor.email]);
    assert_eq!(seen["members"][0]["allowed"], json!([]));
    assert_eq!(seen["members"][1]["allowed"], json!(["remove"]));
}

#[tokio::test]
async fn who_did_what_is_read_by_those_who_manage() {
    let rig = Rig::new().await;
    let manager = rig.seat(Role::Manager).await;
    let page = rig.call("GET /api/audit?limit=2", &manager).await.ok();
    assert_eq!(page["entries"].as_array().unwrap().len(), 2);
    assert_eq!(page["next"], 2);
    let rest = rig.call("GET /api/audit?after=2", &manager).await.ok();
    assert_eq!(rest["entries"][0]["seq"], 3);
    assert_eq!(rest["next"], Value::Null);
    let wrong = rig.call("GET /api/audit?limit=0", &manager).await;
    assert_eq!(wrong.problem(), (400, "VALIDATION_ERROR".into()));
    let verdict = rig.studio.store.verify_audit(rig.org, None).await.unwrap();
    assert!(matches!(
        verdict,
        fluxprint_store::AuditVerdict::Intact(Some(_))
    ));
}
