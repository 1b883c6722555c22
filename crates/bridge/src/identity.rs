//! Who this bridge is: the Ed25519 key that never leaves its data folder, and its token there.
//!
//! The program itself holds no secret: every bridge makes its own key (I-06).

use crate::error::BridgeError;
use crate::secret_file;
use fluxprint_domain::octets::Octets;
use fluxprint_domain::{Clock, DeviceKey, Signature};
use ring::signature::{Ed25519KeyPair, KeyPair};
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};

const KEY: &str = "The file with the bridge's device key";
const TOKEN: &str = "The file with the bridge's token";

/// The bridge's key pair.
pub struct Identity {
    pair: Ed25519KeyPair,
    public: DeviceKey,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Identity").field(&self.public).finish()
    }
}

impl Identity {
    /// The key in the data folder; makes one where there is none.
    ///
    /// # Errors
    /// [`BridgeError::Disk`], or [`BridgeError::NotAKey`] for a file that holds something else.
    pub fn open(folder: &Path, clock: &dyn Clock) -> Result<Self, BridgeError> {
        let file = folder.join("device.key");
        if let Some(text) = secret_file::read(&file, KEY)? {
            let seed: Octets<32> = text
                .expose_secret()
                .parse()
                .map_err(|_| BridgeError::NotAKey)?;
            return Self::of(&seed);
        }
        let mut seed = [0; 32];
        for half in seed.chunks_exact_mut(16) {
            half.copy_from_slice(&clock.random().to_be_bytes());
        }
        let seed = Octets(seed);
        secret_file::write(&file, &SecretString::from(seed.to_string()), KEY)?;
        Self::of(&seed)
    }

    fn of(seed: &Octets<32>) -> Result<Self, BridgeError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed.0);
        let pair = pair.map_err(|_| BridgeError::NotAKey)?;
        let public = pair.public_key().as_ref().try_into();
        let public = Octets(public.map_err(|_| BridgeError::NotAKey)?);
        Ok(Self { pair, public })
    }

    /// The public half.
    #[must_use]
    pub fn key(&self) -> DeviceKey {
        self.public
    }

    /// Signs `text`.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> Signature {
        let mut bytes = [0; 64];
        // Ed25519 signatures have 64 bytes (RFC 8032, 5.1.6).
        for (to, from) in bytes.iter_mut().zip(self.pair.sign(text).as_ref()) {
            *to = *from;
        }
        Octets(bytes)
    }
}

fn token_file(folder: &Path) -> PathBuf {
    folder.join("token")
}

/// Keeps the token.
///
/// # Errors
/// [`BridgeError::Disk`].
pub fn store_token(folder: &Path, token: &SecretString) -> Result<(), BridgeError> {
    secret_file::write(&token_file(folder), token, TOKEN)
}

/// The token that pairing stored.
///
/// # Errors
/// [`BridgeError::NotPaired`] when there is none, [`BridgeError::Disk`] when it cannot be read.
pub fn stored_token(folder: &Path) -> Result<SecretString, BridgeError> {
    secret_file::read(&token_file(folder), TOKEN)?.ok_or(BridgeError::NotPaired)
}

/// Forgets the token: it is worth nothing any more.
///
/// # Errors
/// [`BridgeError::Disk`].
pub fn wipe_token(folder: &Path) -> Result<(), BridgeError> {
    secret_file::remove(&token_file(folder), TOKEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_clock::SystemClock;
    use ring::signature::{ED25519, UnparsedPublicKey};

    #[test]
    fn a_bridge_keeps_its_key_and_signs_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::new();
        let first = Identity::open(folder.path(), &clock).unwrap();
        let again = Identity::open(folder.path(), &clock).unwrap();
        assert_eq!(first.key(), again.key());
        let signature = again.sign(b"text");
        let public = UnparsedPublicKey::new(&ED25519, first.key().0);
        assert!(public.verify(b"text", &signature.0).is_ok());
        assert!(public.verify(b"texts", &signature.0).is_err());
        let other = tempfile::tempdir().unwrap();
        let other = Identity::open(other.path(), &clock).unwrap();
        assert_ne!(first.key(), other.key(), "no two bridges share a key");
        let file = std::fs::read_to_string(folder.path().join("device.key")).unwrap();
        assert!(!format!("{first:?}").contains(&file));
    }

    #[test]
    fn a_file_that_is_no_key_is_told_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("device.key"), "nonsense").unwrap();
        let error = Identity::open(folder.path(), &SystemClock::new()).unwrap_err();
        assert_eq!(error.code(), "BRIDGE_KEY_UNUSABLE");
        let kept = std::fs::read_to_string(folder.path().join("device.key")).unwrap();
        assert_eq!(kept, "nonsense");
    }

    #[test]
    fn a_token_is_kept_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let none = || matches!(stored_token(folder.path()), Err(BridgeError::NotPaired));
        assert!(none());
        store_token(folder.path(), &SecretString::from("fxb_one")).unwrap();
        let token = stored_token(folder.path()).unwrap();
        assert_eq!(token.expose_secret(), "fxb_one");
        wipe_token(folder.path()).unwrap();
        assert!(none());
    }
}
