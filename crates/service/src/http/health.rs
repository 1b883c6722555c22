//! `/healthz`, `/readyz` and `/metrics`: for whoever runs the service.

use crate::limits::ROOM_BYTES_MIN;
use crate::service::Service;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How long a part may take to say that it is well.
const PATIENCE: Duration = Duration::from_secs(2);
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `/healthz` (alive) and `/readyz` (can serve, and which part cannot), beside the public routes.
/// They ask for no token and tell nothing about anybody.
pub fn probes(service: Arc<Service>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .with_state(service)
}

/// `/metrics`, for a listener that the public does not reach.
pub fn metrics(service: Arc<Service>) -> Router {
    Router::new()
        .route("/metrics", get(text))
        .with_state(service)
}

async fn ready(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let database = tokio::time::timeout(PATIENCE, service.store.ping()).await;
    let database = matches!(database, Ok(Ok(())));
    let files = tokio::time::timeout(PATIENCE, service.blobs.free_bytes()).await;
    let files = matches!(files, Ok(Ok(free)) if free.is_none_or(|free| free >= ROOM_BYTES_MIN));
    let running = !service.stopping.is_cancelled();
    let ready = database && files && running;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let parts = json!({ "database": database, "files": files, "running": running });
    (status, Json(json!({ "ready": ready, "parts": parts })))
}

async fn text(State(service): State<Arc<Service>>) -> impl IntoResponse {
    (
        [(CONTENT_TYPE, OPEN_METRICS)],
        service
            .metrics
            .text(service.hub.connected(), service.cameras.viewers()),
    )
}
