//! What the bridge shows to the service: its token, and the signature of its device key.
//!
//! Shared by everything that calls the service, so that a new token counts everywhere at once.

use crate::error::BridgeError;
use crate::identity::{Identity, store_token, stored_token, wipe_token};
use fluxprint_domain::{Clock, DeviceKey, Nonce, Sha256, Signature};
use fluxprint_link::proof;
use secrecy::{ExposeSecret, SecretString};
use sha2::Digest;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The bridge's credentials.
#[derive(Debug)]
pub struct Credentials {
    identity: Identity,
    folder: PathBuf,
    /// From the environment: then the operator keeps it, not we.
    given: bool,
    token: Mutex<Option<SecretString>>,
}

impl Credentials {
    /// Takes the key of the data folder, and the token that is `given` or else the one that pairing
    /// stored there.
    ///
    /// # Errors
    /// [`BridgeError::NotPaired`] without any token, [`BridgeError::Disk`], [`BridgeError::NotAKey`].
    pub fn open(
        folder: &Path,
        given: Option<SecretString>,
        clock: &dyn Clock,
    ) -> Result<Self, BridgeError> {
        let identity = Identity::open(folder, clock)?;
        let (given, token) = match given {
            Some(token) => (true, token),
            None => (false, stored_token(folder)?),
        };
        Ok(Self {
            identity,
            folder: folder.to_owned(),
            given,
            token: Mutex::new(Some(token)),
        })
    }

    /// The token, unless the bridge was shut out.
    #[must_use]
    pub fn token(&self) -> Option<SecretString> {
        self.held().clone()
    }

    /// The answer to a challenge; nothing without a token.
    #[must_use]
    pub fn prove(&self, nonce: &Nonce) -> Option<(DeviceKey, Signature)> {
        let token = self.token()?;
        let hash = Sha256(sha2::Sha256::digest(token.expose_secret()).into());
        let signed = self.identity.sign(&proof::session(nonce, &hash));
        Some((self.identity.key(), signed))
    }

    /// Takes a new token: on the disk first, then in use.
    ///
    /// # Errors
    /// [`BridgeError::Disk`]; [`BridgeError::TokenGiven`] for one from the environment.
    pub fn take(&self, token: SecretString) -> Result<(), BridgeError> {
        if self.given {
            return Err(BridgeError::TokenGiven);
        }
        store_token(&self.folder, &token)?;
        *self.held() = Some(token);
        Ok(())
    }

    /// Forgets the token for good: the service has shut this bridge out (B-03).
    pub fn wipe(&self) {
        *self.held() = None;
        if !self.given
            && let Err(error) = wipe_token(&self.folder)
        {
            tracing::error!("{error}");
        }
    }

    /// Looks whether somebody has paired this bridge again meanwhile.
    pub fn look_again(&self) {
        if !self.given
            && let Ok(token) = stored_token(&self.folder)
        {
            *self.held() = Some(token);
        }
    }

    fn held(&self) -> MutexGuard<'_, Option<SecretString>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_clock::SystemClock;
    use fluxprint_domain::octets::Octets;
    use ring::signature::{ED25519, UnparsedPublicKey};

    #[test]
    fn a_new_token_counts_at_once_and_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::new();
        store_token(folder.path(), &SecretString::from("fxb_old")).unwrap();
        let credentials = Credentials::open(folder.path(), None, &clock).unwrap();
        credentials.take(SecretString::from("fxb_new")).unwrap();
        let again = Credentials::open(folder.path(), None, &clock).unwrap();
        for held in [credentials.token(), again.token()] {
            assert_eq!(held.unwrap().expose_secret(), "fxb_new");
        }
        let nonce = Octets([3; 32]);
        let (key, signed) = again.prove(&nonce).unwrap();
        let hash = Sha256(sha2::Sha256::digest("fxb_new").into());
        let public = UnparsedPublicKey::new(&ED25519, key.0);
        let text = proof::session(&nonce, &hash);
        assert!(public.verify(&text, &signed.0).is_ok());
    }

    #[test]
    fn a_bridge_that_is_shut_out_forgets_its_token_until_it_is_paired_again() {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::new();
        store_token(folder.path(), &SecretString::from("fxb_old")).unwrap();
        let credentials = Credentials::open(folder.path(), None, &clock).unwrap();
        credentials.wipe();
        credentials.look_again();
        assert!(credentials.token().is_none() && credentials.prove(&Octets([0; 32])).is_none());
        let reopened = Credentials::open(folder.path(), None, &clock);
        assert!(matches!(reopened, Err(BridgeError::NotPaired)));
        store_token(folder.path(), &SecretString::from("fxb_new")).unwrap();
        credentials.look_again();
        assert_eq!(credentials.token().unwrap().expose_secret(), "fxb_new");
    }

    #[test]
    fn a_token_of_the_environment_is_the_operators_to_change() {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemClock::new();
        let given = Some(SecretString::from("fxb_given"));
        let credentials = Credentials::open(folder.path(), given, &clock).unwrap();
        let refused = credentials.take(SecretString::from("fxb_new"));
        assert_eq!(refused.unwrap_err().code(), "BRIDGE_TOKEN_GIVEN");
        assert_eq!(credentials.token().unwrap().expose_secret(), "fxb_given");
        assert!(!folder.path().join("token").exists());
    }
}
