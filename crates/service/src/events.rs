//! What changed, told to everybody who listens.
//!
//! Changes of state are rows of the outbox, written with the change itself. Whoever commits one
//! pokes; one publisher reads the new rows and hands them to the listeners. A lost poke costs one
//! poll interval. Telemetry never becomes a row and is handed on as it comes.

use fluxprint_domain::Timestamp;
use fluxprint_domain::id::OrganisationId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, broadcast};

/// Events kept for a listener that is slow; beyond it the listener is told of a gap.
pub const EVENTS_WAITING_MAX: usize = 1_024;

/// Something that changed in one organisation.
#[derive(Clone, Debug)]
pub struct Event {
    /// Number in the organisation's outbox; `None` for what was never written down.
    pub seq: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// Its name (product document 4.7), for example `print:status-update`.
    pub name: String,
    /// The facts.
    pub payload: serde_json::Value,
}

impl Event {
    /// One that was seen, not written down.
    #[must_use]
    pub fn unwritten(at: Timestamp, name: &str, payload: serde_json::Value) -> Self {
        Self {
            seq: None,
            at,
            name: name.to_owned(),
            payload,
        }
    }
}

/// The listeners of every organisation in this process.
#[derive(Debug, Default)]
pub struct Events {
    listeners: Mutex<HashMap<OrganisationId, broadcast::Sender<Arc<Event>>>>,
    poked: Notify,
}

impl Events {
    fn listeners(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<OrganisationId, broadcast::Sender<Arc<Event>>>> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the publisher that rows were added.
    pub fn poke(&self) {
        self.poked.notify_one();
    }

    /// Waits for [`Events::poke`].
    pub async fn poked(&self) {
        self.poked.notified().await;
    }

    /// Listens to an organisation from now on.
    pub fn subscribe(&self, organisation: OrganisationId) -> broadcast::Receiver<Arc<Event>> {
        self.listeners()
            .entry(organisation)
            .or_insert_with(|| broadcast::channel(EVENTS_WAITING_MAX).0)
            .subscribe()
    }

    /// Whether anybody listens to this organisation.
    #[must_use]
    pub fn heard(&self, organisation: OrganisationId) -> bool {
        self.listeners()
            .get(&organisation)
            .is_some_and(|sender| sender.receiver_count() > 0)
    }

    /// Hands an event to those who listen; forgets organisations nobody listens to.
    pub fn publish(&self, organisation: OrganisationId, event: Event) {
        let mut listeners = self.listeners();
        if let Some(sender) = listeners.get(&organisation)
            && sender.send(Arc::new(event)).is_err()
        {
            listeners.remove(&organisation);
        }
    }
}
