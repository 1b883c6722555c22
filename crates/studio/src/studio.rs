//! What every part of the studio shares.

use crate::changes::Changes;
use crate::gateway::Gateway;
use crate::handover::Bell;
use crate::http::door::Gate;
use crate::keys::Keys;
use crate::live::Live;
use crate::settings::Settings;
use crate::uploads::Uploads;
use fluxprint_blobs::Drafts;
use fluxprint_domain::Clock;
use fluxprint_store::StudioStore;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What the studio is made of; the rest it makes itself.
pub struct Parts {
    /// The database.
    pub store: StudioStore,
    /// The files, in a folder of their own.
    pub blobs: Arc<dyn Drafts>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// What signs the tokens of the seam.
    pub keys: Keys,
    /// The way to the print service.
    pub gateway: Gateway,
    /// What the operator has set.
    pub settings: Settings,
}

/// The studio: one for a process, behind an [`Arc`].
pub struct Studio {
    /// The database.
    pub store: StudioStore,
    /// The files.
    pub blobs: Arc<dyn Drafts>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// What signs the tokens of the seam.
    pub keys: Keys,
    /// The way to the print service.
    pub gateway: Gateway,
    /// What the operator has set.
    pub settings: Settings,
    /// What open sockets must hear at once.
    pub changes: Changes,
    /// The open pages.
    pub live: Live,
    /// Who goes on with which upload.
    pub(crate) uploads: Uploads,
    /// Wakes the loop that tells the print service.
    pub handover: Bell,
    /// Ends everything.
    pub stopping: CancellationToken,
    /// The sockets that are open, to be waited for at the end.
    pub sockets: TaskTracker,
    /// What the door of the HTTP side remembers.
    pub gate: Gate,
}

impl Studio {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            store,
            blobs,
            clock,
            keys,
            gateway,
            settings,
        } = parts;
        Self {
            gate: Gate::new(&settings),
            store,
            blobs,
            clock,
            keys,
            gateway,
            settings,
            changes: Changes::default(),
            live: Live::default(),
            uploads: Uploads::default(),
            handover: Bell::default(),
            stopping: CancellationToken::new(),
            sockets: TaskTracker::new(),
        }
    }
}
