//! Printers.

pub mod by_hand;
pub mod clear_bed;
pub mod get;
pub mod list;
pub mod load;
pub mod stop;
pub mod tag;
pub mod temperatures;

use super::door::Caller;
use super::dto::printer::PrinterShown;
use super::failure::{Failure, Thing};
use crate::service::Service;
use fluxprint_domain::id::{OrganisationId, PrinterId};
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::Held;
use fluxprint_store::service::printer::Printer;

/// A printer as it is now, for whoever may see everything.
pub async fn now(
    service: &Service,
    organisation: OrganisationId,
    id: PrinterId,
) -> Result<PrinterShown, StoreError> {
    let printer = service.store.printers(organisation).get(id).await?;
    let held = service.store.attempts(organisation).held_on(id).await?;
    Ok(with(service, organisation, printer, held))
}

/// A printer as this caller may see it.
async fn shown(service: &Service, caller: &Caller, id: PrinterId) -> Result<PrinterShown, Failure> {
    let printer = now(service, caller.org(), id).await;
    Ok(printer
        .map_err(Thing::Printer.missing())?
        .for_caller(caller))
}

/// A printer with what is known of it in memory.
fn with(
    service: &Service,
    organisation: OrganisationId,
    printer: Printer,
    held: Option<Held>,
) -> PrinterShown {
    let camera = service.cameras.has(organisation, printer.id);
    let (reach, seen) = (service.hub.reach(printer.id), service.hub.seen(printer.id));
    PrinterShown::new(printer, held, reach, seen, service.clock.now()).with_camera(camera)
}
