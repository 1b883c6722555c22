//! Answers that are no success.

use crate::rig::{Engine, Rig, wanted};
use axum::body::Body;
use axum::http::StatusCode;
use fluxprint_blobs::{BlobError, Blobs, Opened, Put, Source};
use fluxprint_domain::Sha256;
use fluxprint_domain::id::OrganisationId;
use fluxprint_domain::role::Role;
use fluxprint_service::Settings;
use serde_json::json;
use std::ops::Range;
use std::sync::Arc;

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems_too() {
    let rig = Rig::new().await;
    let owner = rig.token(Role::Owner);
    for (call, status, code) in [
        ("GET /", StatusCode::NOT_FOUND, "NOT_FOUND"),
        ("GET /v1/<script>", StatusCode::NOT_FOUND, "NOT_FOUND"),
        (
            "PATCH /v1/jobs",
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
        ),
        (
            "GET /v1/printers/prn_1",
            StatusCode::NOT_FOUND,
            "PRINTER_NOT_FOUND",
        ),
        ("GET /v1/jobs/../x", StatusCode::NOT_FOUND, "NOT_FOUND"),
        (
            "GET /v1/jobs?state=flying",
            StatusCode::BAD_REQUEST,
            "VALIDATION_ERROR",
        ),
        (
            "GET /v1/jobs?limit=0",
            StatusCode::BAD_REQUEST,
            "VALIDATION_ERROR",
        ),
        (
            "GET /v1/jobs?limit=101",
            StatusCode::BAD_REQUEST,
            "VALIDATION_ERROR",
        ),
        (
            "GET /v1/jobs?after=x",
            StatusCode::BAD_REQUEST,
            "VALIDATION_ERROR",
        ),
        (
            "GET /v1/jobs?surprise=1",
            StatusCode::BAD_REQUEST,
            "VALIDATION_ERROR",
        ),
    ] {
        let call = call.replace('<', "%3C").replace('>', "%3E");
        let answer = rig.call(&call, &owner).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{call}"
        );
    }
    let patch = rig.call("PATCH /v1/jobs", &owner).await;
    assert_eq!(patch.headers["allow"], "GET, POST");
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_told_where_and_never_repeated() {
    let rig = Rig::new().await;
    let owner = rig.token(Role::Owner);
    let send = async |kind: &str, body: &str| {
        let request = rig
            .request("POST /v1/bridges", &owner)
            .header("content-type", kind);
        let answer = rig
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!(!text.contains("evil"), "{text}");
        (answer.status.as_u16(), answer.code())
    };
    let is = |status, code: &str| (status, code.to_owned());
    let json = "application/json";
    assert_eq!(
        send("text/plain", r#"{"name":"x"}"#).await,
        is(415, "NOT_JSON")
    );
    assert_eq!(send(json, "evil{").await, is(400, "BROKEN_JSON"));
    assert_eq!(send(json, "").await, is(400, "BROKEN_JSON"));
    assert_eq!(
        send(json, r#"{"evil":1}"#).await,
        is(422, "VALIDATION_ERROR")
    );
    assert_eq!(
        send(json, r#"{"name":"x","org_id":"evil"}"#).await,
        is(422, "VALIDATION_ERROR")
    );
    assert_eq!(
        send(json, "{\"name\":\"evil\u{202E}\"}").await,
        is(422, "VALIDATION_ERROR")
    );
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(70_000));
    assert_eq!(send(json, &large).await, is(413, "BODY_TOO_LARGE"));
}

#[tokio::test]
async fn no_body_takes_a_field_it_does_not_know() {
    let rig = Rig::new().await;
    let (_, printer) = rig.printer(true).await;
    let (owner, model) = (rig.token(Role::Owner), rig.model(1).await);
    let estimate = json!({ "model": model, "material": "PLA", "quality": "draft",
        "infill_pct": 20, "supports": false, "copies": 1 });
    let bodies = [
        ("POST /v1/bridges".to_owned(), json!({ "name": "x" })),
        ("POST /v1/pairing".to_owned(), json!({ "code": "x" })),
        (
            format!("PUT /v1/printers/{printer}/loaded"),
            json!({ "material": "PLA" }),
        ),
        (
            format!("PUT /v1/printers/{printer}/bed-clearance"),
            json!({ "rule": "x" }),
        ),
        ("POST /v1/estimates".to_owned(), estimate),
        ("POST /v1/jobs".to_owned(), wanted(model)),
        (
            format!("POST /v1/copies/cpy_{}/settlement", "0".repeat(32)),
            json!({ "outcome": "failed" }),
        ),
    ];
    for (call, good) in bodies {
        for extra in ["org_id", "role", "status", "epoch"] {
            let mut body = good.clone();
            body[extra] = json!("x");
            let answer = rig.post(&call, &owner, &body).await;
            assert_eq!(answer.code(), "VALIDATION_ERROR", "{call} {extra}");
        }
    }
}

#[tokio::test]
async fn every_answer_carries_an_id_and_the_security_headers() {
    let rig = Rig::new().await;
    let owner = rig.token(Role::Owner);
    for (call, token) in [
        ("GET /v1/printers", owner.as_str()),
        ("GET /v1/printers", ""),
        ("GET /nowhere", ""),
        ("DELETE /v1/queue", &owner),
        ("POST /v1/bridges", &owner),
    ] {
        let answer = rig.call(call, token).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.headers[name], value, "{call}");
        }
        assert!(answer.headers.contains_key("permissions-policy"));
        assert!(!answer.headers.contains_key("server"));
        assert!(!answer.headers.contains_key("strict-transport-security"));
        let id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
        if !answer.status.is_success() {
            assert_eq!(answer.json()["request_id"], id);
        }
    }
}

#[tokio::test]
async fn behind_tls_browsers_are_told_to_insist() {
    let settings = Settings {
        tls_only: true,
        ..Settings::default()
    };
    let rig = Rig::with(Engine::Sqlite, settings, None).await;
    let answer = rig.call("GET /nowhere", "").await;
    assert!(answer.headers.contains_key("strict-transport-security"));
}

struct Panics;

#[async_trait::async_trait]
impl Blobs for Panics {
    async fn put(
        &self,
        _: OrganisationId,
        _: Sha256,
        _: u64,
        _: Source<'_>,
    ) -> Result<Put, BlobError> {
        panic!("the secret of the panic")
    }
    async fn open(
        &self,
        _: OrganisationId,
        _: Sha256,
        _: Option<Range<u64>>,
    ) -> Result<Opened, BlobError> {
        Err(BlobError::NotFound)
    }
    async fn size(&self, _: OrganisationId, _: Sha256) -> Result<Option<u64>, BlobError> {
        panic!("the secret of the panic")
    }
    async fn delete(&self, _: OrganisationId, _: Sha256) -> Result<(), BlobError> {
        Ok(())
    }
    async fn free_bytes(&self) -> Result<Option<u64>, BlobError> {
        Ok(Some(0))
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_that_tells_nothing_and_the_service_goes_on() {
    let rig = Rig::with(Engine::Sqlite, Settings::default(), Some(Arc::new(Panics))).await;
    let owner = rig.token(Role::Owner);
    let answer = rig.upload("a.stl", b"solid", &owner).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (500, "INTERNAL_ERROR")
    );
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("secret"));
    rig.call("GET /v1/printers", &owner).await.ok();
}

#[tokio::test]
async fn readiness_says_which_part_cannot() {
    let rig = Rig::new().await;
    assert_eq!(rig.ops("/healthz").await.status, StatusCode::OK);
    assert_eq!(rig.ops("/readyz").await.ok()["ready"], true);
    let full = Rig::with(Engine::Sqlite, Settings::default(), Some(Arc::new(Panics))).await;
    let answer = full.ops("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["parts"]["files"], false);
    assert_eq!(answer.json()["parts"]["database"], true);
    full.service.store.close().await;
    assert_eq!(full.ops("/readyz").await.json()["parts"]["database"], false);
}

#[tokio::test]
async fn calls_are_counted_by_route_and_never_by_what_a_caller_wrote() {
    let rig = Rig::new().await;
    rig.by(
        Role::Viewer,
        &format!("GET /v1/jobs/job_{}", "0".repeat(32)),
    )
    .await;
    let text = String::from_utf8(rig.ops("/metrics").await.bytes).unwrap();
    assert!(
        text.contains(r#"method="GET",path="/v1/jobs/{job}",status="404"} 1"#),
        "{text}"
    );
    assert!(!text.contains("job_0"));
}
