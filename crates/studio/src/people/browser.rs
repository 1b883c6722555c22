//! The browser that knocks: what it calls itself, whether somebody has signed in from it before.

use crate::http::Failure;
use crate::http::cookie::{BROWSER, SESSION, Secret};
use crate::limits::DEVICE_CHARS_MAX;
use crate::studio::Studio;
use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use fluxprint_domain::id::SignInId;
use fluxprint_http::client_address;
use fluxprint_store::studio::session::NewSession;
use std::net::IpAddr;
use std::sync::Arc;

/// A browser without a session, or before a new one.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// What it is, in words for its owner.
    pub device: String,
    /// By what it is remembered; new ones get one when they are let in.
    pub secret: Secret,
    /// The session it holds now.
    pub session: Option<Secret>,
    /// From where it calls.
    pub address: Option<IpAddr>,
}

impl FromRequestParts<Arc<Studio>> for Browser {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, studio: &Arc<Studio>) -> Result<Self, Failure> {
        let says = parts.headers.get(USER_AGENT);
        let says = says.and_then(|text| text.to_str().ok()).unwrap_or_default();
        let remembered = BROWSER.read(&parts.headers);
        Ok(Self {
            device: device(says),
            secret: remembered.unwrap_or_else(|| Secret::mint(studio.clock.as_ref())),
            session: SESSION.read(&parts.headers),
            address: client_address(parts, &studio.settings.trusted_proxies),
        })
    }
}

/// A session about to begin.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub id: SignInId,
    pub secret: Secret,
    device: String,
}

impl Ticket {
    pub(crate) fn new(browser: &Browser, studio: &Studio) -> Self {
        Self {
            id: SignInId::fresh(studio.clock.as_ref()),
            secret: Secret::mint(studio.clock.as_ref()),
            device: browser.device.clone(),
        }
    }

    pub(crate) fn session(&self) -> NewSession<'_> {
        NewSession {
            id: self.id,
            secret_sha256: self.secret.hash(),
            device: &self.device,
        }
    }
}

/// The first of these that a browser names; later ones are what every browser pretends to be.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
];

/// "Firefox on Linux".
fn device(says: &str) -> String {
    let named = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(part, _)| says.contains(part));
        found.map(|(_, name)| *name)
    };
    let words = match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    };
    words.chars().take(DEVICE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_in_words_and_never_in_its_own() {
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) \
            Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0";
        assert_eq!(device(edge), "Edge on Windows");
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1";
        assert_eq!(device(iphone), "Safari on iPhone");
        assert_eq!(device("<script>alert(1)</script>"), "Unknown browser");
    }
}
