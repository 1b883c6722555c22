//! The organisation's hold and its audit.

use crate::rig::Rig;
use fluxprint_domain::role::Role;

#[tokio::test]
async fn a_hold_is_set_and_lifted_as_often_as_somebody_likes() {
    let rig = Rig::new().await;
    for _ in 0..20 {
        assert_eq!(
            rig.by(Role::Owner, "PUT /v1/hold").await.status.as_u16(),
            204
        );
        assert_eq!(
            rig.by(Role::Owner, "GET /v1/queue").await.ok()["on_hold"],
            true
        );
        assert_eq!(
            rig.by(Role::Owner, "DELETE /v1/hold").await.status.as_u16(),
            204
        );
    }
    assert_eq!(
        rig.by(Role::Owner, "GET /v1/queue").await.ok()["on_hold"],
        false
    );
}

#[tokio::test]
async fn the_audit_is_read_page_by_page() {
    let rig = Rig::new().await;
    for _ in 0..3 {
        rig.by(Role::Owner, "PUT /v1/hold").await.ok();
        rig.by(Role::Owner, "DELETE /v1/hold").await.ok();
    }
    let first = rig.by(Role::Owner, "GET /v1/audit?limit=4").await.ok();
    assert_eq!(first["entries"].as_array().unwrap().len(), 4);
    let next = format!("GET /v1/audit?limit=100&after={}", first["next"]);
    let rest = rig.by(Role::Owner, &next).await.ok();
    assert_eq!(rest["entries"][0]["seq"], 5);
    assert_eq!(rest["next"], serde_json::Value::Null);
}
