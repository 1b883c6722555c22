//! The published document of public keys (RFC 7517, RFC 8037).

use crate::error::KeyError;
use crate::limits::{JWKS_BYTES_MAX, JWKS_KEYS_MAX, KID_CHARS_MAX};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One public key. Of foreign documents only Ed25519 keys with a name are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<String>,
}

impl Jwk {
    pub(crate) fn ed25519(kid: &str, public: &[u8]) -> Self {
        Self {
            kty: "OKP".into(),
            crv: Some("Ed25519".into()),
            alg: Some("EdDSA".into()),
            purpose: Some("sig".into()),
            kid: Some(kid.into()),
            x: Some(URL_SAFE_NO_PAD.encode(public)),
        }
    }

    /// Name and key, if this is a key that signs our tokens.
    fn verifying(&self) -> Option<(String, DecodingKey)> {
        let only = |said: &Option<String>, wanted| said.as_deref().is_none_or(|s| s == wanted);
        let fits = self.kty == "OKP"
            && self.crv.as_deref() == Some("Ed25519")
            && only(&self.alg, "EdDSA")
            && only(&self.purpose, "sig");
        let kid = self.kid.as_ref().filter(|kid| kid.len() <= KID_CHARS_MAX)?;
        let public = URL_SAFE_NO_PAD.decode(self.x.as_ref()?).ok()?;
        (fits && public.len() == 32).then(|| (kid.clone(), DecodingKey::from_ed_der(&public)))
    }
}

/// A document of public keys: the current one first, then those whose tokens may still be about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl Jwks {
    /// Reads a document that somebody published.
    ///
    /// # Errors
    /// [`KeyError::NotJwks`] when it is too large or no document of keys.
    pub fn parse(document: &[u8]) -> Result<Self, KeyError> {
        if document.len() > JWKS_BYTES_MAX {
            return Err(KeyError::NotJwks);
        }
        serde_json::from_slice(document).map_err(|_| KeyError::NotJwks)
    }

    pub(crate) fn verifying(&self) -> BTreeMap<String, DecodingKey> {
        let keys = self.keys.iter().take(JWKS_KEYS_MAX);
        keys.filter_map(Jwk::verifying).collect()
    }
}
