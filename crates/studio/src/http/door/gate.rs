//! What the door remembers between calls; losing it costs nobody anything.

use crate::http::failure::Failure;
use crate::limits::{
    CAMERAS_AT_ONCE_OF_ONE, CHANGES_PER_MINUTE, STRANGERS_PER_TEN_MINUTES, UPLOADS_AT_ONCE_OF_ONE,
};
use crate::people::Hashing;
use crate::settings::Settings;
use fluxprint_domain::Monotonic;
use fluxprint_domain::id::PersonId;
use fluxprint_http::limits::UPLOADS_AT_ONCE;
use fluxprint_http::{Full, Lane, Lanes, Left, Pace, Paces, Share, Shares};
use std::net::IpAddr;
use std::sync::Arc;

const STRANGERS: Pace = Pace {
    count: STRANGERS_PER_TEN_MINUTES.0,
    window_s: 600,
    burst: STRANGERS_PER_TEN_MINUTES.1,
};

/// Addresses behind a proxy that does not say whose they are: all of them together.
const NAMELESS: u32 = 10;

/// The memory of the door.
#[derive(Debug)]
pub struct Gate {
    pub(crate) lanes: Lanes,
    pub(crate) hashing: Hashing,
    people: Paces<(PersonId, &'static str)>,
    strangers: Paces<Option<IpAddr>>,
    uploads: Arc<Shares<PersonId>>,
    cameras: Arc<Shares<PersonId>>,
}

impl Gate {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            lanes: Lanes::new(settings.limits.calls_at_once, UPLOADS_AT_ONCE),
            hashing: Hashing::default(),
            people: Paces::default(),
            strangers: Paces::default(),
            uploads: Shares::of(UPLOADS_AT_ONCE_OF_ONE),
            cameras: Shares::of(CAMERAS_AT_ONCE_OF_ONE),
        }
    }

    /// Counts a call of somebody who is not signed in.
    pub(crate) fn stranger(&self, address: Option<IpAddr>, now: Monotonic) -> Result<(), Failure> {
        let many = |pace: Pace| Pace {
            count: pace.count * NAMELESS,
            burst: pace.burst * NAMELESS,
            ..pace
        };
        let pace = address.map_or_else(|| many(STRANGERS), |_| STRANGERS);
        let hit = self.strangers.hit(address, pace, now);
        hit.map(drop)
            .map_err(|retry_after_s| Failure::TooOften { retry_after_s })
    }

    /// A person's own place in a lane that is everybody's, held until the answer.
    pub(crate) fn share(&self, lane: Lane, who: PersonId) -> Result<Option<Share<PersonId>>, Full> {
        match lane {
            Lane::Upload => self.uploads.take(who).map(Some),
            Lane::Ordinary | Lane::Safe | Lane::Stream => Ok(None),
        }
    }

    /// One more camera picture of a person, until it is dropped.
    pub(crate) fn camera(&self, who: PersonId) -> Result<Share<PersonId>, Full> {
        self.cameras.take(who)
    }

    /// Counts a change.
    pub(crate) fn change(&self, person: PersonId, now: Monotonic) -> Result<Left, Failure> {
        self.person(person, "changes", CHANGES_PER_MINUTE, now)
    }

    /// Counts something of a person against so many a minute, and so many at once.
    pub(crate) fn person(
        &self,
        person: PersonId,
        budget: &'static str,
        (count, burst): (u32, u32),
        now: Monotonic,
    ) -> Result<Left, Failure> {
        let pace = Pace {
            count,
            window_s: 60,
            burst,
        };
        let left = self.people.hit((person, budget), pace, now);
        left.map(|calls| Left { budget, calls })
            .map_err(|retry_after_s| Failure::TooOften { retry_after_s })
    }
}
