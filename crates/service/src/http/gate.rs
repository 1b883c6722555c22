//! What the door remembers between calls.

use super::answers::Answers;
use super::door::{Remembered, Strangers};
use crate::settings::Settings;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::OrganisationId;
use fluxprint_http::limits::UPLOADS_AT_ONCE;
use fluxprint_http::{Lanes, Paces};
use fluxprint_store::{ServiceStore, StoreError};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Organisations that are remembered to be known to the store.
const ORGANISATIONS_REMEMBERED_MAX: usize = 10_000;

/// The memory of the door: losing it costs a few look-ups.
#[derive(Debug)]
pub struct Gate {
    pub(crate) lanes: Lanes,
    pub(crate) remembered: Remembered,
    pub(crate) answers: Answers,
    pub(crate) callers: Paces<(OrganisationId, String, &'static str)>,
    pub(crate) strangers: Strangers,
    known: Mutex<HashSet<OrganisationId>>,
}

impl Gate {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            lanes: Lanes::new(settings.limits.calls_at_once, UPLOADS_AT_ONCE),
            remembered: Remembered::default(),
            answers: Answers::default(),
            callers: Paces::default(),
            strangers: Strangers::default(),
            known: Mutex::default(),
        }
    }

    /// Makes an organisation known to the store when its first call comes. Only a believed token
    /// gets here.
    pub(crate) async fn introduce(
        &self,
        store: &ServiceStore,
        organisation: OrganisationId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.known().contains(&organisation) {
            return Ok(());
        }
        let name = organisation.to_string();
        store
            .organisations()
            .ensure(organisation, &name, now)
            .await?;
        let mut known = self.known();
        if known.len() >= ORGANISATIONS_REMEMBERED_MAX {
            known.clear();
        }
        known.insert(organisation);
        Ok(())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashSet<OrganisationId>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
