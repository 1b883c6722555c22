//! What everything waits for: the obstacle that the dispatcher sees, for people.

use crate::dispatcher::next::startable;
use crate::dispatcher::{candidates, facts, needs};
use crate::service::Service;
use fluxprint_domain::Refusal;
use fluxprint_domain::id::{CopyId, OrganisationId};
use fluxprint_domain::job::State;
use fluxprint_domain::matching::{Candidate, Needs, hand_out};
use fluxprint_domain::queue::OrderVersion;
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::Attempt;
use fluxprint_store::service::copy::Copy;
use fluxprint_store::service::printer::Printer;
use std::collections::HashMap;

/// The printers of an organisation and what waits for them, at one moment.
pub struct Floor {
    /// Whether printing is on hold.
    pub on_hold: bool,
    /// Which version of the queue's order is the newest.
    pub order_version: OrderVersion,
    pub(super) printers: Vec<Printer>,
    pub(super) open: Vec<Attempt>,
    pub(super) candidates: Vec<Candidate>,
    waiting: HashMap<CopyId, Waits>,
}

/// A copy that waits for a printer.
struct Waits {
    needs: Needs,
    /// What it waits for; `None` when the dispatcher is about to give it a printer.
    why: Option<Refusal>,
}

impl Floor {
    /// Looks around.
    pub async fn look(service: &Service, org: OrganisationId) -> Result<Self, StoreError> {
        let organisation = service.store.organisations().get(org).await?;
        let on_hold = organisation.hold;
        let printers = service.store.printers(org).list().await?;
        let open = service.store.attempts(org).open().await?;
        let waiting = service.store.jobs(org).waiting().await?;
        let candidates = candidates(service, &printers, &open);
        let asked: Vec<Needs> = waiting.iter().map(needs).collect();
        let whys = hand_out(on_hold, &asked, &candidates);
        let waits = asked.into_iter().zip(whys);
        let waits = waits.map(|(needs, why)| Waits {
            needs,
            why: why.err(),
        });
        let waiting = waiting.iter().map(|copy| copy.copy).zip(waits).collect();
        Ok(Self {
            on_hold,
            order_version: organisation.order_version,
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
        self.waiting.get(&copy.id).map(|waits| &waits.needs)
    }

    /// What a copy waits for; `None` when it waits for nothing that people could change.
    pub fn why(&self, service: &Service, copy: &Copy) -> Option<Refusal> {
        match copy.state {
            State::Queued => self.waiting.get(&copy.id)?.why.clone(),
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
