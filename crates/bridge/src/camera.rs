//! The cameras beside the printers: found here, pulled once each, and only while the service asks.
//!
//! ```text
//!  finder ──► sources ──► eyes (one pull each) ──► newest pictures ──► line (the second socket)
//! ```
//!
//! Nothing of it touches the session that carries commands: it has a socket of its own, which is
//! dialled only while a session is open and at least one camera is known, and names that session.
//! A picture that is not sent before the next one comes is forgotten (B-11).

mod eye;
mod finder;
pub mod limits;
mod line;
mod mjpeg;
mod newest;
mod pull;

pub use limits::Pace;

use crate::config::PrinterConfig;
use crate::desk::Desk;
use crate::dial::{Backoff, dial_camera};
use crate::run::Opened;
use crate::service::Service;
use fluxprint_domain::Clock;
use fluxprint_printers::Webcam;
use reqwest::Url;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// The cameras of the local configuration, and the times to keep with all of them.
#[derive(Clone, Debug, Default)]
pub struct Cameras {
    /// By the printer's local name. A printer that is not among them has the camera that its
    /// program tells, if it tells one.
    pub addresses: BTreeMap<String, Url>,
    /// The times.
    pub pace: Pace,
}

impl Cameras {
    /// Those that the configuration names, at the ordinary pace.
    #[must_use]
    pub fn told(printers: &[PrinterConfig]) -> Self {
        let told = printers.iter().filter_map(|printer| {
            let address = printer.camera_url.clone()?;
            Some((printer.name.clone(), address))
        });
        Self {
            addresses: told.collect(),
            pace: Pace::default(),
        }
    }
}

/// Where each printer's camera is, as far as that is known.
type Sources = BTreeMap<String, Webcam>;

/// What the parts of this room share.
pub(crate) struct Room {
    pub cameras: Cameras,
    pub clock: Arc<dyn Clock>,
    pub client: reqwest::Client,
}

/// Runs until it is dropped.
pub(crate) async fn run(
    cameras: Cameras,
    desks: Vec<Arc<Desk>>,
    service: Service,
    clock: Arc<dyn Clock>,
    mut opened: watch::Receiver<Option<Opened>>,
) {
    let Some(client) = pull::client() else {
        tracing::error!("cameras are not available: TLS cannot be set up");
        return;
    };
    let room = Arc::new(Room {
        cameras,
        clock,
        client,
    });
    let (told, mut sources) = watch::channel(Sources::new());
    let finding = finder::find(&room, &desks, &told, opened.clone());
    let talking = async {
        let mut backoff = Backoff::new(room.cameras.pace.dial_ms);
        loop {
            let Ok(open) = opened.wait_for(Option::is_some).await.map(|open| *open) else {
                return;
            };
            let Some(open) = open else { continue };
            if sources.wait_for(|known| !known.is_empty()).await.is_err() {
                return;
            }
            match dial_camera(&service).await {
                Ok(socket) => {
                    let ended = line::talk(&room, socket, open, &mut sources, &mut opened).await;
                    tracing::info!("the camera socket is closed: {ended}");
                    if ended.was_good() {
                        backoff.start_over();
                    }
                }
                Err(error) => tracing::warn!("no camera socket: {error}"),
            }
            tokio::time::sleep(backoff.next(room.clock.as_ref())).await;
        }
    };
    tokio::join!(finding, talking);
}
