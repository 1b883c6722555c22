//! The walls between organisations (S-05, S-07).

use crate::rig::{Answer, on_both_engines};
use fluxprint_domain::role::Role;
use serde_json::{Value, json};

fn words(answer: &Answer) -> (u16, Value) {
    let mut problem = answer.json();
    problem["request_id"] = Value::Null;
    (answer.status.as_u16(), problem)
}

on_both_engines! {
    async fn what_belongs_to_another_organisation_is_not_there(rig) {
        let other = rig.id();
        rig.organisation(other).await;
        let ours = rig.seat(Role::Owner).await;
        let theirs = rig.seat_in(other, Role::Owner).await;
        let made = rig.put("POST /api/projects", &theirs, &json!({ "name": "Secret" })).await.ok();
        let project = made["id"].as_str().unwrap().to_owned();
        let invitations = format!("/api/organisations/{other}/invitations");
        let body = json!({ "role": "viewer" });
        let made = rig.put(&format!("POST {invitations}"), &theirs, &body).await.ok();
        let invitation = made["invitation"]["id"].as_str().unwrap().to_owned();
        let (org, them, us) = (rig.org, theirs.person, ours.person);
        let zero = "0".repeat(32);
        // Each call beside its twin with a name that never was.
        for (call, twin) in [
            (format!("GET /api/projects/{project}"), format!("GET /api/projects/prj_{zero}")),
            (format!("PUT /api/projects/{project}"), format!("PUT /api/projects/prj_{zero}")),
            (format!("DELETE /api/projects/{project}"), format!("DELETE /api/projects/prj_{zero}")),
            (format!("GET /api/projects/{project}/members"),
                format!("GET /api/projects/prj_{zero}/members")),
            (format!("PUT /api/projects/{project}/members/{us}"),
                format!("PUT /api/projects/prj_{zero}/members/{us}")),
            (format!("DELETE /api/projects/{project}/members/{them}"),
                format!("DELETE /api/projects/prj_{zero}/members/{them}")),
            (format!("GET /api/organisations/{other}"), format!("GET /api/organisations/org_{zero}")),
            (format!("GET /api/organisations/{other}/members"),
                format!("GET /api/organisations/org_{zero}/members")),
            (format!("PUT /api/organisations/{org}/members/{them}"),
                format!("PUT /api/organisations/{org}/members/usr_{zero}")),
            (format!("DELETE /api/organisations/{org}/members/{them}"),
                format!("DELETE /api/organisations/{org}/members/usr_{zero}")),
            (format!("POST /api/organisations/{org}/members/{them}/password-reset"),
                format!("POST /api/organisations/{org}/members/usr_{zero}/password-reset")),
            (format!("POST {invitations}"),
                format!("POST /api/organisations/org_{zero}/invitations")),
            (format!("DELETE /api/organisations/{org}/invitations/{invitation}"),
                format!("DELETE /api/organisations/{org}/invitations/lnk_{zero}")),
            (format!("DELETE /api/sessions/{}", theirs.session),
                format!("DELETE /api/sessions/sgn_{zero}")),
        ] {
            let body = if call.starts_with("PUT /api/projects") && !call.contains("members") {
                json!({ "name": "Mine" })
            } else {
                json!({ "role": "viewer" })
            };
            rig.clock.advance_s(10);
            let foreign = rig.put(&call, &ours, &body).await;
            let random = rig.put(&twin, &ours, &body).await;
            assert_eq!(foreign.status.as_u16(), 404, "{call}");
            assert_eq!(words(&foreign), words(&random), "{call}");
        }
        let turn = json!({ "organisation": other });
        let refused = rig.put("PUT /api/session/organisation", &ours, &turn).await;
        assert_eq!(refused.problem(), (404, "ORGANISATION_NOT_FOUND".into()));
        // The same calls reach their own, and nothing of it was changed.
        let shown = rig.call(&format!("GET /api/projects/{project}"), &theirs).await.ok();
        assert_eq!(shown["name"], "Secret");
        let open = rig.call(&format!("GET {invitations}"), &theirs).await.ok();
        assert_eq!(open["invitations"].as_array().unwrap().len(), 1);
        let members = format!("GET /api/organisations/{other}/members");
        assert_eq!(rig.call(&members, &theirs).await.ok()["members"].as_array().unwrap().len(), 1);
        let rows = rig.studio.store.audit(rig.org, 0, 100).await.unwrap();
        let own = rows.iter().all(|row| row.who != theirs.person.to_string());
        assert!(own, "nothing of theirs is in our audit");
    }
}
