//! `GET /.well-known/jwks.json`: the public keys.

use crate::keys::Keys;
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;

/// How long a reader may keep the document. A new key is published at least this long before the
/// first token is signed with it.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");
const TYPE: HeaderValue = HeaderValue::from_static("application/jwk-set+json");

/// The route of the published keys, which asks for nothing.
pub fn published(keys: &Keys) -> Router {
    let document = keys.jwks();
    let publish = move || async move {
        let headers = [(CONTENT_TYPE, TYPE), (CACHE_CONTROL, CACHE)];
        (headers, serde_json::json!(document).to_string())
    };
    Router::new().route("/.well-known/jwks.json", get(publish))
}
