//! Slows down those who try pairing codes (B-01): everybody together, and each address.

use crate::http::failure::Failure;
use crate::limits::{
    PAIRING_TRIES_PER_ADDRESS, PAIRING_TRIES_PER_MINUTE, PAIRINGS_PER_ADDRESS, PAIRINGS_PER_MINUTE,
};
use axum::http::request::Parts;
use fluxprint_domain::Monotonic;
use fluxprint_domain::id::OrganisationId;
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
const BEGIN_ALL: Pace = Pace {
    count: PAIRINGS_PER_MINUTE,
    window_s: 60,
    burst: PAIRINGS_PER_MINUTE,
};
const BEGIN_EACH: Pace = Pace {
    count: PAIRINGS_PER_ADDRESS,
    window_s: 600,
    burst: PAIRINGS_PER_ADDRESS,
};

/// Somebody who types codes.
pub(crate) type Typist = (OrganisationId, String);

/// The pace of strangers, and of people who type what a stranger shows.
#[derive(Debug, Default)]
pub(crate) struct Strangers {
    all: Paces<()>,
    each: Paces<IpAddr>,
    people: Paces<Typist>,
    begun: Paces<()>,
    begun_each: Paces<IpAddr>,
}

fn too_often(retry_after_s: i64) -> Failure {
    Failure::TooOften { retry_after_s }
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
        self.all.hit((), ALL, now).map_err(too_often)?;
        let address = client_address(parts, trusted_proxies);
        if let Some(address) = address {
            self.each.hit(address, EACH, now).map_err(too_often)?;
        }
        Ok(address)
    }

    /// Counts a pairing that is begun; tells where the call comes from.
    pub(crate) fn begins(
        &self,
        parts: &Parts,
        trusted_proxies: &[IpAddr],
        now: Monotonic,
    ) -> Result<Option<IpAddr>, Failure> {
        let address = client_address(parts, trusted_proxies);
        if let Some(address) = address {
            let hit = self.begun_each.hit(address, BEGIN_EACH, now);
            hit.map_err(too_often)?;
        }
        self.begun.hit((), BEGIN_ALL, now).map_err(too_often)?;
        Ok(address)
    }

    /// Counts a code that a signed-in person types.
    pub(crate) fn person_tries(
        &self,
        org: OrganisationId,
        who: &str,
        now: Monotonic,
    ) -> Result<Typist, Failure> {
        let person = (org, who.to_owned());
        let hit = self.people.hit(person.clone(), EACH, now);
        hit.map_err(too_often)?;
        if let Err(retry_after_s) = self.all.hit((), ALL, now) {
            // That others are many is not held against this one.
            self.people.forgive(&person, EACH);
            return Err(too_often(retry_after_s));
        }
        Ok(person)
    }

    /// The code was right: nothing is held against this person.
    pub(crate) fn person_was_right(&self, person: &Typist) {
        self.people.forgive(person, EACH);
        self.all.forgive(&(), ALL);
    }

    /// The code was right: nothing is held against this address.
    pub(crate) fn was_right(&self, address: Option<IpAddr>) {
        if let Some(address) = address {
            self.each.forgive(&address, EACH);
        }
    }
}
