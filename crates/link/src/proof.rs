//! What a bridge signs with its device key, so that a copied token alone opens nothing (B-02).
//!
//! Each text begins with the words of its purpose: a signature for one is worth nothing for another.

use fluxprint_domain::{Nonce, Sha256};

const SESSION: &[u8] = b"fluxprint-bridge-session-v1";
const PAIRING: &[u8] = b"fluxprint-bridge-pairing-v1";

/// What proves a session: the purpose, the service's nonce, the hash of the token that was shown.
#[must_use]
pub fn session(nonce: &Nonce, token: &Sha256) -> Vec<u8> {
    [SESSION, b"|", &nonce.0, b"|", &token.0].concat()
}

/// What proves that whoever fetches a token holds the key that is being paired: the purpose and the
/// device code, which the service made up for this pairing.
#[must_use]
pub fn pairing(device_code: &str) -> Vec<u8> {
    [PAIRING, b"|", device_code.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::octets::Octets;

    #[test]
    fn a_proof_is_bound_to_its_purpose_its_nonce_and_its_token() {
        let texts = [
            session(&Octets([1; 32]), &Sha256([1; 32])),
            session(&Octets([2; 32]), &Sha256([1; 32])),
            session(&Octets([1; 32]), &Sha256([2; 32])),
            pairing(&"\u{1}".repeat(32)),
            pairing("fxd_other"),
        ];
        for (place, text) in texts.iter().enumerate() {
            assert!(texts.iter().skip(place + 1).all(|other| other != text));
        }
    }
}
