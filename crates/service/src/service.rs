//! What every part of the service shares.

use crate::events::Events;
use crate::hub::Hub;
use crate::settings::Settings;
use fluxprint_blobs::Blobs;
use fluxprint_domain::Clock;
use fluxprint_slicer::Slicer;
use fluxprint_store::ServiceStore;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The service: its stores, its live sessions, its settings. One a process, behind an `Arc`.
pub struct Service {
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// The database.
    pub store: ServiceStore,
    /// The files.
    pub blobs: Arc<dyn Blobs>,
    /// The slicer.
    pub slicer: Arc<dyn Slicer>,
    /// Folder for work folders of tasks.
    pub work_root: PathBuf,
    /// Live sessions of bridges; wakes the dispatcher.
    pub hub: Hub,
    /// Listeners to what changes.
    pub events: Events,
    /// Wakes the worker.
    pub work: Notify,
    /// Held while jobs that prepare are moved on.
    pub preparing: Mutex<()>,
    /// What an operator may set.
    pub settings: Settings,
    /// Sockets that are open; waited for at the end.
    pub sockets: TaskTracker,
    /// The service is going down.
    pub stopping: CancellationToken,
}
