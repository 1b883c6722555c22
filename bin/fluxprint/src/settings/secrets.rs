//! Secrets that everybody can read, or guess.

use crate::problem::Problem;
use fluxprint_domain::Sha256;
use fluxprint_tokens::bearer::{self, Bearer};
use secrecy::{ExposeSecret, SecretString};
use sha2::Digest;

/// The hashes of secrets that were printed in public and are refused wherever they turn up (S-31).
pub(super) const PUBLISHED: &str = include_str!("../published-secrets.sha256");
/// Fewest bytes of a shared secret.
const BYTES_MIN: usize = 32;

/// Refuses a value that was published.
pub(super) fn not_published(
    name: &'static str,
    secret: Option<&SecretString>,
) -> Result<(), Problem> {
    match secret {
        Some(secret) if is_published(secret.expose_secret()) => Err(Problem::PublishedSecret(name)),
        _ => Ok(()),
    }
}

/// Refuses a value that can be guessed.
pub(super) fn long_enough(
    name: &'static str,
    secret: Option<&SecretString>,
) -> Result<(), Problem> {
    match secret {
        Some(secret) if secret.expose_secret().len() < BYTES_MIN => Err(Problem::ShortSecret(name)),
        _ => Ok(()),
    }
}

/// Refuses a bridge's token that was mistyped, cut, or thought up by somebody.
pub(super) fn made_by_us(token: Option<&SecretString>) -> Result<(), Problem> {
    let fits = |token: &SecretString| Bearer::has_shape(bearer::BRIDGE, token.expose_secret());
    if token.is_none_or(fits) {
        return Ok(());
    }
    Err(Problem::Setting {
        name: "BRIDGE_AUTH_TOKEN",
        why: "is no token of a bridge. Make one with: fluxprint bridge-token",
    })
}

pub(super) fn is_published(secret: &str) -> bool {
    let hash = Sha256(sha2::Sha256::digest(secret.as_bytes()).into()).to_string();
    PUBLISHED
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .any(|known| known == hash)
}
