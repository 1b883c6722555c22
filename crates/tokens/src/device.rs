//! What a bridge signs with its device key is checked here.

use fluxprint_domain::{DeviceKey, Signature};
use ring::signature::{ED25519, UnparsedPublicKey};

/// Whether the holder of the private half of `key` has signed `text` (Ed25519, RFC 8032).
#[must_use]
pub fn has_signed(key: &DeviceKey, text: &[u8], signature: &Signature) -> bool {
    UnparsedPublicKey::new(&ED25519, key.0)
        .verify(text, &signature.0)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::octets::Octets;
    use ring::signature::{Ed25519KeyPair, KeyPair};

    #[test]
    fn only_the_holder_of_the_key_can_have_signed() {
        let pair = |seed: u8| Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let key = |pair: &Ed25519KeyPair| Octets(pair.public_key().as_ref().try_into().unwrap());
        let sign = |pair: &Ed25519KeyPair| Octets(pair.sign(b"text").as_ref().try_into().unwrap());
        let (ours, other) = (pair(1), pair(2));
        assert!(has_signed(&key(&ours), b"text", &sign(&ours)));
        assert!(!has_signed(&key(&ours), b"texts", &sign(&ours)));
        assert!(!has_signed(&key(&ours), b"text", &sign(&other)));
    }
}
