//! The session's cookie (S-13): 256 bits of chance that only the browser and nobody's script has.

use axum::http::header::{COOKIE, HeaderMap};
use axum::http::{HeaderName, HeaderValue, header::SET_COOKIE};
use fluxprint_domain::{Clock, Sha256};
use sha2::Digest;

/// Hexadecimal digits of a secret.
const DIGITS: usize = 64;

/// A cookie of ours: its name, and how many seconds a browser may keep it.
#[derive(Clone, Copy, Debug)]
pub struct Cookie {
    name: &'static str,
    lives_s: i64,
}

/// The session. `__Host-` makes browsers insist on Secure, this host and the whole path.
pub const SESSION: Cookie = Cookie {
    name: "__Host-fluxprint",
    lives_s: crate::limits::SESSION_S,
};

/// A browser in which somebody has signed in before: it opens nothing, and only says whose failed
/// sign-ins count against whom.
pub const BROWSER: Cookie = Cookie {
    name: "__Host-fluxprint-browser",
    lives_s: crate::limits::BROWSER_S,
};

/// The secret of a cookie: never shown, never kept but by the browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one.
    #[must_use]
    pub fn mint(clock: &dyn Clock) -> Self {
        Self(format!("{:032x}{:032x}", clock.random(), clock.random()))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> Sha256 {
        Sha256(sha2::Sha256::digest(self.0.as_bytes()).into())
    }

    /// The token that changing calls carry beside the cookie (S-22).
    #[must_use]
    pub fn csrf(&self) -> String {
        let mut hash = sha2::Sha256::new();
        hash.update("csrf");
        hash.update(&self.0);
        Sha256(hash.finalize().into()).to_string()
    }
}

impl Cookie {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The secret that the browser sends. Two cookies of one name are none: somebody has planted one.
    #[must_use]
    pub fn read(self, headers: &HeaderMap) -> Option<Secret> {
        let said = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let mut found = said
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name);
        let (Some((_, secret)), None) = (found.next(), found.next()) else {
            return None;
        };
        let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (secret.len() == DIGITS && secret.bytes().all(hexadecimal))
            .then(|| Secret(secret.to_owned()))
    }

    /// The header that gives the browser a secret.
    #[must_use]
    pub fn set(self, secret: &Secret) -> (HeaderName, HeaderValue) {
        self.header(&secret.0, self.lives_s)
    }

    /// The header that takes it away.
    #[must_use]
    pub fn clear(self) -> (HeaderName, HeaderValue) {
        self.header("", 0)
    }

    fn header(self, value: &str, lives_s: i64) -> (HeaderName, HeaderValue) {
        let text = format!(
            "{}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={lives_s}",
            self.name
        );
        let value = HeaderValue::from_str(&text);
        (
            SET_COOKIE,
            value.unwrap_or_else(|_| HeaderValue::from_static("")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_sim::FakeClock;

    fn sent(cookies: &[&str]) -> Option<Secret> {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(COOKIE, cookie.parse().unwrap());
        }
        SESSION.read(&headers)
    }

    #[test]
    fn a_browser_sends_back_what_it_was_given() {
        let secret = Secret::mint(&FakeClock::new(1));
        let (_, set) = SESSION.set(&secret);
        let set = set.to_str().unwrap();
        assert!(set.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000"));
        let pair = set.split(';').next().unwrap();
        assert_eq!(sent(&[pair]), Some(secret.clone()));
        assert_eq!(sent(&["a=b; c", pair]), Some(secret.clone()));
        assert_eq!(sent(&[pair, pair]), None, "one of them was planted");
        assert_eq!(sent(&["__Host-fluxprint=short"]), None);
        assert_eq!(sent(&[&pair.to_uppercase()]), None);
        assert_ne!(secret.csrf(), secret.hash().to_string());
    }
}
