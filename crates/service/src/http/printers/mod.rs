//! Printers.

pub mod clear_bed;
pub mod get;
pub mod list;
pub mod load;
pub mod stop;

use super::dto::printer::PrinterShown;
use crate::service::Service;
use fluxprint_store::service::printer::Printer;

/// A printer with what is known of it in memory.
fn shown(service: &Service, printer: Printer) -> PrinterShown {
    let (reach, seen) = (service.hub.reach(printer.id), service.hub.seen(printer.id));
    PrinterShown::new(printer, reach, seen, service.clock.now())
}
