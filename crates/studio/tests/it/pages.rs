//! The pages of the browser.

use crate::rig::{Engine, Rig, settings};
use axum::body::Body;
use axum::http::StatusCode;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob: data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    object-src 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

async fn get(rig: &Rig, call: &str) -> crate::rig::Answer {
    let request = rig.stranger(call).body(Body::empty()).unwrap();
    rig.send(request).await
}

#[tokio::test]
async fn every_page_is_the_one_page_with_the_strict_policy() {
    let rig = Rig::new().await;
    let home = get(&rig, "GET /").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.bytes.starts_with(b"<!doctype html>"));
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(home.headers[name], value, "{name}");
    }
    let deep = get(&rig, "GET /projects/prj_0/files/file_0/print").await;
    assert_eq!(deep.bytes, home.bytes);
}

#[tokio::test]
async fn a_page_is_not_sent_twice_and_its_head_has_its_length() {
    let rig = Rig::new().await;
    let home = get(&rig, "GET /").await;
    let head = get(&rig, "HEAD /").await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
    assert_eq!(head.headers["content-length"], home.bytes.len().to_string());
    let again = rig
        .stranger("GET /")
        .header("if-none-match", &home.headers["etag"]);
    let again = rig.send(again.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (again.status, again.bytes.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
    assert_eq!(again.headers["content-security-policy"], POLICY);
}

#[tokio::test]
async fn what_is_no_page_is_a_problem() {
    let rig = Rig::new().await;
    for call in [
        "GET /api/nothing",
        "GET /api",
        "GET /v1/jobs",
        "GET /assets/gone-1a2b.js",
        "GET /.env",
        "GET /.well-known/nothing",
        "GET /../Cargo.toml",
        "GET /%2e%2e/Cargo.toml",
        "POST /",
    ] {
        let answer = get(&rig, call).await;
        assert_eq!(answer.problem(), (404, "NOT_FOUND".into()), "{call}");
    }
}

#[tokio::test]
async fn whoever_finds_a_hole_reads_where_to_write() {
    let quiet = Rig::new().await;
    let nothing = get(&quiet, "GET /.well-known/security.txt").await;
    assert_eq!(nothing.problem().0, 404, "nobody has said where");
    let mut settings = settings();
    settings.security_contact = Some("mailto:security@example.org".parse().unwrap());
    let rig = Rig::with(Engine::Sqlite, settings, axum::Router::new()).await;
    let text = get(&rig, "GET /.well-known/security.txt").await;
    assert_eq!(text.headers["content-type"], "text/plain; charset=utf-8");
    let wanted = "Contact: mailto:security@example.org\nExpires: 2026-06-30T00:00:00Z\n\
        Preferred-Languages: en, de\n\
        Canonical: https://studio.example.org/.well-known/security.txt\n";
    assert_eq!(String::from_utf8(text.bytes).unwrap(), wanted);
}

#[tokio::test]
async fn whoever_runs_the_studio_can_ask_whether_it_serves() {
    let rig = Rig::new().await;
    assert_eq!(get(&rig, "GET /healthz").await.bytes, b"alive\n");
    let ready = get(&rig, "GET /readyz").await.ok();
    assert_eq!(ready["ready"], true);
    rig.studio.stopping.cancel();
    let ending = get(&rig, "GET /readyz").await;
    assert_eq!(ending.status, StatusCode::SERVICE_UNAVAILABLE);
}
