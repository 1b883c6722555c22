use super::*;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{Id, PersonId};
use fluxprint_tokens::{Projects, Subject};
use serde_json::json;

fn project(n: u128) -> ProjectId {
    Id::new(Timestamp(0), n)
}

fn person(n: u128) -> PersonId {
    Id::new(Timestamp(0), n)
}

/// An editor of the organisation who sees project 1, as a viewer project 2, and no other.
fn ada() -> Grant {
    Grant {
        sub: Subject::Person(person(1)),
        org: Id::new(Timestamp(0), 9),
        role: Role::Editor,
        projects: Projects::Some([(project(1), Role::Editor), (project(2), Role::Viewer)].into()),
    }
}

fn manager() -> Grant {
    Grant {
        sub: Subject::Person(person(2)),
        role: Role::Manager,
        projects: Projects::All,
        ..ada()
    }
}

fn entry(of: ProjectId, by: PersonId) -> Value {
    json!({
        "place": 2, "job": "job_1", "project": of, "name": "Rocket", "person": by, "reference": "file_1",
        "other_project": false, "created_at": "2026-01-01T00:00:00Z", "state": "queued",
        "thumbnail": "data:image/png", "estimate": { "price_micros": 1 },
        "copies": [{
            "id": "cpy_1", "number": 1, "state": "queued", "since": "2026-01-01T00:00:00Z", "printer": "prn_1",
            "reason": { "code": "X", "sentence": "Rocket is too thin." },
            "waits_for": { "code": "BED_NOT_CLEAR", "sentence": "…", "remedy": "…" },
        }],
        "allowed": ["cancel", "pause", "hold", "start", "settle", "something_new"],
    })
}

#[test]
fn another_projects_job_keeps_its_place_and_state_and_nothing_else() {
    let shown = redacted(
        &json!({ "entries": [entry(project(3), person(3))] }),
        &ada(),
    );
    let shown = &shown["entries"][0];
    let text = shown.to_string();
    for secret in [
        "Rocket", "job_1", "file_1", "usr_", "prj_", "image", "micros", "cpy_1", "cancel",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(shown["other_project"], true);
    assert_eq!(
        (&shown["place"], &shown["state"]),
        (&json!(2), &json!("queued"))
    );
    assert_eq!(shown["copies"][0]["printer"], "prn_1");
    assert_eq!(shown["copies"][0]["waits_for"]["code"], "BED_NOT_CLEAR");
    assert_eq!(
        (&shown["name"], &shown["allowed"]),
        (&Value::Null, &json!([]))
    );
}

#[test]
fn the_sums_of_a_queue_are_for_those_who_see_all_that_is_in_them() {
    let queue = |of| json!({ "entries": [entry(of, person(3))], "totals": { "copies": 1 } });
    let shown = |of, grant: &Grant| redacted(&queue(project(of)), grant)["totals"].clone();
    assert_eq!(shown(3, &ada()), Value::Null);
    assert_eq!(shown(1, &ada()), json!({ "copies": 1 }));
    assert_eq!(shown(3, &manager()), json!({ "copies": 1 }));
}

#[test]
fn a_reason_that_may_speak_of_the_model_is_for_those_who_see_it() {
    let mut entry = entry(project(3), person(3));
    entry["copies"][0]["waits_for"]["code"] = json!("TOO_LARGE_FOR_PRINTER");
    assert_eq!(
        redacted(&entry, &ada())["copies"][0]["waits_for"],
        Value::Null
    );
    entry["project"] = json!(project(2));
    assert!(redacted(&entry, &ada())["copies"][0]["waits_for"].is_object());
}

#[test]
fn own_things_are_shown_whole_and_a_manager_sees_all() {
    for (grant, of) in [(ada(), project(1)), (manager(), project(3))] {
        let mut whole = entry(of, person(3));
        let shown = redacted(&whole, &grant);
        whole["allowed"] = shown["allowed"].clone();
        assert_eq!(shown, whole);
    }
    let nobodys = json!({ "job": "job_2", "project": null, "name": "Test cube" });
    assert_eq!(redacted(&nobodys, &ada()), nobodys);
}

#[test]
fn people_are_offered_only_what_their_role_allows() {
    let offered = |grant: &Grant, of, by| redacted(&entry(of, by), grant)["allowed"].clone();
    let own = json!(["cancel", "pause", "hold"]);
    assert_eq!(offered(&ada(), project(1), person(1)), own, "her own job");
    assert_eq!(
        offered(&ada(), project(1), person(3)),
        json!([]),
        "another's job"
    );
    assert_eq!(
        offered(&ada(), project(2), person(1)),
        json!([]),
        "a viewer there"
    );
    let all = json!(["cancel", "pause", "hold", "start", "settle"]);
    assert_eq!(offered(&manager(), project(3), person(1)), all);
}

#[test]
fn a_project_that_cannot_be_read_is_nobodys() {
    for odd in [json!("prj_nonsense"), json!(7), json!({ "id": "x" })] {
        let shown = redacted(
            &json!({ "job": "job_1", "project": odd, "name": "Rocket" }),
            &manager(),
        );
        assert_eq!(shown["name"], Value::Null);
    }
}
