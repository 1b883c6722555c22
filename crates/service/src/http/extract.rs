//! What handlers take from a request: the same as axum's own, but failing in our words and never
//! repeating what was sent.

use crate::http::failure::{Failure, Thing};
use crate::http::fault::Fault;
use crate::limits::JSON_BYTES_MAX;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{BridgeId, CopyId, JobId, PrinterId};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

/// A JSON body of at most [`JSON_BYTES_MAX`].
pub struct Json<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        if !is_json(request.headers()) {
            return Err(Fault::NotJson.into());
        }
        parse(&read(request.into_body()).await?).map(Self)
    }
}

/// A JSON body, or none at all.
pub struct MaybeJson<T>(pub Option<T>);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for MaybeJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let says_json = is_json(request.headers());
        let body = read(request.into_body()).await?;
        match (body.is_empty(), says_json) {
            (true, _) => Ok(Self(None)),
            (false, false) => Err(Fault::NotJson.into()),
            (false, true) => parse(&body).map(|value| Self(Some(value))),
        }
    }
}

/// A JSON body together with its bytes, for calls that must know whether a body is the same again.
pub struct JsonBytes<T>(pub T, pub Bytes);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonBytes<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        if !is_json(request.headers()) {
            return Err(Fault::NotJson.into());
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

async fn read(body: Body) -> Result<Bytes, Failure> {
    match Limited::new(body, JSON_BYTES_MAX).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err(Fault::BodyTooLarge {
                max_bytes: JSON_BYTES_MAX as u64,
            }
            .into())
        }
        Err(_) => Err(Fault::TooSlow.into()),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| {
        let at = (error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Data => Fault::OtherShape { at }.into(),
            _ => Fault::BrokenJson { at }.into(),
        }
    })
}

/// The query, of which every part is known.
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|_| Fault::BadQuery.into())
    }
}

/// The name of a thing in the address. One that cannot be a name is answered like one that is not
/// there.
pub struct Named<T>(pub T);

/// What a [`Named`] part of an address names.
pub trait Name: Sized {
    /// The thing.
    const THING: Thing;
    /// Reads the name.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! names {
    ($($name:ty => $thing:ident;)*) => {$(
        impl Name for $name {
            const THING: Thing = Thing::$thing;
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

names! {
    PrinterId => Printer;
    BridgeId => Bridge;
    JobId => Job;
    CopyId => Copy;
    Sha256 => Model;
}

impl<S: Send + Sync, T: Name> FromRequestParts<S> for Named<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let not_there = || Failure::NotThere(T::THING);
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| not_there())?;
        let name = params.iter().next().and_then(|(_, text)| T::read(text));
        name.map(Self).ok_or_else(not_there)
    }
}
