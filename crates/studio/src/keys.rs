//! The studio's signing key.

use crate::http::door::OPERATOR_AUDIENCE;
use fluxprint_domain::Clock;
use fluxprint_domain::id::{OrganisationId, PersonId};
use fluxprint_domain::role::Role;
use fluxprint_tokens::{
    AUDIENCE, Grant, ISSUER, Jwks, KeyError, Minter, Projects, SigningKey, Subject,
};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

/// The key file inside the folder of keys.
const FILE: &str = "seam.pem";

/// The key that signs for the studio.
#[derive(Clone)]
pub struct Keys {
    current: SigningKey,
    clock: Arc<dyn Clock>,
}

impl Keys {
    /// Reads the key in the folder `dir`, or makes folder and key, for their owner only.
    ///
    /// # Errors
    /// [`KeyError`] when folder or file cannot be used.
    pub fn open_or_create(dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, KeyError> {
        let mut folder = std::fs::DirBuilder::new();
        folder.recursive(true).mode(0o700).create(dir)?;
        Ok(Self {
            current: SigningKey::open_or_create(&dir.join(FILE))?,
            clock,
        })
    }

    /// Who signs the tokens of the seam.
    #[must_use]
    pub fn minter(&self) -> Minter {
        Minter::ed25519(ISSUER, AUDIENCE, &self.current)
    }

    /// The document that is published.
    #[must_use]
    pub fn jwks(&self) -> Jwks {
        Jwks {
            keys: vec![self.current.public()],
        }
    }

    /// A token with which `person` speaks to the service as an owner of `organisation` for `ttl_s`
    /// seconds.
    ///
    /// # Errors
    /// [`KeyError::LivesTooLong`] beyond what a token may live.
    pub fn owner_token(
        &self,
        person: PersonId,
        organisation: OrganisationId,
        ttl_s: i64,
    ) -> Result<String, KeyError> {
        self.owner(&self.minter(), person, organisation, ttl_s)
    }

    /// A token with which the command line runs the studio for `ttl_s` seconds: it opens the
    /// operator's doors and no other.
    ///
    /// # Errors
    /// [`KeyError::LivesTooLong`] beyond what a token may live.
    pub fn operator_token(
        &self,
        person: PersonId,
        organisation: OrganisationId,
        ttl_s: i64,
    ) -> Result<String, KeyError> {
        let minter = Minter::ed25519(ISSUER, OPERATOR_AUDIENCE, &self.current);
        self.owner(&minter, person, organisation, ttl_s)
    }

    fn owner(
        &self,
        minter: &Minter,
        person: PersonId,
        organisation: OrganisationId,
        ttl_s: i64,
    ) -> Result<String, KeyError> {
        let grant = Grant {
            sub: Subject::Person(person),
            org: organisation,
            role: Role::Owner,
            projects: Projects::All,
        };
        minter.mint(&grant, ttl_s, self.clock.as_ref())
    }
}
