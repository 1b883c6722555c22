//! A code becomes a token.

use crate::played_service::PlayedService;
use fluxprint_bridge::identity::{Identity, stored_token};
use fluxprint_bridge::{BridgeError, Service, pair};
use fluxprint_clock::SystemClock;
use fluxprint_domain::{DeviceKey, Signature};
use fluxprint_link::proof;
use ring::signature::{ED25519, UnparsedPublicKey};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::sync::Arc;

async fn pair_with(status: u16, body: &str) -> (Result<String, BridgeError>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let service = PlayedService::start(Arc::new(SystemClock::new())).await;
    service.mood(|mood| mood.pairing = [(status, body.to_owned())].into());
    let door = Service::new(service.url().parse().unwrap(), None).unwrap();
    let identity = Identity::open(folder.path(), &SystemClock::new()).unwrap();
    let own = (folder.path(), &identity);
    let paired = pair::by_code(&door, own, "ABCD-EFGH", "shelf 2").await;
    let token = paired.and_then(|_| stored_token(folder.path()));
    let asked = service.told(|told| told.pairings.clone());
    (token.map(|token| token.expose_secret().to_owned()), asked)
}

#[tokio::test]
async fn a_good_code_gives_a_token_that_is_kept() {
    let body = r#"{"bridge":"brg_019aab00000070008000000000000001","token":"fxb_abc"}"#;
    let (token, asked) = pair_with(201, body).await;
    assert_eq!(token.unwrap(), "fxb_abc");
    let asked: Value = serde_json::from_str(&asked[0]).unwrap();
    assert_eq!(
        (&asked["code"], &asked["name"]),
        (&json!("ABCD-EFGH"), &json!("shelf 2"))
    );
    assert_eq!(asked["key"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn a_refused_code_is_told_in_the_services_own_words_and_leaves_no_token() {
    let (token, _) = pair_with(410, r#"{"code":"X","detail":"This code has been used."}"#).await;
    let error = token.unwrap_err();
    assert!(
        error.to_string().contains("This code has been used."),
        "{error}"
    );
    assert_eq!(error.code(), "PAIRING_REFUSED");
}

#[tokio::test]
async fn something_that_is_no_print_service_is_recognised() {
    let long = "x".repeat(100_000);
    for (status, body) in [
        (200, "<html>"),
        (404, "nothing here"),
        (200, &long),
        (302, ""),
    ] {
        let (token, _) = pair_with(status, body).await;
        assert_eq!(token.unwrap_err().code(), "NOT_A_PRINT_SERVICE", "{status}");
    }
}

const BEGUN: &str = r#"{"device_code":"fxd_secret","user_code":"BCDF-GHJK",
    "page":"https://studio.example/pair","expires_in_s":600,"interval_s":0}"#;
const WAITS: &str = r#"{"state":"waiting","interval_s":0}"#;
const PAIRED: &str = r#"{"bridge":"brg_019aab00000070008000000000000001","token":"fxb_abc"}"#;

/// What a bridge shows, gets and sends when the service answers like this.
async fn shown_and_waited(
    answers: &[(u16, &str)],
) -> (pair::Shown, Result<String, BridgeError>, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let clock = SystemClock::new();
    let service = PlayedService::start(Arc::new(SystemClock::new())).await;
    let answers = answers.iter().map(|(s, b)| (*s, (*b).to_owned()));
    service.mood(|mood| mood.pairing = answers.collect());
    let door = Service::new(service.url().parse().unwrap(), None).unwrap();
    let identity = Identity::open(folder.path(), &clock).unwrap();
    let asking = pair::Asking::begin(&door, &identity, ("shelf 2", "octopi")).await;
    let asking = asking.unwrap();
    let shown = asking.shown();
    let done = asking.wait(&door, (folder.path(), &identity), &clock).await;
    let token = done.and_then(|_| stored_token(folder.path()));
    let asked = service.told(|told| told.pairings.clone());
    let asked = asked.iter().map(|body| serde_json::from_str(body).unwrap());
    let token = token.map(|token| token.expose_secret().to_owned());
    (shown, token, asked.collect())
}

#[tokio::test]
async fn a_code_is_shown_until_a_person_confirms_it_and_the_key_signs_for_the_token() {
    let answers = [(201, BEGUN), (202, WAITS), (202, WAITS), (201, PAIRED)];
    let (shown, token, asked) = shown_and_waited(&answers).await;
    assert_eq!(shown.code, "BCDF-GHJK");
    assert_eq!(shown.page.as_deref(), Some("https://studio.example/pair"));
    assert_eq!(token.unwrap(), "fxb_abc");
    assert_eq!(asked.len(), 4);
    let key: DeviceKey = serde_json::from_value(asked[0]["key"].clone()).unwrap();
    let signed: Signature = serde_json::from_value(asked[3]["proof"].clone()).unwrap();
    let public = UnparsedPublicKey::new(&ED25519, key.0);
    public
        .verify(&proof::pairing("fxd_secret"), &signed.0)
        .unwrap();
}

#[tokio::test]
async fn a_refusal_ends_the_waiting_and_a_service_that_restarts_does_not() {
    let no = r#"{"code":"PAIRING_REFUSED","detail":"Somebody said no."}"#;
    let away = r#"{"code":"BUSY","detail":"Come back."}"#;
    let (_, token, _) = shown_and_waited(&[(201, BEGUN), (503, away), (403, no)]).await;
    let error = token.unwrap_err();
    assert_eq!(error.code(), "PAIRING_REFUSED");
    assert!(error.to_string().contains("Somebody said no."));
}
