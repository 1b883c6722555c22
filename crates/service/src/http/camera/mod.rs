//! Looking through a printer's camera: a stream of pictures as MJPEG or over a socket, and single
//! ones. Each needs the right to look, and nothing of it is stored anywhere.

pub mod snapshot;
pub mod socket;
pub mod stream;
pub(super) mod words;

use super::door::Caller;
use super::failure::{Failure, Thing};
use crate::camera::limits::FPS;
use crate::camera::{Unseen, Viewer};
use crate::service::Service;
use fluxprint_domain::id::PrinterId;
use fluxprint_link::camera::FPS_MAX;
use serde::Deserialize;

/// How fast.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// Pictures in a second.
    fps: Option<u8>,
}

impl Wish {
    fn fps(&self) -> u8 {
        self.fps.unwrap_or(FPS).clamp(1, FPS_MAX)
    }
}

/// Looks through the camera of a printer of the caller's organisation.
async fn look(
    service: &Service,
    caller: &Caller,
    printer: PrinterId,
    fps: u8,
) -> Result<Viewer, Failure> {
    let known = service.store.printers(caller.org()).get(printer).await;
    known.map_err(Thing::Printer.missing())?;
    let now = service.clock.monotonic();
    let viewer = service.cameras.look(caller.org(), printer, fps, now);
    viewer.map_err(|unseen| match unseen {
        Unseen::NoCamera => Failure::NoCamera,
        Unseen::TooMany => Failure::TooManyViewers,
    })
}
