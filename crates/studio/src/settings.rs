//! What an operator may set for this room.

use crate::limits;
use fluxprint_domain::limits::{GCODE_BYTES_MAX, MODEL_BYTES_MAX, OTHER_BYTES_MAX};
use std::net::IpAddr;
use url::Url;

/// The settings of the studio.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which people open the pages; links begin with it.
    pub public_url: Url,
    /// Other origins that are the studio's own: another spelling of this machine.
    pub own_origins: Vec<String>,
    /// Proxies in front of the studio. Only what they say about a caller's address is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether callers reach the studio through TLS only, so that browsers may be told to insist.
    pub tls_only: bool,
    /// Where somebody who has found a hole is to write: a `mailto:` or `https:` address.
    pub security_contact: Option<Url>,
    /// The limits that may be moved.
    pub limits: Limits,
}

impl Settings {
    /// The defaults under an address.
    #[must_use]
    pub fn at(public_url: Url) -> Self {
        Self {
            public_url,
            own_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            tls_only: false,
            security_contact: None,
            limits: Limits::default(),
        }
    }

    /// Whether pages of `origin` are the studio's own: exactly, with scheme, host and port.
    #[must_use]
    pub fn is_own_origin(&self, origin: &str) -> bool {
        origin == self.public_url.origin().ascii_serialization()
            || self.own_origins.iter().any(|own| own == origin)
    }
}

/// The limits that may be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a model.
    pub model_bytes: u64,
    /// Bytes of G-code.
    pub gcode_bytes: u64,
    /// Bytes of a file that is never printed.
    pub other_bytes: u64,
    /// Bytes of all files of an organisation.
    pub quota_bytes: u64,
    /// Uploads begun by a person in a minute, and at once.
    pub uploads_per_minute: (u32, u32),
    /// Ordinary calls worked on at the same time.
    pub calls_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            model_bytes: MODEL_BYTES_MAX,
            gcode_bytes: GCODE_BYTES_MAX,
            other_bytes: OTHER_BYTES_MAX,
            quota_bytes: limits::QUOTA_BYTES,
            uploads_per_minute: limits::UPLOADS_PER_MINUTE,
            calls_at_once: fluxprint_http::limits::CALLS_AT_ONCE,
        }
    }
}
