//! What every part of the service shares.

use crate::camera::Cameras;
use crate::event_socket::LISTENERS_MAX;
use crate::events::Events;
use crate::history::History;
use crate::http::Gate;
use crate::http::door::Trust;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::telling::Running;
use fluxprint_blobs::Blobs;
use fluxprint_domain::Clock;
use fluxprint_slicer::Slicer;
use fluxprint_store::ServiceStore;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What the service is made of; the rest it makes itself.
pub struct Parts {
    /// The database.
    pub store: ServiceStore,
    /// The files.
    pub blobs: Arc<dyn Blobs>,
    /// The slicer.
    pub slicer: Arc<dyn Slicer>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// Whose tokens are believed.
    pub trust: Trust,
    /// What the operator has set.
    pub settings: Settings,
    /// A folder for files that are worked on.
    pub work_root: PathBuf,
}

/// The service: one for a process, behind an [`Arc`].
pub struct Service {
    /// The database.
    pub store: ServiceStore,
    /// The files.
    pub blobs: Arc<dyn Blobs>,
    /// The slicer.
    pub slicer: Arc<dyn Slicer>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// Whose tokens are believed.
    pub trust: Trust,
    /// What the operator has set.
    pub settings: Settings,
    /// A folder for files that are worked on.
    pub work_root: PathBuf,
    /// The connected bridges.
    pub hub: Hub,
    /// The temperatures of the last hours.
    pub history: History,
    /// The cameras of connected bridges.
    pub cameras: Arc<Cameras>,
    /// Who listens to what changes.
    pub events: Events,
    /// The jobs of what runs, for those who listen.
    pub running: Running,
    /// Places for listeners' sockets.
    pub listeners: Arc<Semaphore>,
    /// What is counted.
    pub metrics: Metrics,
    /// Wakes the worker.
    pub work: Notify,
    /// Held by whoever decides what preparing jobs need.
    pub preparing: Mutex<()>,
    /// Ends everything.
    pub stopping: CancellationToken,
    /// The sockets that are open, to be waited for at the end.
    pub sockets: TaskTracker,
    /// What the door of the HTTP side remembers.
    pub gate: Gate,
}

impl Service {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            store,
            blobs,
            slicer,
            clock,
            trust,
            settings,
            work_root,
        } = parts;
        Self {
            gate: Gate::new(&settings),
            store,
            blobs,
            slicer,
            clock,
            trust,
            settings,
            work_root,
            hub: Hub::default(),
            history: History::default(),
            cameras: Arc::default(),
            events: Events::default(),
            running: Running::default(),
            listeners: Arc::new(Semaphore::new(LISTENERS_MAX)),
            metrics: Metrics::default(),
            work: Notify::new(),
            preparing: Mutex::new(()),
            stopping: CancellationToken::new(),
            sockets: TaskTracker::new(),
        }
    }

    /// Tells everybody that rows were changed: listeners, dispatcher and worker look again.
    pub fn changed(&self) {
        self.events.poke();
        self.hub.wake();
        self.work.notify_one();
    }
}
