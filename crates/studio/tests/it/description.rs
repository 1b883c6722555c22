//! The committed description of the API.

use crate::rig::Rig;
use fluxprint_domain::role::Role;
use fluxprint_studio::http;
use serde_json::Value;
use std::path::Path;

/// `UPDATE_OPENAPI=1 cargo test -p fluxprint-studio description` writes it anew.
#[test]
fn the_committed_description_is_the_routers() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/studio.json");
    let now = http::description();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == now,
        "openapi/studio.json is out of date: see this test's comment"
    );
}

#[tokio::test]
async fn the_description_is_served_to_those_who_are_signed_in() {
    let rig = Rig::new().await;
    let seat = rig.seat(Role::Viewer).await;
    let served = rig.call("GET /api/openapi.json", &seat).await.ok();
    let described: Value = serde_json::from_str(&http::description()).unwrap();
    assert_eq!(served, described);
}

/// Extra fields in a body are never ignored (S-08): every body of the API says so of itself.
#[test]
fn no_body_takes_fields_that_it_does_not_know() {
    let description: Value = serde_json::from_str(&http::description()).unwrap();
    let mut bodies = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let Some(name) = schema["$ref"].as_str() else {
                assert!(
                    schema.is_null(),
                    "{method} {path} has a body without a name"
                );
                continue;
            };
            let name = name.rsplit('/').next().unwrap();
            let closed = &description["components"]["schemas"][name]["additionalProperties"];
            assert_eq!(closed, &Value::Bool(false), "{name} of {method} {path}");
            bodies += 1;
        }
    }
    assert!(bodies > 10, "{bodies}");
}
