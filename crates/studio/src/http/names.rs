//! The names of our things in addresses.

use super::failure::{Failure, Thing};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use fluxprint_domain::id::{
    FileId, FileVersionId, JobId, LinkId, OrganisationId, PersonId, ProjectId, SignInId, UploadId,
};
use std::str::FromStr;

/// The name of a thing in the address. One that cannot be a name is answered like one that is not
/// there.
pub struct Named<T>(pub T);

/// What a [`Named`] part of an address names.
pub trait Name: FromStr {
    /// The thing.
    const THING: Thing;
    /// How routes spell its place: `{project}` without the braces.
    const PLACE: &'static str;
}

macro_rules! names {
    ($($name:ty => $thing:ident at $place:literal;)*) => {$(
        impl Name for $name {
            const THING: Thing = Thing::$thing;
            const PLACE: &'static str = $place;
        }
    )*};
}

names! {
    OrganisationId => Organisation at "organisation";
    PersonId => Member at "person";
    SignInId => Session at "session";
    LinkId => Invitation at "invitation";
    ProjectId => Project at "project";
    FileId => File at "file";
    FileVersionId => Version at "version";
    UploadId => Upload at "upload";
    JobId => Job at "job";
}

/// The name in the address, if it has a place for one; an error when what stands there is none.
pub(crate) async fn named<T: Name, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<Option<T>, Failure> {
    let not_there = || Failure::NotThere(T::THING);
    let places = RawPathParams::from_request_parts(parts, state).await;
    let places = places.map_err(|_| not_there())?;
    let text = places.iter().find(|(place, _)| *place == T::PLACE);
    text.map(|(_, text)| text.parse().map_err(|_| not_there()))
        .transpose()
}

impl<S: Send + Sync, T: Name> FromRequestParts<S> for Named<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let name = named(parts, state).await?;
        name.map(Self).ok_or(Failure::NotThere(T::THING))
    }
}
