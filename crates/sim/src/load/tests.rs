//! The load against a server whose answers move a fake clock, so that every run is the same.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use bytes::Bytes;
use fluxprint_domain::Clock;
use tokio::net::TcpListener;

use super::{Load, Outcome, run};
use crate::FakeClock;

/// What every answer costs.
const ANSWER_MS: u64 = 10;

async fn serve(routes: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

fn load(url: String, path: &str) -> Load {
    Load {
        url,
        path: path.to_owned(),
        token: Some("the-token".to_owned()),
        connections: 1,
        duration: Duration::from_secs(1),
        body: None,
    }
}

async fn send(load: &Load, clock: &Arc<FakeClock>) -> Outcome {
    let clock: Arc<dyn Clock> = clock.clone();
    run(load, &clock).await.unwrap()
}

/// A service that lets in who has the token, and takes its time.
fn slow_service(clock: &Arc<FakeClock>) -> Router {
    let clock = Arc::clone(clock);
    let look = move |headers: HeaderMap| async move {
        clock.advance_ms(ANSWER_MS);
        let token = headers.get("authorization").map(|value| value.as_bytes());
        if token == Some(b"Bearer the-token") {
            (StatusCode::OK, "ten bytes.")
        } else {
            (StatusCode::UNAUTHORIZED, "who are you?")
        }
    };
    Router::new().route("/look", get(look))
}

#[tokio::test]
async fn one_connection_asks_again_as_soon_as_it_is_answered() {
    let clock = Arc::new(FakeClock::default());
    let url = serve(slow_service(&clock)).await;
    let outcome = send(&load(url, "/look"), &clock).await;
    assert_eq!((outcome.requests, outcome.errors), (100, 0));
    assert!((outcome.seconds - 1.0).abs() < 1e-9);
    assert!((outcome.per_second - 100.0).abs() < 1e-6);
    assert_eq!(outcome.p50_ms, Some(10.0));
    assert!((outcome.bytes_per_answer - 10.0).abs() < 1e-9);
}

#[tokio::test]
async fn a_refused_token_is_an_error_and_is_quoted() {
    let clock = Arc::new(FakeClock::default());
    let url = serve(slow_service(&clock)).await;
    let mut load = load(url, "/look");
    load.token = None;
    let outcome = send(&load, &clock).await;
    assert_eq!((outcome.requests, outcome.errors), (100, 100));
    assert_eq!(outcome.statuses.get(&401), Some(&100));
    assert_eq!(outcome.p50_ms, None);
    assert_eq!(outcome.first_error.unwrap(), "401: who are you?");
}

#[tokio::test]
async fn every_post_has_a_key_of_its_own() {
    let clock = Arc::new(FakeClock::default());
    let keys = Arc::new(Mutex::new(HashSet::new()));
    let (seen, passing) = (Arc::clone(&keys), Arc::clone(&clock));
    let make = move |headers: HeaderMap, body: String| async move {
        passing.advance_ms(ANSWER_MS);
        let key = headers.get("idempotency-key").unwrap().as_bytes().to_vec();
        let fresh = seen.lock().unwrap().insert(key);
        let told = body == "{}" && headers["content-type"] == "application/json";
        if fresh && told {
            StatusCode::CREATED
        } else {
            StatusCode::CONFLICT
        }
    };
    let url = serve(Router::new().route("/jobs", post(make))).await;
    let mut load = load(url, "/jobs");
    load.connections = 4;
    load.body = Some(Bytes::from_static(b"{}"));
    let outcome = send(&load, &clock).await;
    assert_eq!(outcome.errors, 0, "{outcome:?}");
    assert_eq!(outcome.requests, keys.lock().unwrap().len() as u64);
    assert!(outcome.requests >= 100);
}

#[tokio::test]
async fn a_server_that_closes_after_every_answer_loses_nothing() {
    let clock = Arc::new(FakeClock::default());
    let passing = Arc::clone(&clock);
    let look = move || async move {
        passing.advance_ms(ANSWER_MS);
        ([("connection", "close")], "bye")
    };
    let url = serve(Router::new().route("/look", get(look))).await;
    let outcome = send(&load(url, "/look"), &clock).await;
    assert_eq!((outcome.requests, outcome.errors), (100, 0), "{outcome:?}");
}

#[tokio::test]
async fn a_load_that_makes_no_sense_is_refused() {
    let clock: Arc<dyn Clock> = Arc::new(FakeClock::default());
    let sound = load("http://127.0.0.1:1".to_owned(), "/");
    let broken = [
        Load {
            url: "https://127.0.0.1:1".to_owned(),
            ..sound.clone()
        },
        Load {
            url: "not an address".to_owned(),
            ..sound.clone()
        },
        Load {
            connections: 0,
            ..sound.clone()
        },
        Load {
            token: Some("two\nlines".to_owned()),
            ..sound.clone()
        },
        Load {
            duration: Duration::from_secs(3_601),
            ..sound
        },
    ];
    for load in broken {
        assert!(run(&load, &clock).await.is_err(), "{load:?}");
    }
}
