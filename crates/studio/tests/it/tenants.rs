//! The walls between organisations (S-05, S-07).

use crate::owned::{own, service_of_one};
use crate::rig::{Answer, Engine, Rig, on_both_engines, settings};
use fluxprint_domain::role::Role;
use fluxprint_studio::http::door::{Access, Door, doors};
use serde_json::{Value, json};

fn words(answer: &Answer) -> (u16, Value) {
    let mut problem: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
    if let Some(problem) = problem.as_object_mut() {
        problem.remove("request_id");
    }
    (answer.status.as_u16(), problem)
}

/// The doors that name something to somebody who is signed in.
fn naming() -> impl Iterator<Item = &'static Door> {
    let to_people = |door: &Door| {
        !matches!(
            door.access,
            Access::Anyone | Access::Stranger | Access::Operator
        )
    };
    // A bridge that waits belongs to nobody until somebody confirms its code.
    let of_nobody = |door: &Door| door.path.contains("{code}");
    // What a camera sees comes over a socket: tests of cameras say the same of it.
    let of_camera = |door: &Door| door.path.contains("/camera/");
    doors().filter(move |door| {
        let names = door.path.contains('{');
        to_people(door) && names && !of_nobody(door) && !of_camera(door)
    })
}

/// The same call with other names: the first of them by `first`, and the others as they are or of
/// nothing.
fn instead(call: &str, first: impl Fn(&str) -> String, others_too: bool) -> String {
    let mut seen = 0;
    let part = |part: &str| match part.split_once('_') {
        Some((kind, id)) if id.len() == 32 => {
            seen += 1;
            match seen {
                1 => first(kind),
                _ if others_too => nothing(kind),
                _ => part.to_owned(),
            }
        }
        _ => part.to_owned(),
    };
    call.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A name that nobody has.
fn nothing(kind: &str) -> String {
    format!("{kind}_{}", "0".repeat(32))
}

async fn every_call_that_names_something_is_its_owners_alone(engine: Engine) {
    let (service, served) = service_of_one();
    let rig = Rig::with(engine, settings(), service).await;
    *served.lock().unwrap() = Some(rig.org.to_string());
    let other = rig.id();
    rig.organisation(other).await;
    let owner = rig.seat(Role::Owner).await;
    let mut swept = 0;
    for door in naming() {
        let owned = own(&rig, &owner, door).await;
        let answer = owned.made_by(&rig, &owner).await;
        let text = String::from_utf8_lossy(&answer.bytes);
        assert!(
            answer.status.is_success(),
            "{}: {} {text}",
            owned.call,
            answer.status
        );
        // What the owner's call has ended there is once more, as it was before it.
        let owned = own(&rig, &owner, door).await;
        let stranger = rig.seat_in(other, Role::Owner).await;
        let name = json!({ "name": "Elsewhere" });
        let elsewhere = rig.put("POST /api/projects", &stranger, &name).await.ok();
        let audited = rig.audited().await;
        let foreign = owned.made_by(&rig, &stranger).await;
        assert_eq!(foreign.status.as_u16(), 404, "{}", owned.call);
        // In a place of their own it is not there either.
        let own_place = |kind: &str| match kind {
            "org" => other.to_string(),
            "prj" => elsewhere["id"].as_str().unwrap().to_owned(),
            other => nothing(other),
        };
        let inside = instead(&owned.call, own_place, false);
        let nowhere = instead(&owned.call, nothing, true);
        let names_two = owned.call.matches('_').count() > 1;
        let owned = owned.about(inside);
        if names_two {
            let inside = owned.made_by(&rig, &stranger).await;
            assert_eq!(inside.status.as_u16(), 404, "{}", owned.call);
        }
        let owned = owned.about(nowhere);
        let twin = owned.made_by(&rig, &stranger).await;
        assert_eq!(words(&foreign), words(&twin), "{}", owned.call);
        assert_eq!(rig.audited().await, audited, "{}", owned.call);
        swept += 1;
    }
    assert!(swept >= 38, "{swept}");
}

#[tokio::test]
async fn s_07_every_call_that_names_something_is_its_owners_alone_on_sqlite() {
    every_call_that_names_something_is_its_owners_alone(Engine::Sqlite).await;
}

#[tokio::test]
async fn s_07_every_call_that_names_something_is_its_owners_alone_on_postgres() {
    every_call_that_names_something_is_its_owners_alone(Engine::Postgres).await;
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
