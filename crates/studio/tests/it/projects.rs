//! Projects, and who sees them.

use crate::rig::{Rig, Seat, on_both_engines};
use fluxprint_domain::role::Role;
use serde_json::{Value, json};

async fn make(rig: &Rig, seat: &Seat, name: &str) -> String {
    let body = json!({ "name": name });
    let made = rig.put("POST /api/projects", seat, &body).await.ok();
    made["id"].as_str().unwrap().to_owned()
}

async fn names(rig: &Rig, seat: &Seat) -> Vec<String> {
    let list = rig.call("GET /api/projects", seat).await.ok();
    let projects = list["projects"].as_array().unwrap().iter();
    projects
        .map(|p| p["name"].as_str().unwrap().to_owned())
        .collect()
}

on_both_engines! {
    async fn an_editor_sees_the_own_projects_and_an_owner_all(rig) {
        let (owner, editor) = (rig.seat(Role::Owner).await, rig.seat(Role::Editor).await);
        let viewer = rig.seat(Role::Viewer).await;
        rig.clock.advance_s(1);
        let theirs = make(&rig, &editor, "Bracket").await;
        rig.clock.advance_s(1);
        make(&rig, &owner, "Hinge").await;
        assert_eq!(names(&rig, &owner).await, ["Hinge", "Bracket", "Drafts"]);
        assert_eq!(names(&rig, &editor).await, ["Bracket", "Drafts"]);
        assert_eq!(names(&rig, &viewer).await, ["Drafts"]);

        let shown = rig.call(&format!("GET /api/projects/{theirs}"), &editor).await.ok();
        assert_eq!(shown["role"], "owner");
        assert_eq!(
            shown["allowed"],
            json!(["upload", "print", "rename", "delete", "manage_members"])
        );
        let call = format!("PUT /api/projects/{theirs}/members/{}", viewer.person);
        let opened = rig.put(&call, &editor, &json!({ "role": "viewer" })).await.ok();
        assert_eq!(opened["role"], "viewer");
        assert_eq!(opened["person"]["email"], Value::Null, "an editor sees no addresses");
        let shown = rig.call(&format!("GET /api/projects/{theirs}"), &viewer).await.ok();
        assert_eq!(shown["allowed"], json!([]));
        rig.call(&format!("DELETE {}", &call[4..]), &viewer).await.ok();
        let gone = rig.call(&format!("GET /api/projects/{theirs}"), &viewer).await;
        assert_eq!(gone.problem(), (404, "PRINTING_PROJECT_NOT_FOUND".into()));
    }

    async fn drafts_are_ones_own_and_stay(rig) {
        let (owner, viewer) = (rig.seat(Role::Owner).await, rig.seat(Role::Viewer).await);
        let editor = rig.seat(Role::Editor).await;
        let drafts = rig.call("GET /api/projects", &editor).await.ok()["projects"][0].clone();
        assert_eq!(drafts["allowed"], json!(["upload", "print"]));
        let of_viewer = rig.call("GET /api/projects", &viewer).await.ok()["projects"][0].clone();
        assert_eq!(of_viewer["allowed"], json!([]), "a viewer prints nothing there either");
        let path = format!("/api/projects/{}", drafts["id"].as_str().unwrap());
        assert_eq!(rig.call(&format!("GET {path}"), &viewer).await.problem().0, 404);
        let rename = rig.put(&format!("PUT {path}"), &owner, &json!({ "name": "x" })).await;
        assert_eq!(rename.problem(), (409, "DRAFTS_STAY".into()));
        let delete = rig.call(&format!("DELETE {path}"), &owner).await;
        assert_eq!(delete.problem(), (409, "DRAFTS_STAY".into()));
        let call = format!("PUT {path}/members/{}", viewer.person);
        let open = rig.put(&call, &owner, &json!({ "role": "viewer" })).await;
        assert_eq!(open.problem(), (409, "DRAFTS_STAY".into()));
    }

    async fn a_project_is_not_deleted_while_something_is_printed_for_it(rig) {
        let owner = rig.seat(Role::Owner).await;
        let project = make(&rig, &owner, "Bracket").await;
        let job = fluxprint_store::studio::print::Print {
            job: rig.id(),
            project: project.parse().unwrap(),
            file: rig.id(),
            state: fluxprint_domain::job::State::Printing,
            progress_pct: Some(3.0),
            place: None,
            seq: 1,
            made_at: fluxprint_domain::Clock::now(rig.clock.as_ref()),
            heard_at: fluxprint_domain::Clock::now(rig.clock.as_ref()),
        };
        let prints = rig.studio.store.prints(rig.org);
        prints.hear(job).await.unwrap();
        let call = format!("DELETE /api/projects/{project}");
        let refused = rig.call(&call, &owner).await;
        assert_eq!(refused.problem(), (409, "PROJECT_HAS_OPEN_JOBS".into()));
        rig.clock.advance_s(1);
        let over = fluxprint_store::studio::print::Print {
            state: fluxprint_domain::job::State::Completed,
            seq: 2,
            heard_at: fluxprint_domain::Clock::now(rig.clock.as_ref()),
            ..job
        };
        prints.hear(over).await.unwrap();
        rig.call(&call, &owner).await.ok();
        assert_eq!(rig.call(&call, &owner).await.problem().0, 404);
        assert_eq!(names(&rig, &owner).await, ["Drafts"]);
        assert!(rig.audited().await.contains(&"project deleted".to_owned()));
    }

    async fn a_project_is_opened_to_members_only(rig) {
        let owner = rig.seat(Role::Owner).await;
        let project = make(&rig, &owner, "Bracket").await;
        let other = rig.id();
        rig.organisation(other).await;
        let stranger = rig.seat_in(other, Role::Owner).await;
        let call = format!("PUT /api/projects/{project}/members/{}", stranger.person);
        let refused = rig.put(&call, &owner, &json!({ "role": "viewer" })).await;
        assert_eq!(refused.problem(), (404, "MEMBER_NOT_FOUND".into()));
        let members = rig.call(&format!("GET /api/projects/{project}/members"), &owner).await.ok();
        assert_eq!(members["members"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_project_has_a_name_that_people_can_read() {
    let rig = Rig::new().await;
    let owner = rig.seat(Role::Owner).await;
    for wrong in ["", "  ", "a\u{202E}b", &"x".repeat(201)] {
        let refused = rig
            .put("POST /api/projects", &owner, &json!({ "name": wrong }))
            .await;
        assert_eq!(
            refused.problem(),
            (422, "VALIDATION_ERROR".into()),
            "{wrong:?}"
        );
    }
    rig.clock.advance_s(1);
    let project = make(&rig, &owner, "  Löwe 🦁 ").await;
    let call = format!("PUT /api/projects/{project}");
    let renamed = rig
        .put(&call, &owner, &json!({ "name": "Tiger" }))
        .await
        .ok();
    assert_eq!(renamed["name"], "Tiger");
    assert_eq!(names(&rig, &owner).await[0], "Tiger");
}

#[tokio::test]
async fn an_organisation_has_only_so_many_projects() {
    let rig = Rig::new().await;
    let owner = rig.seat(Role::Owner).await;
    let projects = rig.studio.store.projects(rig.org);
    for _ in 0..fluxprint_studio::limits::PROJECTS_MAX {
        let now = fluxprint_domain::Clock::now(rig.clock.as_ref());
        let made = projects.create(rig.id(), "x", owner.person, u32::MAX, now);
        made.await.unwrap();
    }
    let refused = rig
        .put("POST /api/projects", &owner, &json!({ "name": "x" }))
        .await;
    assert_eq!(refused.problem(), (409, "TOO_MANY_PROJECTS".into()));
}
