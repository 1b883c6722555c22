//! Changes come from our own pages (S-22): browsers say where a call comes from, and a page of ours
//! knows the session's token, which a page of somebody else cannot read.

use crate::http::cookie::Secret;
use crate::http::failure::Failure;
use crate::settings::Settings;
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, Method};
use subtle::ConstantTimeEq;

/// The header that carries the session's token.
pub(crate) const CSRF_HEADER: &str = "x-csrf";

/// Whether a call of this method may change something.
pub(crate) fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The only value of a header; a header that comes twice was tampered with.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut said = headers.get_all(name).iter();
    match (said.next(), said.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Refuses a change that a page of somebody else, or none at all, has begun.
pub(crate) fn from_our_page(settings: &Settings, headers: &HeaderMap) -> Result<(), Failure> {
    let ours = if headers.contains_key("sec-fetch-site") {
        only(headers, "sec-fetch-site") == Some("same-origin")
    } else {
        only(headers, ORIGIN.as_str()).is_some_and(|origin| settings.is_own_origin(origin))
    };
    ours.then_some(()).ok_or(Failure::NotFromOurPage)
}

/// Refuses a change whose page does not know the session's token.
pub(crate) fn knows_the_token(secret: &Secret, headers: &HeaderMap) -> Result<(), Failure> {
    let said = only(headers, CSRF_HEADER).unwrap_or_default();
    let wanted = secret.csrf();
    let same = said.as_bytes().ct_eq(wanted.as_bytes());
    bool::from(same)
        .then_some(())
        .ok_or(Failure::NotFromOurPage)
}
