//! The keys that sign: an Ed25519 pair in a file, or a secret shared with the service.

use crate::error::KeyError;
use crate::jwks::Jwk;
use crate::limits::SECRET_BYTES_MIN;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// Bytes of a key file that are read at most; ours have about 120.
const FILE_BYTES_MAX: u64 = 4_096;

/// An Ed25519 key pair (RFC 8032), named by the hash of its public half.
#[derive(Clone)]
pub struct SigningKey {
    pkcs8: Zeroizing<Vec<u8>>,
    public: Vec<u8>,
    kid: String,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A new pair from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Crypto`] when the system gives none.
    pub fn generate() -> Result<Self, KeyError> {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
        let pkcs8 = pkcs8.map_err(|_| KeyError::Crypto)?;
        Self::from_pkcs8(Zeroizing::new(pkcs8.as_ref().to_vec()))
    }

    /// Reads the pair in `file`, or makes one there that only its owner can read.
    ///
    /// # Errors
    /// [`KeyError::NotAKey`], [`KeyError::KeyFileOpen`], [`KeyError::File`].
    pub fn open_or_create(file: &Path) -> Result<Self, KeyError> {
        let mut options = std::fs::OpenOptions::new();
        match options.write(true).create_new(true).mode(0o600).open(file) {
            Ok(mut new) => {
                let key = Self::generate()?;
                new.write_all(key.pem().as_bytes())?;
                new.sync_all()?;
                Ok(key)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::read(file),
            Err(error) => Err(error.into()),
        }
    }

    fn read(path: &Path) -> Result<Self, KeyError> {
        let file = std::fs::File::open(path)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::KeyFileOpen);
        }
        let mut text = Zeroizing::new(String::new());
        file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
        Self::from_pem(&text)
    }

    /// Reads a pair from PKCS#8 in PEM (RFC 5958, RFC 7468).
    ///
    /// # Errors
    /// [`KeyError::NotAKey`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let body = text
            .trim()
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(END))
            .ok_or(KeyError::NotAKey)?;
        let body: Zeroizing<String> = Zeroizing::new(body.split_whitespace().collect());
        let der = STANDARD.decode(body.as_bytes());
        Self::from_pkcs8(Zeroizing::new(der.map_err(|_| KeyError::NotAKey)?))
    }

    fn from_pkcs8(pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8);
        let public = pair.map_err(|_| KeyError::NotAKey)?;
        let public = public.public_key().as_ref().to_vec();
        let digest = ring::digest::digest(&ring::digest::SHA256, &public);
        let kid = URL_SAFE_NO_PAD.encode(digest).chars().take(16).collect();
        Ok(Self { pkcs8, public, kid })
    }

    /// The pair as PKCS#8 in PEM: a secret.
    #[must_use]
    pub fn pem(&self) -> Zeroizing<String> {
        let body = Zeroizing::new(STANDARD.encode(self.pkcs8.as_slice()));
        Zeroizing::new(format!("{BEGIN}\n{}\n{END}\n", body.as_str()))
    }

    /// The name of the key in tokens and in the published document.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as it is published.
    #[must_use]
    pub fn public(&self) -> Jwk {
        Jwk::ed25519(&self.kid, &self.public)
    }

    pub(crate) fn encoding(&self) -> EncodingKey {
        EncodingKey::from_ed_der(&self.pkcs8)
    }
}

/// A secret that both ends of the seam know (HS256, RFC 7518, 3.2): the compatible way.
#[derive(Clone, Debug)]
pub struct SharedSecret {
    pub(crate) encoding: EncodingKey,
    pub(crate) decoding: DecodingKey,
}

impl SharedSecret {
    /// Takes the secret's bytes as they are.
    ///
    /// # Errors
    /// [`KeyError::SecretTooShort`].
    pub fn new(secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(KeyError::SecretTooShort);
        }
        Ok(Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        })
    }
}
