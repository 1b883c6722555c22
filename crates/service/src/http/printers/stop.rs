//! `POST /v1/printers/{printer}/emergency-stop`, `…/heaters-off` and `DELETE …/temperatures`: said to
//! the bridge at once, before anything is written down.

use super::by_hand::{answered, done, note, outcome};
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
    params(("printer" = String, Path)), responses(
        (status = 204, description = "The machine was told"),
        (status = 202, description = "Said to the bridge, which has not answered yet: look at the printer")))]
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
    params(("printer" = String, Path)), responses(
        (status = 204, description = "The printer was told"),
        (status = 202, description = "Said to the bridge, which has not answered yet: look at the printer")))]
pub async fn heaters_off(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
) -> Result<StatusCode, Failure> {
    let command = Command::HeatersOff { printer };
    say(&service, &caller, printer, command, "heaters off").await
}

/// Cools the printer down: the same as switching its heaters off.
#[utoipa::path(delete, path = "/v1/printers/{printer}/temperatures", tag = "printers",
    params(("printer" = String, Path)), responses(
        (status = 204, description = "The printer was told"),
        (status = 202, description = "Said to the bridge, which has not answered yet: look at the printer")))]
pub async fn cool_down(
    service: State<Arc<Service>>,
    caller: Caller,
    printer: Named<PrinterId>,
) -> Result<StatusCode, Failure> {
    heaters_off(service, caller, printer).await
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
    let sent = service.hub.ask_urgent(printer, command);
    let facts = json!({ "reached": sent.is_ok() });
    note(service, caller, printer, what, &facts).await;
    let Some(answer) = answered(sent?).await else {
        return Ok(StatusCode::ACCEPTED);
    };
    let facts = json!({ "outcome": outcome(Some(&answer)) });
    let what = format!("{what} answered");
    note(service, caller, printer, &what, &facts).await;
    done(Some(answer))
}
