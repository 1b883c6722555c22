//! What handlers take from a request: the same as axum's own, but failing in our words and never
//! repeating what was sent.

use crate::fault::Fault;
use crate::limits::JSON_BYTES_MAX;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// A JSON body of at most [`JSON_BYTES_MAX`].
pub struct Json<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        if !is_json(request.headers()) {
            return Err(Fault::NotJson);
        }
        parse(&read(request.into_body()).await?).map(Self)
    }
}

/// A JSON body, or none at all.
pub struct MaybeJson<T>(pub Option<T>);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for MaybeJson<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let says_json = is_json(request.headers());
        let body = read(request.into_body()).await?;
        match (body.is_empty(), says_json) {
            (true, _) => Ok(Self(None)),
            (false, false) => Err(Fault::NotJson),
            (false, true) => parse(&body).map(|value| Self(Some(value))),
        }
    }
}

/// A JSON body together with its bytes, for calls that must know whether a body is the same again.
pub struct JsonBytes<T>(pub T, pub Bytes);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonBytes<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        if !is_json(request.headers()) {
            return Err(Fault::NotJson);
        }
        let body = read(request.into_body()).await?;
        Ok(Self(parse(&body)?, body))
    }
}

fn is_json(headers: &HeaderMap<HeaderValue>) -> bool {
    let said = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    said.and_then(|said| said.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

async fn read(body: Body) -> Result<Bytes, Fault> {
    match Limited::new(body, JSON_BYTES_MAX).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err(Fault::BodyTooLarge {
                max_bytes: JSON_BYTES_MAX as u64,
            })
        }
        Err(_) => Err(Fault::TooSlow),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|error| {
        let at = (error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Data => Fault::OtherShape { at },
            _ => Fault::BrokenJson { at },
        }
    })
}

/// The query, of which every part is known.
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|_| Fault::BadQuery)
    }
}

/// The `nth` name (from 0) that the route leaves open in the address. `None` for one that cannot
/// be a name: a room answers it like one of a thing that is not there.
pub async fn in_path<T: FromStr, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    nth: usize,
) -> Option<T> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok()?;
    let (_, text) = params.iter().nth(nth)?;
    text.parse().ok()
}
