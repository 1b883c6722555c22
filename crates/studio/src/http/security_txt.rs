//! `/.well-known/security.txt` (RFC 9116): where to write about a hole, if the operator has said so.

use super::failure::{Failure, Thing};
use crate::limits::SECURITY_TXT_S;
use crate::studio::Studio;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

const PATH: &str = "/.well-known/security.txt";

/// The route, which asks for nothing.
pub(crate) fn security_txt(studio: Arc<Studio>) -> Router {
    Router::new().route(PATH, get(text)).with_state(studio)
}

async fn text(State(studio): State<Arc<Studio>>) -> Response {
    let Some(contact) = &studio.settings.security_contact else {
        return Failure::NotThere(Thing::Page).into_response();
    };
    let ends = studio.clock.now().plus_s(SECURITY_TXT_S);
    let Ok(expires) = jiff::Timestamp::from_microsecond(ends.0) else {
        return Failure::Broken.into_response();
    };
    let mut canonical = studio.settings.public_url.clone();
    canonical.set_path(PATH);
    let text = format!(
        "Contact: {contact}\nExpires: {expires:.0}\nPreferred-Languages: en, de\nCanonical: {canonical}\n"
    );
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
