//! Keys in files and in published documents.

use super::{NOW, Still, ada, trusting};
use fluxprint_tokens::{Jwks, KeyError, Minter, SigningKey, Verifier};
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_key_file_is_made_once_for_its_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("seam.pem");
    let made = SigningKey::open_or_create(&file).unwrap();
    let read = SigningKey::open_or_create(&file).unwrap();
    assert_eq!(made.public(), read.public());
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let open = SigningKey::open_or_create(&file);
    assert!(matches!(open, Err(KeyError::KeyFileOpen)));
    assert!(!format!("{made:?}").contains("PRIVATE"));
}

#[test]
fn a_file_that_holds_no_key_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("seam.pem");
    for text in [
        "",
        "hello",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let refused = SigningKey::open_or_create(&file);
        assert!(matches!(refused, Err(KeyError::NotAKey)));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn the_published_document_is_enough_to_believe_a_token() {
    let key = SigningKey::generate().unwrap();
    let published = Jwks {
        keys: vec![key.public()],
    };
    let text = serde_json::to_vec(&published).unwrap();
    assert!(!String::from_utf8_lossy(&text).contains("\"d\""));
    let read = Jwks::parse(&text).unwrap();
    let verifier = Verifier::new("studio", "fluxprint").with_jwks(&read);
    let minter = Minter::ed25519("studio", "fluxprint", &key);
    let token = minter.mint(&ada(), 60, &Still).unwrap();
    assert!(verifier.verify(&token, NOW).is_ok());
}

#[test]
fn keys_change_with_overlap_and_the_old_one_ends() {
    let (old, new) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let token = |key| {
        let minter = Minter::ed25519("studio", "fluxprint", key);
        minter.mint(&ada(), 60, &Still).unwrap()
    };
    let both = Jwks {
        keys: vec![new.public(), old.public()],
    };
    let verifier = trusting(&old).with_jwks(&both);
    assert!(verifier.verify(&token(&old), NOW).is_ok());
    assert!(verifier.verify(&token(&new), NOW).is_ok());
    let after = verifier.with_jwks(&Jwks {
        keys: vec![new.public()],
    });
    assert!(after.verify(&token(&old), NOW).is_err());
}

#[test]
fn foreign_keys_in_a_document_are_passed_over_and_rubbish_is_refused() {
    let key = SigningKey::generate().unwrap();
    let ours = serde_json::to_value(key.public()).unwrap();
    let mut encrypts = ours.clone();
    encrypts["use"] = "enc".into();
    let document = serde_json::json!({ "keys": [
        { "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "rsa" }, encrypts, ours,
    ] });
    let read = Jwks::parse(document.to_string().as_bytes()).unwrap();
    let minter = Minter::ed25519("studio", "fluxprint", &key);
    let token = minter.mint(&ada(), 60, &Still).unwrap();
    let verifier = Verifier::new("studio", "fluxprint").with_jwks(&read);
    assert!(verifier.verify(&token, NOW).is_ok());
    assert!(Jwks::parse(b"<html>").is_err());
    assert!(Jwks::parse(&vec![b' '; 65 * 1024]).is_err());
}
