//! The committed description of the API.

use fluxprint_service::http;
use std::path::Path;

/// `UPDATE_OPENAPI=1 cargo test -p fluxprint-service description` writes it anew.
#[test]
fn the_committed_description_is_the_routers() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/service.json");
    let now = http::description();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == now,
        "openapi/service.json is out of date: see this test's comment"
    );
}
