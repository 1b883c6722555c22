//! Who may use which route: every role on every route, from the one table (S-01, S-48).

use crate::rig::Rig;
use axum::http::StatusCode;
use fluxprint_domain::role::Role;
use fluxprint_service::http;
use fluxprint_service::http::door::{Access, DOORS, Door};
use serde_json::Value;
use std::collections::BTreeSet;

/// Sockets and the description itself are routes that the description does not list.
const NOT_DESCRIBED: [&str; 5] = [
    "GET /v1/openapi.json",
    "GET /v1/bridge",
    "GET /v1/bridge/camera",
    "GET /v1/events",
    "GET /v1/printers/{printer}/camera",
];

fn address(door: &Door) -> String {
    format!("{} {}", door.method, door.path)
}

/// The address with a name in it that fits but names nothing.
fn called(door: &Door) -> String {
    let zero = "0".repeat(32);
    let path = door
        .path
        .replace("{printer}", &format!("prn_{zero}"))
        .replace("{bridge}", &format!("brg_{zero}"))
        .replace("{job}", &format!("job_{zero}"))
        .replace("{copy}", &format!("cpy_{zero}"))
        .replace("{code}", "BBBB-BBBB")
        .replace("{sha256}", &"0".repeat(64));
    format!("{} {path}", door.method)
}

#[test]
fn the_table_the_router_and_the_description_name_the_same_routes() {
    let description: Value = serde_json::from_str(&http::description()).unwrap();
    assert_eq!(description["openapi"], "3.1.0");
    let described: BTreeSet<String> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let declared: BTreeSet<String> = DOORS.iter().map(address).collect();
    let missing: Vec<_> = declared.difference(&described).collect();
    let sockets: BTreeSet<String> = NOT_DESCRIBED.map(str::to_owned).into();
    assert_eq!(
        missing.into_iter().cloned().collect::<BTreeSet<_>>(),
        sockets
    );
    let undeclared: Vec<_> = described.difference(&declared).collect();
    assert!(undeclared.is_empty(), "{undeclared:?} are not in the table");
    assert_eq!(declared.len(), DOORS.len(), "a route is in the table twice");
}

#[tokio::test]
async fn every_role_gets_through_exactly_the_doors_that_the_table_opens_to_it() {
    let rig = Rig::new().await;
    for door in DOORS {
        let call = called(door);
        for role in Role::ALL {
            let answer = rig.by(role, &call).await;
            let may = match door.access {
                Access::Anyone => true,
                Access::Bridge => false,
                Access::Organisation(act) | Access::Project(act) => act.allow(role).is_ok(),
            };
            let turned_away = match door.access {
                Access::Bridge => answer.status == StatusCode::UNAUTHORIZED,
                _ => answer.status == StatusCode::FORBIDDEN,
            };
            assert_eq!(turned_away, !may, "{role:?} {call} {}", answer.status);
            if turned_away && door.access != Access::Bridge {
                assert_eq!(answer.code(), "PRINTING_INSUFFICIENT_PERMISSIONS");
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_token() {
    let rig = Rig::new().await;
    for door in DOORS.iter().filter(|door| door.access != Access::Anyone) {
        let answer = rig.call(&called(door), "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", address(door));
        assert_eq!(answer.code(), "NOT_SIGNED_IN");
    }
}

#[tokio::test]
async fn a_role_in_one_project_opens_the_doors_of_projects_and_no_others() {
    let rig = Rig::new().await;
    let mut grant = rig.grant(Role::Viewer);
    let projects = [(rig.id(), Role::Editor)].into();
    grant.projects = fluxprint_tokens::Projects::Some(projects);
    let token = rig.mint(&grant);
    for door in DOORS {
        let answer = rig.call(&called(door), &token).await;
        let may = match door.access {
            Access::Project(act) => act.allow(Role::Editor).is_ok(),
            Access::Organisation(act) => act.allow(Role::Viewer).is_ok(),
            Access::Anyone | Access::Bridge => continue,
        };
        let turned_away = answer.status == StatusCode::FORBIDDEN;
        assert_eq!(turned_away, !may, "{}", address(door));
    }
}

#[tokio::test]
async fn the_description_is_served_to_those_who_have_a_token() {
    let rig = Rig::new().await;
    let served = rig.by(Role::Viewer, "GET /v1/openapi.json").await.ok();
    let described: Value = serde_json::from_str(&http::description()).unwrap();
    assert_eq!(served, described);
}
