//! The signing end of the seam.

use crate::claims::{Claims, Grant};
use crate::error::KeyError;
use crate::key::{SharedSecret, SigningKey};
use crate::limits::TTL_S_MAX;
use crate::provider;
use fluxprint_domain::Clock;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};

/// Signs tokens as one issuer for one audience.
#[derive(Clone, Debug)]
pub struct Minter {
    issuer: String,
    audience: String,
    header: Header,
    key: EncodingKey,
}

impl Minter {
    /// Signs with EdDSA: the normal way.
    #[must_use]
    pub fn ed25519(issuer: &str, audience: &str, key: &SigningKey) -> Self {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.kid().to_owned());
        Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            header,
            key: key.encoding(),
        }
    }

    /// Signs with HS256 and a shared secret: the compatible way.
    #[must_use]
    pub fn hs256(issuer: &str, audience: &str, secret: &SharedSecret) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            header: Header::new(Algorithm::HS256),
            key: secret.encoding.clone(),
        }
    }

    /// A token that says `grant` for the next `ttl_s` seconds.
    ///
    /// # Errors
    /// [`KeyError::LivesTooLong`] beyond [`TTL_S_MAX`]; [`KeyError::Crypto`].
    pub fn mint(&self, grant: &Grant, ttl_s: i64, clock: &dyn Clock) -> Result<String, KeyError> {
        if !(1..=TTL_S_MAX).contains(&ttl_s) {
            return Err(KeyError::LivesTooLong);
        }
        let now_s = clock.now().0.div_euclid(1_000_000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: grant.sub,
            org: grant.org,
            role: grant.role,
            projects: grant.projects.clone(),
            jti: format!("{:032x}", clock.random()),
            exp: now_s + ttl_s,
            iat: now_s,
            nbf: now_s,
        };
        provider::install();
        encode(&self.header, &claims, &self.key).map_err(|_| KeyError::Crypto)
    }
}
