//! The names of our things in addresses.

use crate::http::failure::{Failure, Thing};
use crate::http::pairing::Typed;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{AlertId, BridgeId, CopyId, JobId, PrinterId};
use fluxprint_http::in_path;
use std::str::FromStr;

/// The name of a thing in the address. One that cannot be a name is answered like one that is not
/// there.
pub struct Named<T>(pub T);

/// What a [`Named`] part of an address names.
pub trait Name: FromStr {
    /// The thing.
    const THING: Thing;
}

macro_rules! names {
    ($($name:ty => $thing:ident;)*) => {$(
        impl Name for $name {
            const THING: Thing = Thing::$thing;
        }
    )*};
}

names! {
    PrinterId => Printer;
    BridgeId => Bridge;
    AlertId => Alert;
    JobId => Job;
    CopyId => Copy;
    Sha256 => Model;
    Typed => UserCode;
}

impl<S: Send + Sync, T: Name> FromRequestParts<S> for Named<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let name = in_path(parts, state, 0).await;
        name.map(Self).ok_or(Failure::NotThere(T::THING))
    }
}
