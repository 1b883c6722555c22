//! A code becomes a token.

use crate::played_service::PlayedService;
use fluxprint_bridge::{BridgeError, Service, pair};
use fluxprint_clock::SystemClock;
use secrecy::ExposeSecret;
use std::sync::Arc;

async fn pair_with(status: u16, body: &str) -> (Result<String, BridgeError>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let service = PlayedService::start(Arc::new(SystemClock::new())).await;
    service.mood(|mood| mood.pairing = Some((status, body.to_owned())));
    let door = Service::new(service.url().parse().unwrap(), None).unwrap();
    let paired = pair::pair(&door, folder.path(), "ABCD-EFGH", "shelf 2").await;
    let token = paired.and_then(|_| pair::stored_token(folder.path()));
    let asked = service.told(|told| told.pairings.clone());
    (token.map(|token| token.expose_secret().to_owned()), asked)
}

#[tokio::test]
async fn a_good_code_gives_a_token_that_is_kept() {
    let body = r#"{"bridge":"brg_019aab00000070008000000000000001","token":"fxb_abc"}"#;
    let (token, asked) = pair_with(201, body).await;
    assert_eq!(token.unwrap(), "fxb_abc");
    assert_eq!(asked, [r#"{"code":"ABCD-EFGH","name":"shelf 2"}"#]);
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
