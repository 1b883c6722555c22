//! Slows down those who try pairing codes (B-01): everybody together, and each address.

use crate::http::failure::Failure;
use crate::limits::{PAIRING_TRIES_PER_ADDRESS, PAIRING_TRIES_PER_MINUTE};
use axum::http::request::Parts;
use fluxprint_domain::Monotonic;
use fluxprint_http::{Pace, Paces, client_address};
use std::net::IpAddr;

const ALL: Pace = Pace {
    count: PAIRING_TRIES_PER_MINUTE,
    window_s: 60,
    burst: PAIRING_TRIES_PER_MINUTE,
};
const EACH: Pace = Pace {
    count: PAIRING_TRIES_PER_ADDRESS,
    window_s: 600,
    burst: PAIRING_TRIES_PER_ADDRESS,
};

/// The pace of strangers.
#[derive(Debug, Default)]
pub(crate) struct Strangers {
    all: Paces<()>,
    each: Paces<IpAddr>,
}

impl Strangers {
    /// Counts a try. Where nobody can say from which address it comes, only all together are
    /// slowed down.
    pub(crate) fn tries(
        &self,
        parts: &Parts,
        trusted_proxies: &[IpAddr],
        now: Monotonic,
    ) -> Result<Option<IpAddr>, Failure> {
        let too_often = |retry_after_s| Failure::TooOften { retry_after_s };
        self.all.hit((), ALL, now).map_err(too_often)?;
        let address = client_address(parts, trusted_proxies);
        if let Some(address) = address {
            self.each.hit(address, EACH, now).map_err(too_often)?;
        }
        Ok(address)
    }

    /// The code was right: nothing is held against this address.
    pub(crate) fn was_right(&self, address: Option<IpAddr>) {
        if let Some(address) = address {
            self.each.forgive(&address, EACH);
        }
    }
}
