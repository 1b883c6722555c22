//! Calls.

use super::both_ways;
use super::rig::{Seam, sha256, wanted};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method};
use fluxprint_domain::Sha256;
use fluxprint_domain::id::ProjectId;
use fluxprint_domain::role::Role;
use fluxprint_studio::gateway::{Call, GatewayError};
use serde_json::{Value, json};

/// A model that is sent in many pieces.
async fn hand_over(seam: &Seam) -> Sha256 {
    let (piece, pieces) = (Bytes::from(vec![b'a'; 40_000]), 60);
    let hash = sha256(&piece.repeat(pieces));
    let size_bytes = (piece.len() * pieces) as u64;
    let stream = futures_util::stream::iter(
        (0..pieces).map(move |_| Ok::<_, std::io::Error>(piece.clone())),
    );
    let call = Call::new(Method::PUT, format!("/v1/models/{hash}?name=part.stl"));
    let call = call.file(Body::from_stream(stream), size_bytes);
    let sent = seam
        .gateway()
        .send(call, &seam.token(Role::Editor))
        .await
        .unwrap();
    assert!(sent.status.is_success(), "{}", sent.status);
    hash
}

fn job(body: &Value, key: &'static str) -> Call {
    let mut headers = HeaderMap::new();
    headers.insert("idempotency-key", HeaderValue::from_static(key));
    Call::new(Method::POST, "/v1/jobs")
        .with_headers_of(&headers)
        .json(body)
}

fn code(error: &GatewayError) -> (u16, String) {
    let problem = error.problem();
    (problem.status.as_u16(), problem.code.into_owned())
}

both_ways! {
    async fn what_the_service_shows_comes_back_as_it_is(seam) {
        let queue = seam.gateway().send(Call::get("/v1/queue"), &seam.token(Role::Viewer)).await.unwrap();
        assert_eq!(queue.status, 200);
        let queue: Value = queue.json().await.unwrap();
        assert_eq!(queue["entries"], json!([]));
        let choices = seam.gateway().send(Call::get("/v1/choices"), &seam.token(Role::Viewer)).await.unwrap();
        let answer = choices.pass_back().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert!(!answer.headers().contains_key("x-request-id"), "ours is put there later");
    }

    async fn a_file_goes_as_it_comes_and_is_whole_there(seam) {
        let hash = hand_over(&seam).await;
        let call = Call::get(format!("/v1/models/{hash}"));
        let model = seam.gateway().send(call, &seam.token(Role::Editor)).await.unwrap();
        let model: Value = model.json().await.unwrap();
        assert_eq!((&model["sha256"], &model["name"]), (&json!(hash), &json!("part.stl")));
    }

    async fn two_at_once_with_one_key_make_one_job(seam) {
        let (hash, project) = (hand_over(&seam).await, seam.id());
        let body = wanted(hash, project, "file-7");
        let token = seam.token(Role::Editor);
        let send = || seam.gateway().send(job(&body, "key-1"), &token);
        let (one, two) = tokio::join!(send(), send());
        let one: Value = one.unwrap().json().await.unwrap();
        let two: Value = two.unwrap().json().await.unwrap();
        assert_eq!(one["id"], two["id"]);
        assert_eq!(one["reference"], "file-7");
        let jobs = seam.gateway().send(Call::get("/v1/jobs"), &token).await.unwrap();
        let jobs: Value = jobs.json().await.unwrap();
        assert_eq!(jobs["jobs"].as_array().unwrap().len(), 1);
    }

    async fn the_service_refuses_in_its_own_words_and_with_the_role_of_the_token(seam) {
        let hash = hand_over(&seam).await;
        let body = wanted(hash, seam.id(), "x");
        let refused = seam.gateway().send(job(&body, "key-1"), &seam.token(Role::Viewer)).await;
        let refused = refused.unwrap_err();
        assert_eq!(code(&refused), (403, "PRINTING_INSUFFICIENT_PERMISSIONS".into()));
        assert!(refused.problem().sentence.contains("editor"));
        assert!(!refused.may_pass());
    }

    async fn another_projects_job_is_not_there(seam) {
        let (hash, theirs, own): (_, ProjectId, ProjectId) = (hand_over(&seam).await, seam.id(), seam.id());
        let body = wanted(hash, theirs, "x");
        let made = seam.gateway().send(job(&body, "key-1"), &seam.token(Role::Editor)).await.unwrap();
        let made: Value = made.json().await.unwrap();
        let path = format!("/v1/jobs/{}", made["id"].as_str().unwrap());
        let seen = seam.gateway().send(Call::get(&path), &seam.only(theirs)).await;
        assert!(seen.is_ok(), "in its own project it is");
        let hidden = seam.gateway().send(Call::get(&path), &seam.only(own)).await;
        assert_eq!(code(&hidden.unwrap_err()), (404, "PRINTING_JOB_NOT_FOUND".into()));
        let foreign = seam.gateway().send(job(&body, "key-2"), &seam.only(own)).await;
        assert_eq!(code(&foreign.unwrap_err()), (404, "PRINTING_PROJECT_NOT_FOUND".into()));
    }

    async fn a_token_that_is_not_believed_is_our_trouble_and_not_the_callers(seam) {
        let asked = seam.gateway().send(Call::get("/v1/queue"), "nonsense").await;
        assert_eq!(code(&asked.unwrap_err()), (502, "PRINTING_PROXY_ERROR".into()));
        let stale = seam.token(Role::Viewer);
        seam.clock.advance_s(300);
        let asked = seam.gateway().send(Call::get("/v1/queue"), &stale).await;
        assert_eq!(code(&asked.unwrap_err()), (502, "PRINTING_PROXY_ERROR".into()));
        let fresh = seam.token(Role::Viewer);
        assert!(seam.gateway().send(Call::get("/v1/queue"), &fresh).await.is_ok());
        assert!(seam.gateway().reach().up && seam.gateway().probe().await);
    }
}
