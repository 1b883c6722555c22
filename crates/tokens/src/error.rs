//! Why a token or a key is refused.

use crate::limits::{SECRET_BYTES_MIN, SECRETS_MAX};

/// Why a token of the seam was not believed. The text is for our log; a caller is only told
/// whether to come back with a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not the shape of a token, or longer than any of ours.
    #[error("the token is no JWT that this service reads")]
    Malformed,
    /// The header says something we do not accept.
    #[error("the token's header is not accepted")]
    Header,
    /// Signed in a way that no key of ours allows.
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// Signed with a key we do not know (perhaps not yet).
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the token's signature is wrong")]
    Signature,
    /// A claim is missing, wrong or said twice.
    #[error("the token's claims are not accepted")]
    Claims,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYet,
    /// It would live longer than a token of the seam may.
    #[error("the token lives too long")]
    LivesTooLong,
}

/// What is wrong with a key, or with what a token was to say.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The secret is too short.
    #[error("the shared secret has fewer than {SECRET_BYTES_MIN} bytes")]
    SecretTooShort,
    /// More secrets than rotation needs.
    #[error("at most {SECRETS_MAX} shared secrets can hold at the same time")]
    TooManySecrets,
    /// Not a key file of ours.
    #[error("the key file does not hold an Ed25519 private key")]
    NotAKey,
    /// Other users of the machine could read it.
    #[error("the key file can be read by other users of this machine; allow only its owner")]
    KeyFileOpen,
    /// The published keys cannot be read.
    #[error("the document of keys cannot be read")]
    NotJwks,
    /// A token was to live longer than any may.
    #[error("a token may live for at most {} seconds", crate::limits::TTL_S_MAX)]
    LivesTooLong,
    /// The machine gave no randomness, or the signature failed.
    #[error("the key could not be made or used")]
    Crypto,
    /// The key file cannot be read or written.
    #[error("the key file cannot be read or written")]
    File(#[from] std::io::Error),
}
