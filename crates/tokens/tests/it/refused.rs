//! Tokens somebody made by hand (S-14).

use super::{NOW, NOW_S, ada, trusting};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fluxprint_tokens::{SharedSecret, SigningKey, TokenError, Verifier};
use ring::hmac;
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};

struct Forge {
    key: SigningKey,
}

impl Forge {
    fn new() -> Self {
        Self {
            key: SigningKey::generate().unwrap(),
        }
    }

    fn header(&self) -> Value {
        json!({ "typ": "JWT", "alg": "EdDSA", "kid": self.key.kid() })
    }

    fn claims() -> Value {
        let ada = ada();
        json!({
            "iss": "studio", "aud": "fluxprint", "sub": ada.sub, "org": ada.org,
            "role": "owner", "projects": "all", "jti": "1",
            "exp": NOW_S + 60, "iat": NOW_S, "nbf": NOW_S,
        })
    }

    /// Signs anything with the true key.
    fn sign(&self, header: &str, claims: &str) -> String {
        let parts = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        let message = parts.join(".");
        let pem = self.key.pem();
        let body: String = pem.lines().filter(|l| !l.starts_with('-')).collect();
        let pkcs8 = base64::engine::general_purpose::STANDARD.decode(body);
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8.unwrap()).unwrap();
        let signature = URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    fn verdict(&self, token: &str) -> Option<TokenError> {
        trusting(&self.key).verify(token, NOW).err()
    }

    fn with_header(&self, change: impl FnOnce(&mut Value)) -> Option<TokenError> {
        let mut header = self.header();
        change(&mut header);
        self.verdict(&self.sign(&header.to_string(), &Self::claims().to_string()))
    }

    fn with_claims(&self, change: impl FnOnce(&mut Value)) -> Option<TokenError> {
        let mut claims = Self::claims();
        change(&mut claims);
        self.verdict(&self.sign(&self.header().to_string(), &claims.to_string()))
    }
}

#[test]
fn the_forge_makes_good_tokens_when_it_changes_nothing() {
    assert_eq!(Forge::new().with_claims(|_| {}), None);
    assert_eq!(Forge::new().with_header(|_| {}), None);
}

#[test]
fn a_token_without_signature_or_with_alg_none_is_refused() {
    let forge = Forge::new();
    for alg in ["none", "None", "NONE", ""] {
        let verdict = forge.with_header(|header| header["alg"] = json!(alg));
        assert_eq!(verdict, Some(TokenError::Header), "{alg}");
    }
    let good = forge.sign(&forge.header().to_string(), &Forge::claims().to_string());
    let (message, _) = good.rsplit_once('.').unwrap();
    assert_eq!(
        forge.verdict(&format!("{message}.")),
        Some(TokenError::Signature)
    );
    for shape in ["", ".", "..", "a.b.c", message, &format!("{good}.x")] {
        assert!(forge.verdict(shape).is_some(), "{shape}");
    }
    assert_eq!(
        forge.verdict(&"a".repeat(40_000)),
        Some(TokenError::Malformed)
    );
}

#[test]
fn a_public_key_is_never_taken_for_a_shared_secret() {
    let forge = Forge::new();
    let published = serde_json::to_value(forge.key.public()).unwrap();
    let public = URL_SAFE_NO_PAD.decode(published["x"].as_str().unwrap());
    let header = json!({ "typ": "JWT", "alg": "HS256", "kid": forge.key.kid() });
    let parts = [header.to_string(), Forge::claims().to_string()];
    let message = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &public.unwrap());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()));
    let token = format!("{message}.{signature}");
    assert_eq!(forge.verdict(&token), Some(TokenError::Algorithm));
    let secret = SharedSecret::new(&[9; 32]).unwrap();
    let both = trusting(&forge.key).with_secrets(&[secret]).unwrap();
    assert_eq!(both.verify(&token, NOW).err(), Some(TokenError::Signature));
}

#[test]
fn an_algorithm_that_no_key_of_ours_allows_is_refused() {
    let forge = Forge::new();
    for alg in ["RS256", "ES256", "HS384", "HS512", "PS256"] {
        let verdict = forge.with_header(|header| header["alg"] = json!(alg));
        assert_eq!(verdict, Some(TokenError::Algorithm), "{alg}");
    }
    let secret = SharedSecret::new(&[9; 32]).unwrap();
    let only_secrets = Verifier::new("studio", "fluxprint").with_secrets(&[secret]);
    let token = forge.sign(&forge.header().to_string(), &Forge::claims().to_string());
    assert_eq!(
        only_secrets.unwrap().verify(&token, NOW).err(),
        Some(TokenError::UnknownKey)
    );
}

#[test]
fn a_key_is_only_looked_up_among_our_own() {
    let forge = Forge::new();
    for kid in ["../x", "' OR 1=1 --", "", "other"] {
        let verdict = forge.with_header(|header| header["kid"] = json!(kid));
        assert_eq!(verdict, Some(TokenError::UnknownKey), "{kid}");
    }
    let long = forge.with_header(|header| header["kid"] = json!("k".repeat(10_000)));
    assert_eq!(long, Some(TokenError::Header));
    let none = forge.with_header(|header| header["kid"] = Value::Null);
    assert_eq!(none, Some(TokenError::Header));
    for (name, value) in [
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        (
            "jwk",
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" }),
        ),
    ] {
        let verdict = forge.with_header(|header| header[name] = value);
        assert_eq!(verdict, Some(TokenError::Header), "{name}");
    }
}

#[test]
fn another_type_of_token_is_refused() {
    let forge = Forge::new();
    for typ in [json!("at+jwt"), json!("jwt"), json!(""), Value::Null] {
        let verdict = forge.with_header(|header| header["typ"] = typ.clone());
        assert_eq!(verdict, Some(TokenError::Header), "{typ}");
    }
}

#[test]
fn a_missing_or_wrong_claim_is_refused() {
    let forge = Forge::new();
    for name in [
        "iss", "aud", "sub", "org", "role", "projects", "jti", "exp", "iat", "nbf",
    ] {
        let verdict = forge.with_claims(|claims| {
            claims.as_object_mut().unwrap().remove(name);
        });
        assert_eq!(verdict, Some(TokenError::Claims), "without {name}");
    }
    for (name, value) in [
        ("iss", json!("somebody")),
        ("aud", json!("another-service")),
        ("sub", json!("root")),
        ("org", json!("org_1")),
        ("role", json!("admin")),
        ("projects", json!("none")),
        ("exp", json!("tomorrow")),
        ("jti", json!("j".repeat(300))),
    ] {
        let verdict = forge.with_claims(|claims| claims[name] = value);
        assert_eq!(verdict, Some(TokenError::Claims), "{name}");
    }
}

#[test]
fn a_claim_said_twice_is_refused() {
    let forge = Forge::new();
    let twice = Forge::claims()
        .to_string()
        .replacen('{', r#"{"role":"viewer","#, 1);
    let token = forge.sign(&forge.header().to_string(), &twice);
    assert_eq!(forge.verdict(&token), Some(TokenError::Claims));
}

#[test]
fn expired_early_and_long_lived_tokens_are_refused() {
    let forge = Forge::new();
    let verdict = |exp: i64, iat: i64, nbf: i64| {
        forge.with_claims(|claims| {
            claims["exp"] = json!(NOW_S + exp);
            claims["iat"] = json!(NOW_S + iat);
            claims["nbf"] = json!(NOW_S + nbf);
        })
    };
    assert_eq!(verdict(-30, -90, -90), Some(TokenError::Expired));
    assert_eq!(verdict(100, 0, 31), Some(TokenError::NotYet));
    assert_eq!(verdict(100, 31, 0), Some(TokenError::NotYet));
    assert_eq!(verdict(121, 0, 0), Some(TokenError::LivesTooLong));
    let extreme = forge.with_claims(|claims| claims["iat"] = json!(i64::MIN));
    assert_eq!(extreme, Some(TokenError::LivesTooLong));
}

#[test]
fn a_token_changed_after_signing_is_refused() {
    let forge = Forge::new();
    let good = forge.sign(&forge.header().to_string(), &Forge::claims().to_string());
    let other = forge.sign(
        &forge.header().to_string(),
        &Forge::claims().to_string().replace("owner", "viewer"),
    );
    let body = good.split('.').nth(1).unwrap();
    let mixed = other.replace(other.split('.').nth(1).unwrap(), body);
    assert_eq!(forge.verdict(&mixed), Some(TokenError::Signature));
}
