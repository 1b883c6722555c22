//! What everything waits for: the obstacle that the dispatcher sees, for people.

use crate::dispatcher::next::startable;
use crate::dispatcher::{candidate, facts, needs};
use crate::service::Service;
use fluxprint_domain::Refusal;
use fluxprint_domain::id::{CopyId, OrganisationId};
use fluxprint_domain::job::State;
use fluxprint_domain::matching::{Candidate, Needs, choose};
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::Attempt;
use fluxprint_store::service::copy::Copy;
use fluxprint_store::service::printer::Printer;
use std::collections::HashMap;

/// The printers of an organisation and what waits for them, at one moment.
pub struct Floor {
    /// Whether printing is on hold.
    pub on_hold: bool,
    pub(super) printers: Vec<Printer>,
    pub(super) open: Vec<Attempt>,
    pub(super) candidates: Vec<Candidate>,
    waiting: HashMap<CopyId, Needs>,
}

impl Floor {
    /// Looks around.
    pub async fn look(service: &Service, org: OrganisationId) -> Result<Self, StoreError> {
        let on_hold = service.store.organisations().get(org).await?.hold;
        let printers = service.store.printers(org).list().await?;
        let open = service.store.attempts(org).open().await?;
        let waiting = service.store.jobs(org).waiting().await?;
        let candidates = printers
            .iter()
            .map(|p| candidate(service, p, &open))
            .collect();
        let waiting = waiting
            .iter()
            .map(|copy| (copy.copy, needs(copy)))
            .collect();
        Ok(Self {
            on_hold,
            printers,
            open,
            candidates,
            waiting,
        })
    }

    /// The open try of a copy.
    pub fn attempt(&self, copy: &Copy) -> Option<&Attempt> {
        self.open
            .iter()
            .find(|attempt| Some(attempt.id) == copy.attempt)
    }

    /// What a copy that waits for a printer needs of it.
    pub fn needs(&self, copy: &Copy) -> Option<&Needs> {
        self.waiting.get(&copy.id)
    }

    /// What a copy waits for; `None` when it waits for nothing that people could change.
    pub fn why(&self, service: &Service, copy: &Copy) -> Option<Refusal> {
        match copy.state {
            State::Queued if self.on_hold => Some(Refusal::OrganisationOnHold),
            State::Queued => choose(self.needs(copy)?, &self.candidates).err(),
            State::Assigned => self.before_start(service, self.attempt(copy)?),
            _ => None,
        }
    }

    /// What keeps the start of a try back.
    pub fn before_start(&self, service: &Service, attempt: &Attempt) -> Option<Refusal> {
        if attempt.state.may_have_started() {
            return None;
        }
        let printer = self
            .printers
            .iter()
            .find(|printer| printer.id == attempt.printer)?;
        startable(&facts(service, attempt, printer, self.on_hold, None)).err()
    }
}
