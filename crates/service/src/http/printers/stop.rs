//! `POST /v1/printers/{printer}/emergency-stop` and `…/heaters-off`: said to the bridge at once,
//! before anything is written down.

use crate::http::door::Caller;
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::PrinterId;
use fluxprint_link::Command;
use serde_json::json;
use std::sync::Arc;

/// Stops the machine at once (M112). Afterwards a person has to look at it.
#[utoipa::path(post, path = "/v1/printers/{printer}/emergency-stop", tag = "printers",
    params(("printer" = String, Path)), responses((status = 202, description = "Said to the bridge")))]
pub async fn emergency_stop(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
) -> Result<StatusCode, Failure> {
    let command = Command::EmergencyStop { printer };
    say(&service, &caller, printer, command, "emergency stop").await
}

/// Switches the heaters of the printer off.
#[utoipa::path(post, path = "/v1/printers/{printer}/heaters-off", tag = "printers",
    params(("printer" = String, Path)), responses((status = 202, description = "Said to the bridge")))]
pub async fn heaters_off(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
) -> Result<StatusCode, Failure> {
    let command = Command::HeatersOff { printer };
    say(&service, &caller, printer, command, "heaters off").await
}

async fn say(
    service: &Service,
    caller: &Caller,
    printer: PrinterId,
    command: Command,
    what: &str,
) -> Result<StatusCode, Failure> {
    let known = service.store.printers(caller.org()).get(printer).await;
    known.map_err(Thing::Printer.missing())?;
    let sent = service.hub.send_urgent(printer, command);
    let facts = json!({ "reached": sent.is_ok() });
    let audit = service.store.audit(caller.org());
    let (object, now) = (printer.to_string(), service.clock.now());
    let noted = audit.note(now, caller.who(), what, &object, &facts).await;
    // It was said; that it could not be written down must not look like a failure to stop.
    if let Err(error) = noted {
        tracing::error!(%error, %printer, what, "could not be written into the audit");
    }
    sent?;
    Ok(StatusCode::ACCEPTED)
}
