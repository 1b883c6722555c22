//! `/healthz` and `/readyz`: for whoever runs the studio.

use crate::limits::ROOM_BYTES_MIN;
use crate::studio::Studio;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How long a part may take to say that it is well.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/healthz` (alive) and `/readyz` (can serve, and which part cannot). They ask for no session and
/// tell nothing about anybody. Whether the print service is there does not matter: the studio goes
/// on without it.
pub(crate) fn probes(studio: Arc<Studio>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .with_state(studio)
}

async fn ready(State(studio): State<Arc<Studio>>) -> impl IntoResponse {
    let people = studio.store.people();
    let database = tokio::time::timeout(PATIENCE, people.any()).await;
    let database = matches!(database, Ok(Ok(_)));
    let files = tokio::time::timeout(PATIENCE, studio.blobs.free_bytes()).await;
    let files = matches!(files, Ok(Ok(free)) if free.is_none_or(|free| free >= ROOM_BYTES_MIN));
    let running = !studio.stopping.is_cancelled();
    let ready = database && files && running;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let parts = json!({ "database": database, "files": files, "running": running });
    (status, Json(json!({ "ready": ready, "parts": parts })))
}
