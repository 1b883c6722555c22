//! Keys that somebody publishes, read over a real connection.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use fluxprint_domain::Clock;
use fluxprint_domain::id::{OrganisationId, PersonId};
use fluxprint_domain::role::Role;
use fluxprint_service::http::door::Trust;
use fluxprint_sim::FakeClock;
use fluxprint_tokens::{
    AUDIENCE, Grant, ISSUER, Jwks, Minter, Projects, SigningKey, Subject, TokenError, Verifier,
};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A host that publishes keys, counts who asks, and can be told to fail.
struct Host {
    keys: Mutex<Option<Vec<SigningKey>>>,
    asked: Mutex<u32>,
    stopping: CancellationToken,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

async fn host(keys: Vec<SigningKey>) -> (Arc<Host>, Trust) {
    let host = Arc::new(Host {
        keys: Mutex::new(Some(keys)),
        asked: Mutex::default(),
        stopping: CancellationToken::new(),
    });
    let weak = Arc::downgrade(&host);
    let answer = move || async move {
        let host = weak.upgrade().unwrap();
        *host.asked.lock().unwrap() += 1;
        let keys = host.keys.lock().unwrap();
        let keys = keys.as_ref().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        let keys = keys.iter().map(SigningKey::public).collect();
        Ok::<_, StatusCode>(axum::Json(Jwks { keys }))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let router = Router::new().route("/jwks.json", get(answer));
    tokio::spawn(fluxprint_http::serve(
        listener,
        router,
        host.stopping.clone(),
    ));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let verifier = Verifier::new(ISSUER, AUDIENCE);
    let trust = Trust::published(verifier, url.parse().unwrap(), client.build().unwrap());
    (host, trust)
}

fn token(key: &SigningKey, clock: &FakeClock) -> String {
    let grant = Grant {
        sub: Subject::Person(PersonId::new(clock.now(), 1)),
        org: OrganisationId::new(clock.now(), 2),
        role: Role::Owner,
        projects: Projects::All,
    };
    Minter::ed25519(ISSUER, AUDIENCE, key)
        .mint(&grant, 60, clock)
        .unwrap()
}

#[tokio::test]
async fn an_unknown_key_is_looked_up_once_by_everybody_who_asks() {
    let (clock, key) = (FakeClock::new(1), SigningKey::generate().unwrap());
    let (host, trust) = host(vec![key.clone()]).await;
    let token = token(&key, &clock);
    let asks = (0..8).map(|_| trust.verify(&token, &clock));
    let verdicts = futures_util::future::join_all(asks).await;
    assert!(verdicts.iter().all(Result::is_ok), "{verdicts:?}");
    assert_eq!(*host.asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_new_key_is_believed_and_an_old_one_ends_with_the_next_reading() {
    let clock = FakeClock::new(1);
    let [old, new] = [(); 2].map(|()| SigningKey::generate().unwrap());
    let (host, trust) = host(vec![old.clone()]).await;
    assert!(trust.verify(&token(&old, &clock), &clock).await.is_ok());
    *host.keys.lock().unwrap() = Some(vec![new.clone()]);
    let early = trust.verify(&token(&new, &clock), &clock).await;
    assert_eq!(
        early,
        Err(TokenError::UnknownKey),
        "read again only after half a minute"
    );
    clock.advance_s(30);
    assert!(trust.verify(&token(&new, &clock), &clock).await.is_ok());
    let gone = trust.verify(&token(&old, &clock), &clock).await;
    assert_eq!(gone, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn keys_that_are_known_stay_in_force_while_their_host_fails() {
    let (clock, key) = (FakeClock::new(1), SigningKey::generate().unwrap());
    let (host, trust) = host(vec![key.clone()]).await;
    assert!(trust.verify(&token(&key, &clock), &clock).await.is_ok());
    *host.keys.lock().unwrap() = None;
    clock.advance_s(60);
    let stranger = SigningKey::generate().unwrap();
    assert!(
        trust
            .verify(&token(&stranger, &clock), &clock)
            .await
            .is_err()
    );
    assert!(trust.verify(&token(&key, &clock), &clock).await.is_ok());
    assert_eq!(*host.asked.lock().unwrap(), 2);
}
