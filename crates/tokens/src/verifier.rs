//! The believing end of the seam.

use crate::claims::{Claims, Projects};
use crate::error::{KeyError, TokenError};
use crate::jwks::Jwks;
use crate::key::SharedSecret;
use crate::limits::{
    KID_CHARS_MAX, LEEWAY_S, PROJECTS_MAX, SECRETS_MAX, TOKEN_BYTES_MAX, TTL_S_MAX, WORD_CHARS_MAX,
};
use crate::provider;
use fluxprint_domain::Timestamp;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use std::collections::BTreeMap;

/// Checks tokens of one issuer for one audience. Every key allows exactly one algorithm: published
/// keys EdDSA, shared secrets HS256; what a token says about itself chooses between them and
/// nothing else.
#[derive(Clone, Debug)]
pub struct Verifier {
    issuer: String,
    audience: String,
    published: BTreeMap<String, DecodingKey>,
    secrets: Vec<DecodingKey>,
}

impl Verifier {
    /// Knows no key yet and so believes nobody.
    #[must_use]
    pub fn new(issuer: &str, audience: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            published: BTreeMap::new(),
            secrets: Vec::new(),
        }
    }

    /// The same with the keys of `document` in the place of those published before.
    #[must_use]
    pub fn with_jwks(mut self, document: &Jwks) -> Self {
        self.published = document.verifying();
        self
    }

    /// The same with these shared secrets, the current one and one more while they change.
    ///
    /// # Errors
    /// [`KeyError::TooManySecrets`].
    pub fn with_secrets(mut self, secrets: &[SharedSecret]) -> Result<Self, KeyError> {
        if secrets.len() > SECRETS_MAX {
            return Err(KeyError::TooManySecrets);
        }
        self.secrets = secrets.iter().map(|s| s.decoding.clone()).collect();
        Ok(self)
    }

    /// The claims of `token`, if all of it is in order at `now`.
    ///
    /// # Errors
    /// What is not in order. [`TokenError::UnknownKey`] may be cured by reading the published
    /// document again.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Malformed);
        }
        provider::install();
        let header = decode_header(token).map_err(malformed)?;
        check_header(&header)?;
        let claims = match header.alg {
            Algorithm::EdDSA => {
                let kid = header.kid.ok_or(TokenError::Header)?;
                let key = self.published.get(&kid).ok_or(TokenError::UnknownKey)?;
                self.claims(token, key, Algorithm::EdDSA)
            }
            Algorithm::HS256 if !self.secrets.is_empty() => self.claims_by_secret(token),
            _ => Err(TokenError::Algorithm),
        }?;
        check_shape(&claims)?;
        check_time(&claims, now)?;
        Ok(claims)
    }

    fn claims_by_secret(&self, token: &str) -> Result<Claims, TokenError> {
        let mut verdict = Err(TokenError::Signature);
        for key in &self.secrets {
            verdict = self.claims(token, key, Algorithm::HS256);
            if verdict != Err(TokenError::Signature) {
                break;
            }
        }
        verdict
    }

    /// Signature, issuer, audience and presence by the crate; the time is checked by us, since the
    /// crate reads the machine's clock.
    fn claims(
        &self,
        token: &str,
        key: &DecodingKey,
        algorithm: Algorithm,
    ) -> Result<Claims, TokenError> {
        let mut wanted = Validation::new(algorithm);
        wanted.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        wanted.set_issuer(&[&self.issuer]);
        wanted.set_audience(&[&self.audience]);
        wanted.validate_exp = false;
        let read = decode::<Claims>(token, key, &wanted);
        read.map(|token| token.claims).map_err(refused)
    }
}

fn malformed(error: Error) -> TokenError {
    match error.kind() {
        ErrorKind::Json(_) => TokenError::Header,
        _ => TokenError::Malformed,
    }
}

fn refused(error: Error) -> TokenError {
    match error.kind() {
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidAlgorithm => TokenError::Algorithm,
        _ => TokenError::Claims,
    }
}

/// No key comes from the token itself (`jku`, `jwk`, `x5u`, `x5c`), and nothing is critical that
/// we do not know.
fn check_header(header: &Header) -> Result<(), TokenError> {
    let names_a_key = header.jku.is_some()
        || header.jwk.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some();
    let kid_fits = header.kid.as_ref().is_none_or(|k| k.len() <= KID_CHARS_MAX);
    let ours = header.typ.as_deref() == Some("JWT") && header.crit.is_none() && kid_fits;
    if ours && !names_a_key {
        Ok(())
    } else {
        Err(TokenError::Header)
    }
}

fn check_shape(claims: &Claims) -> Result<(), TokenError> {
    let projects = match &claims.projects {
        Projects::All => 0,
        Projects::Some(projects) => projects.len(),
    };
    if claims.jti.len() <= WORD_CHARS_MAX && projects <= PROJECTS_MAX {
        Ok(())
    } else {
        Err(TokenError::Claims)
    }
}

fn check_time(claims: &Claims, now: Timestamp) -> Result<(), TokenError> {
    let now_s = now.0.div_euclid(1_000_000);
    if claims.exp.saturating_add(LEEWAY_S) <= now_s {
        Err(TokenError::Expired)
    } else if claims.nbf.max(claims.iat) > now_s.saturating_add(LEEWAY_S) {
        Err(TokenError::NotYet)
    } else if claims.exp.saturating_sub(claims.iat) > TTL_S_MAX {
        Err(TokenError::LivesTooLong)
    } else {
        Ok(())
    }
}
