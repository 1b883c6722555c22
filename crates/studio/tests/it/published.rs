//! The studio's key and its published document.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use fluxprint_clock::SystemClock;
use fluxprint_domain::Clock;
use fluxprint_domain::id::{OrganisationId, PersonId};
use fluxprint_studio::{Keys, published};
use fluxprint_tokens::{AUDIENCE, ISSUER, Jwks, Projects, Verifier};
use http_body_util::BodyExt;
use std::sync::Arc;
use tower::ServiceExt;

#[tokio::test]
async fn an_owners_token_is_believed_by_whoever_reads_the_published_keys() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock::new());
    let folder = dir.path().join("keys");
    Keys::open_or_create(&folder, clock.clone()).unwrap();
    let keys = Keys::open_or_create(&folder, clock.clone()).unwrap();
    let request = Request::get("/.well-known/jwks.json");
    let answer = published(&keys)
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "public, max-age=300");
    let document = answer.into_body().collect().await.unwrap().to_bytes();
    let read = Jwks::parse(&document).unwrap();
    let person = PersonId::fresh(clock.as_ref());
    let organisation = OrganisationId::fresh(clock.as_ref());
    let token = keys.owner_token(person, organisation, 60).unwrap();
    let verifier = Verifier::new(ISSUER, AUDIENCE).with_jwks(&read);
    let claims = verifier.verify(&token, clock.now()).unwrap();
    assert_eq!((claims.org, claims.projects), (organisation, Projects::All));
}
