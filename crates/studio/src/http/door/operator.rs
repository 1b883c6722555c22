//! Whoever runs the studio, through the command line: a token signed with the studio's own key.

use crate::http::failure::Failure;
use crate::studio::Studio;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use fluxprint_domain::id::OrganisationId;
use fluxprint_tokens::{ISSUER, Verifier};

/// For whom the command line's tokens are signed: the studio itself.
pub const OPERATOR_AUDIENCE: &str = "fluxstudio-operator";

/// The name under which acts of the command line are written down.
pub(crate) const OPERATOR: &str = "operator";

/// The command line.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// The organisation its token names.
    pub org: OrganisationId,
}

impl Operator {
    pub(crate) fn of(studio: &Studio, headers: &HeaderMap) -> Result<Self, Failure> {
        let mut said = headers.get_all(AUTHORIZATION).iter();
        let (Some(only), None) = (said.next(), said.next()) else {
            return Err(Failure::NotSignedIn);
        };
        let token = only
            .to_str()
            .ok()
            .and_then(|text| text.strip_prefix("Bearer "));
        let token = token.ok_or(Failure::NotSignedIn)?;
        let verifier = Verifier::new(ISSUER, OPERATOR_AUDIENCE).with_jwks(&studio.keys.jwks());
        let claims = verifier.verify(token, studio.clock.now());
        let claims = claims.map_err(|error| {
            tracing::debug!(%error, "an operator's token was refused");
            Failure::NotSignedIn
        })?;
        Ok(Self { org: claims.org })
    }
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let known = parts.extensions.get::<Self>().copied();
        known.ok_or(Failure::NotSignedIn)
    }
}
