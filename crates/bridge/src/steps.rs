//! The bridge without its loops: what the loops of [`crate::Bridge`] drive, open to a simulation that
//! drives the same steps on its own time, over a simulated network, source of files and printer.

pub use crate::attendant::{Attendant, Beside, StagingEnded};
pub use crate::desk::{Desk, Office, Order, Patience};
pub use crate::session::{Ended, Session};
pub use crate::start::Started;

use crate::credentials::Credentials;
use crate::error::BridgeError;
use crate::journal::Journal;
use crate::limits::{ORDERS_MAX, Pace};
use crate::run::OwnPrinter;
use crate::staging::{Artifacts, Cache, Depot, Source};
use fluxprint_domain::Clock;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Everybody of one bridge, ready to work.
pub struct Crew {
    /// What they share.
    pub office: Arc<Office>,
    /// The printers, as a session sees them.
    pub desks: Vec<Arc<Desk>>,
    /// For each printer its attendant, and the line of orders before it.
    pub attendants: Vec<(Attendant, mpsc::Receiver<Order>)>,
}

impl Crew {
    /// Opens the journal and the cache in the data folder and takes up the printers.
    ///
    /// # Errors
    /// [`BridgeError`] when the data folder or the journal cannot be used.
    pub async fn open(
        folder: &Path,
        (source, credentials): (Arc<dyn Source>, Arc<Credentials>),
        printers: Vec<OwnPrinter>,
        (clock, patience): (Arc<dyn Clock>, Arc<dyn Patience>),
        pace: Pace,
    ) -> Result<Self, BridgeError> {
        let journal = Journal::open(&folder.join("journal.db"), clock.clone()).await?;
        let cache = Cache::new(folder.join("cache"), clock.clone())
            .map_err(BridgeError::disk("The folder for print files"))?;
        let depot = Depot::new(Artifacts::new(source), cache);
        let office = Arc::new(Office::new(
            (clock, credentials),
            journal,
            depot,
            pace,
            patience,
        ));
        let (mut desks, mut attendants) = (Vec::new(), Vec::new());
        for own in printers {
            let (orders, taken) = mpsc::channel(ORDERS_MAX);
            let desk = Arc::new(Desk::new(own, orders));
            let attendant = Attendant::new(desk.clone(), office.clone()).await?;
            attendants.push((attendant, taken));
            desks.push(desk);
        }
        Ok(Self {
            office,
            desks,
            attendants,
        })
    }
}
