//! Bridges: added, paired once, shut out.

use crate::rig::Rig;
use axum::body::Body;
use axum::extract::ConnectInfo;
use fluxprint_domain::role::Role;
use serde_json::{Value, json};
use std::net::SocketAddr;

async fn code(rig: &Rig) -> Value {
    let owner = rig.token(Role::Owner);
    rig.post("POST /v1/bridges", &owner, &json!({ "name": "Workshop" }))
        .await
        .ok()
}

async fn pair(rig: &Rig, code: &str) -> crate::rig::Answer {
    rig.post(
        "POST /v1/pairing",
        "",
        &json!({ "code": code, "name": "pi-4" }),
    )
    .await
}

#[tokio::test]
async fn a_code_is_good_for_one_bridge_once_however_it_is_typed() {
    let rig = Rig::new().await;
    let made = code(&rig).await;
    let typed = made["code"]
        .as_str()
        .unwrap()
        .to_lowercase()
        .replace('-', " ");
    let paired = pair(&rig, &typed).await.ok();
    assert_eq!(paired["bridge"], made["id"]);
    let token = paired["token"].as_str().unwrap();
    let unknown = format!("GET /v1/bridge/artifacts/{}", "0".repeat(64));
    assert_eq!(rig.call(&unknown, token).await.code(), "FILE_NOT_FOUND");
    assert_eq!(pair(&rig, &typed).await.code(), "PAIRING_CODE_UNKNOWN");
    let list = rig.by(Role::Viewer, "GET /v1/bridges").await.ok();
    assert_eq!(list[0]["paired"], true);
    assert!(!list.to_string().contains(token));
}

#[tokio::test]
async fn a_code_is_worth_nothing_after_ten_minutes() {
    let rig = Rig::new().await;
    let made = code(&rig).await;
    rig.clock.advance_s(600);
    let late = pair(&rig, made["code"].as_str().unwrap()).await;
    assert_eq!(
        (late.status.as_u16(), late.code().as_str()),
        (404, "PAIRING_CODE_UNKNOWN")
    );
}

#[tokio::test]
async fn a_bridge_that_is_shut_out_stays_out() {
    let rig = Rig::new().await;
    let made = code(&rig).await;
    let paired = pair(&rig, made["code"].as_str().unwrap()).await.ok();
    let bridge = format!("DELETE /v1/bridges/{}", made["id"].as_str().unwrap());
    assert_eq!(rig.by(Role::Owner, &bridge).await.status.as_u16(), 204);
    let unknown = format!("GET /v1/bridge/artifacts/{}", "0".repeat(64));
    let answer = rig.call(&unknown, paired["token"].as_str().unwrap()).await;
    assert_eq!(answer.code(), "NOT_SIGNED_IN");
    assert_eq!(
        rig.by(Role::Owner, &bridge).await.code(),
        "BRIDGE_NOT_FOUND"
    );
}

#[tokio::test]
async fn who_tries_wrong_codes_is_slowed_down_and_others_are_not() {
    let rig = Rig::new().await;
    let attempt = async |address: &str, code: &str| {
        let peer: SocketAddr = format!("{address}:1").parse().unwrap();
        let request = rig
            .request("POST /v1/pairing", "")
            .header("content-type", "application/json")
            .extension(ConnectInfo(peer));
        let body = json!({ "code": code }).to_string();
        rig.send(request.body(Body::from(body)).unwrap()).await
    };
    for _ in 0..5 {
        let wrong = attempt("203.0.113.7", "00000-00000").await;
        assert_eq!(wrong.code(), "PAIRING_CODE_UNKNOWN");
    }
    let made = code(&rig).await;
    let right = made["code"].as_str().unwrap();
    let slowed = attempt("203.0.113.7", right).await;
    assert_eq!(
        (slowed.status.as_u16(), slowed.code().as_str()),
        (429, "RATE_LIMIT")
    );
    assert_eq!(slowed.headers["retry-after"], "120");
    attempt("203.0.113.8", right).await.ok();
}

#[tokio::test]
async fn all_strangers_together_are_slowed_down_where_nobody_knows_their_address() {
    let rig = Rig::new().await;
    for _ in 0..50 {
        assert_eq!(
            pair(&rig, "00000-00000").await.code(),
            "PAIRING_CODE_UNKNOWN"
        );
    }
    assert_eq!(pair(&rig, "00000-00000").await.code(), "RATE_LIMIT");
}
