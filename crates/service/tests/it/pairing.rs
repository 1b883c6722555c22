//! Pairing by the code that a bridge shows (B-01, I-02).

use crate::rig::{Answer, Rig, on_both_engines};
use axum::body::Body;
use axum::extract::ConnectInfo;
use fluxprint_domain::role::Role;
use fluxprint_link::proof;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::net::SocketAddr;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A bridge that is being paired.
struct Device {
    pair: Ed25519KeyPair,
    begun: Value,
}

impl Device {
    async fn begin(rig: &Rig, seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let key = hex(pair.public_key().as_ref());
        let wanted = json!({ "key": key, "name": "bridge", "host": "octopi.local" });
        let begun = rig.post("POST /v1/pairing/codes", "", &wanted).await.ok();
        Self { pair, begun }
    }

    fn code(&self) -> &str {
        self.begun["user_code"].as_str().unwrap()
    }

    async fn ask(&self, rig: &Rig) -> Answer {
        let code = self.begun["device_code"].as_str().unwrap();
        let signature = self.pair.sign(&proof::pairing(code));
        let wanted = json!({ "device_code": code, "proof": hex(signature.as_ref()) });
        rig.post("POST /v1/pairing/tokens", "", &wanted).await
    }
}

async fn confirm(rig: &Rig, role: Role, code: &str, body: &Value) -> Answer {
    let call = format!("PUT /v1/pairing/codes/{code}/confirmation");
    rig.post(&call, &rig.token(role), body).await
}

on_both_engines! {
    async fn a_person_types_the_code_sees_the_bridge_and_confirms_it(rig) {
        let device = Device::begin(&rig, 1).await;
        assert_eq!(device.begun["expires_in_s"], 600);
        let early = device.ask(&rig).await;
        assert_eq!((early.status.as_u16(), early.ok()), (202, json!({ "state": "waiting", "interval_s": 5 })));
        let soon = device.ask(&rig).await.ok();
        assert_eq!(soon, json!({ "state": "slow_down", "interval_s": 10 }));

        rig.clock.advance_s(60);
        let typed = device.code().to_lowercase().replace('-', "");
        let seen = rig.by(Role::Manager, &format!("GET /v1/pairing/codes/{typed}")).await.ok();
        assert_eq!((&seen["name"], &seen["host"]), (&json!("bridge"), &json!("octopi.local")));
        assert_eq!(seen["age_s"], 60);
        let taken = confirm(&rig, Role::Manager, device.code(), &json!({ "name": "Workshop" })).await.ok();
        let paired = device.ask(&rig).await;
        assert_eq!(paired.status.as_u16(), 201);
        let paired = paired.ok();
        assert_eq!(paired["bridge"], taken["bridge"]);
        let token = paired["token"].as_str().unwrap();
        let unknown = format!("GET /v1/bridge/artifacts/{}", "0".repeat(64));
        assert_eq!(rig.call(&unknown, token).await.code(), "FILE_NOT_FOUND");
        assert_eq!(device.ask(&rig).await.code(), "PAIRING_CODE_UNKNOWN");
        let list = rig.by(Role::Viewer, "GET /v1/bridges").await.ok();
        assert_eq!((&list[0]["name"], &list[0]["paired"]), (&json!("Workshop"), &json!(true)));
    }

    async fn a_code_that_was_refused_is_over_for_both(rig) {
        let device = Device::begin(&rig, 1).await;
        let refuse = format!("DELETE /v1/pairing/codes/{}", device.code());
        assert_eq!(rig.by(Role::Owner, &refuse).await.status.as_u16(), 204);
        assert_eq!(rig.by(Role::Owner, &refuse).await.code(), "PAIRING_CODE_UNKNOWN");
        let asked = device.ask(&rig).await;
        assert_eq!((asked.status.as_u16(), asked.code()), (403, "PAIRING_REFUSED".to_owned()));
        assert_eq!(rig.by(Role::Owner, "GET /v1/bridges").await.ok(), json!([]));
    }
}

#[tokio::test]
async fn a_code_is_worth_nothing_after_ten_minutes() {
    let rig = Rig::new().await;
    let device = Device::begin(&rig, 1).await;
    rig.clock.advance_s(600);
    let late = confirm(&rig, Role::Owner, device.code(), &json!({})).await;
    assert_eq!(late.code(), "PAIRING_CODE_UNKNOWN");
    assert_eq!(device.ask(&rig).await.code(), "PAIRING_CODE_UNKNOWN");
}

#[tokio::test]
async fn the_token_goes_to_whoever_holds_the_key_that_was_confirmed() {
    let rig = Rig::new().await;
    let device = Device::begin(&rig, 1).await;
    confirm(&rig, Role::Owner, device.code(), &json!({}))
        .await
        .ok();
    let thief = Device {
        pair: Ed25519KeyPair::from_seed_unchecked(&[2; 32]).unwrap(),
        begun: device.begun.clone(),
    };
    assert_eq!(thief.ask(&rig).await.code(), "PAIRING_CODE_UNKNOWN");
    device.ask(&rig).await.ok();
}

#[tokio::test]
async fn a_person_who_types_wrong_codes_is_slowed_down_and_another_is_not() {
    let rig = Rig::new().await;
    let device = Device::begin(&rig, 1).await;
    let right = format!("GET /v1/pairing/codes/{}", device.code());
    for code in ["BBBB-BBBB", "nonsense", "BBBB-BBBC", "B", "BBBB-BBBD"] {
        let wrong = format!("GET /v1/pairing/codes/{code}");
        assert_eq!(
            rig.by(Role::Manager, &wrong).await.code(),
            "PAIRING_CODE_UNKNOWN"
        );
    }
    assert_eq!(rig.by(Role::Manager, &right).await.code(), "RATE_LIMIT");
    for _ in 0..20 {
        rig.by(Role::Owner, &right).await.ok();
    }
    rig.clock.advance_s(120);
    rig.by(Role::Manager, &right).await.ok();
}

#[tokio::test]
async fn one_address_does_not_begin_pairings_without_end() {
    let rig = Rig::new().await;
    let begin = async |address: &str| {
        let peer: SocketAddr = format!("{address}:1").parse().unwrap();
        let request = rig
            .request("POST /v1/pairing/codes", "")
            .header("content-type", "application/json")
            // What a stranger says about where it comes from counts for nothing (I-02).
            .header("x-forwarded-for", "198.51.100.9")
            .extension(ConnectInfo(peer));
        let body = json!({ "key": "07".repeat(32), "name": "b", "host": "h" }).to_string();
        rig.send(request.body(Body::from(body)).unwrap()).await
    };
    for _ in 0..10 {
        begin("203.0.113.7").await.ok();
    }
    assert_eq!(begin("203.0.113.7").await.code(), "RATE_LIMIT");
    let begun = begin("203.0.113.8").await.ok();
    let look = format!(
        "GET /v1/pairing/codes/{}",
        begun["user_code"].as_str().unwrap()
    );
    let seen = rig.by(Role::Owner, &look).await.ok();
    assert_eq!(seen["address"], "203.0.113.8");
}

#[tokio::test]
async fn a_pairing_that_begins_badly_does_not_begin() {
    let rig = Rig::new().await;
    let key = "07".repeat(32);
    for wrong in [
        json!({ "key": "07", "name": "b", "host": "h" }),
        json!({ "key": key, "name": "", "host": "h" }),
        json!({ "key": key, "name": "b", "host": "h\u{1b}[2J" }),
        json!({ "key": key, "name": "b" }),
    ] {
        let answer = rig.post("POST /v1/pairing/codes", "", &wrong).await;
        assert!(answer.status.is_client_error(), "{wrong}");
    }
}
