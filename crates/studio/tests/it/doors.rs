//! Who may use which route: every role on every route, from the one table (S-01, S-48).

use crate::rig::{Rig, Seat, with_json};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use fluxprint_domain::role::{Act, Role};
use fluxprint_studio::http;
use fluxprint_studio::http::door::{Access, Door, doors};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Routes that the description does not list: itself, the socket, and uploads, which speak tus.
const NOT_DESCRIBED: [&str; 7] = [
    "GET /api/openapi.json",
    "GET /api/live",
    "OPTIONS /api/uploads",
    "POST /api/uploads",
    "HEAD /api/uploads/{upload}",
    "PATCH /api/uploads/{upload}",
    "DELETE /api/uploads/{upload}",
];

/// Everybody may leave; whoever names somebody else has to manage, which the handler looks at.
fn asks_for(door: &Door) -> Access {
    match (door.method, door.path) {
        ("DELETE", "/api/organisations/{organisation}/members/{person}") => {
            Access::Organisation(Act::ManageMembers)
        }
        ("DELETE", "/api/projects/{project}/members/{person}") => {
            Access::Project(Act::ManageProject)
        }
        _ => door.access,
    }
}

/// A call without a body; uploads name their protocol.
fn knock(request: axum::http::request::Builder) -> Request<Body> {
    let request = request.header("tus-resumable", "1.0.0");
    request.body(Body::empty()).unwrap()
}

fn address(door: &Door) -> String {
    format!("{} {}", door.method, door.path)
}

/// The address in `project` of `rig`'s organisation, with names in it that fit but name nothing.
fn called(door: &Door, rig: &Rig, project: &str) -> String {
    let zero = "0".repeat(32);
    let mut call = address(door)
        .replace("{organisation}", &rig.org.to_string())
        .replace("{project}", project);
    for (place, prefix) in [
        ("person", "usr"),
        ("session", "sgn"),
        ("invitation", "lnk"),
        ("file", "file"),
        ("version", "ver"),
        ("upload", "upl"),
        ("job", "job"),
        ("printer", "prn"),
        ("copy", "cpy"),
        ("bridge", "brg"),
        ("alert", "alr"),
    ] {
        call = call.replace(&format!("{{{place}}}"), &format!("{prefix}_{zero}"));
    }
    call = call.replace("{code}", "BCDF-GHJK");
    assert!(!call.contains('{'), "{call} has a name without a prefix");
    call
}

#[test]
fn the_table_the_router_and_the_description_name_the_same_routes() {
    let description: Value = serde_json::from_str(&http::description()).unwrap();
    assert_eq!(description["openapi"], "3.1.0");
    let paths = description["paths"].as_object().unwrap();
    let described = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    let described: BTreeSet<String> = described.collect();
    let declared: BTreeSet<String> = doors().map(address).collect();
    let missing: BTreeSet<_> = declared.difference(&described).cloned().collect();
    assert_eq!(missing, NOT_DESCRIBED.map(str::to_owned).into());
    let undeclared: Vec<_> = described.difference(&declared).collect();
    assert!(undeclared.is_empty(), "{undeclared:?} are not in the table");
    assert_eq!(
        declared.len(),
        doors().count(),
        "a route is in the table twice"
    );
}

/// A project that is everybody's in their role: viewer, editor, manager and owner of it.
async fn project_of(rig: &Rig, seats: &[(Role, Seat)]) -> String {
    let owner = rig.seat(Role::Owner).await;
    let name = json!({ "name": "Bracket" });
    let made = rig.put("POST /api/projects", &owner, &name).await.ok();
    let project = made["id"].as_str().unwrap().to_owned();
    for (role, seat) in seats {
        let call = format!("PUT /api/projects/{project}/members/{}", seat.person);
        let role = json!({ "role": role.word() });
        rig.put(&call, &owner, &role).await.ok();
    }
    project
}

#[tokio::test]
async fn every_role_gets_through_exactly_the_doors_that_the_table_opens_to_it() {
    let rig = Rig::new().await;
    let mut seats = Vec::new();
    for role in Role::ALL {
        seats.push((role, rig.seat(role).await));
    }
    let project = project_of(&rig, &seats).await;
    for door in doors() {
        for (role, seat) in &seats {
            let may = match asks_for(door) {
                Access::Anyone | Access::Stranger | Access::Session | Access::Person => true,
                Access::Operator => false,
                Access::Organisation(act)
                | Access::Fresh(act)
                | Access::Project(act)
                | Access::Somewhere(act) => act.allow(*role).is_ok(),
            };
            // What would go through is asked in a session of its own: it may end it.
            let seat = rig
                .sit(rig.org, seat.person, seat.email.clone(), seat.drafts)
                .await;
            // One is deleted on the way.
            let project = match address(door).as_str() {
                "DELETE /api/projects/{project}" => project_of(&rig, &seats).await,
                _ => project.clone(),
            };
            let call = called(door, &rig, &project);
            rig.clock.advance_s(60);
            let answer = rig.send(knock(rig.request(&call, &seat))).await;
            let turned_away = match answer.status {
                StatusCode::UNAUTHORIZED => true,
                StatusCode::FORBIDDEN => {
                    let (_, code) = answer.problem();
                    ["ROLE_TOO_LOW", "PRINTING_INSUFFICIENT_PERMISSIONS"].contains(&code.as_str())
                }
                _ => false,
            };
            assert_eq!(turned_away, !may, "{role:?} {call} {}", answer.status);
        }
    }
}

#[tokio::test]
async fn a_refusal_names_the_roles_that_would_do() {
    let rig = Rig::new().await;
    let viewer = rig.seat(Role::Viewer).await;
    let name = json!({ "name": "Bracket" });
    let refused = rig.put("POST /api/projects", &viewer, &name).await;
    assert_eq!(refused.problem(), (403, "ROLE_TOO_LOW".into()));
    let said = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("owner, manager, editor"), "{said}");
}

#[tokio::test]
async fn nobody_gets_in_without_a_session() {
    let rig = Rig::new().await;
    for door in doors() {
        if matches!(door.access, Access::Anyone | Access::Stranger) {
            continue;
        }
        let call = called(door, &rig, &format!("prj_{}", "0".repeat(32)));
        let answer = rig.send(knock(rig.stranger(&call))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{call}");
    }
}

#[tokio::test]
async fn a_role_in_one_project_opens_the_doors_of_that_project_and_no_others() {
    let rig = Rig::new().await;
    let seat = rig.seat(Role::Viewer).await;
    let project = project_of(&rig, &[(Role::Editor, seat.clone())]).await;
    let elsewhere = project_of(&rig, &[]).await;
    for door in doors() {
        let Access::Project(act) = asks_for(door) else {
            continue;
        };
        rig.clock.advance_s(60);
        let here = rig.call(&called(door, &rig, &project), &seat).await;
        let turned_away = here.status == StatusCode::FORBIDDEN;
        assert_eq!(
            turned_away,
            act.allow(Role::Editor).is_err(),
            "{}",
            address(door)
        );
        let there = rig.call(&called(door, &rig, &elsewhere), &seat).await;
        assert_eq!(there.status, StatusCode::NOT_FOUND, "{}", address(door));
    }
}

#[tokio::test]
async fn an_unknown_address_and_an_unknown_method_are_problems_too() {
    let rig = Rig::new().await;
    let seat = rig.seat(Role::Owner).await;
    let nothing = rig.call("GET /api/nothing", &seat).await;
    assert_eq!(nothing.problem(), (404, "NOT_FOUND".into()));
    let method = rig.call("PATCH /api/me", &seat).await;
    assert_eq!(method.problem(), (405, "METHOD_NOT_ALLOWED".into()));
    assert_eq!(method.headers["allow"], "GET, PUT");
}

#[tokio::test]
async fn somebody_who_changes_too_much_is_slowed_down() {
    let rig = Rig::new().await;
    let seat = rig.seat(Role::Owner).await;
    let name = json!({ "name": "Ada L." });
    for n in 0..60 {
        let answer = rig.put("PUT /api/me", &seat, &name).await;
        assert_eq!(
            answer.headers["ratelimit"],
            format!("\"changes\";r={}", 59 - n)
        );
        answer.ok();
    }
    let slowed = rig.put("PUT /api/me", &seat, &name).await;
    assert_eq!(slowed.problem(), (429, "RATE_LIMIT".into()));
    assert_eq!(slowed.headers["retry-after"], "1");
    let other = rig.seat(Role::Owner).await;
    rig.put("PUT /api/me", &other, &name).await.ok();
}

/// The bodies of calls are read strictly also where nobody is signed in.
#[tokio::test]
async fn a_field_too_many_is_refused() {
    let rig = Rig::new().await;
    let body = json!({ "email": "ada@example.org", "password": "x", "role": "owner" });
    let refused = rig.knock("POST /api/session", &body).await;
    assert_eq!(refused.problem(), (422, "VALIDATION_ERROR".into()));
    let seat = rig.seat(Role::Owner).await;
    for body in [
        json!({ "name": "x", "org_id": 1 }),
        json!({ "name": "x", "status": "y" }),
    ] {
        let request = with_json(rig.request("POST /api/projects", &seat), &body);
        let refused = rig.send(request).await;
        assert_eq!(refused.problem(), (422, "VALIDATION_ERROR".into()));
    }
}
