//! What people do to a printer by hand. What heats, moves or connects is said once, to the session
//! that reaches the printer now, with a deadline; what makes it safer is said first in line. The
//! bridge's own answer comes back to the caller.

use crate::http::door::Caller;
use crate::http::dto::by_hand::{HomingSaid, JogSaid, TemperaturesSaid};
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::limits::BRIDGE_ANSWER;
use crate::service::Service;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::Refusal;
use fluxprint_domain::control::{Control, Jog, Targets};
use fluxprint_domain::id::PrinterId;
use fluxprint_domain::limits::CONTROL_DEADLINE_S;
use fluxprint_http::Json as Body;
use fluxprint_link::{ByHand, Command, SafeAnswer};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Heats nozzle and bed and holds them warm for ten minutes, unless a print begins. Refused while
/// something prints and over the printer's limits.
#[utoipa::path(put, path = "/v1/printers/{printer}/temperatures", tag = "printers",
    params(("printer" = String, Path)), request_body = TemperaturesSaid,
    responses((status = 204, description = "The printer was told"),
        (status = 504, description = "Nobody knows whether it was done")))]
pub async fn heat(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
    Body(said): Body<TemperaturesSaid>,
) -> Result<StatusCode, Failure> {
    let targets = Targets {
        nozzle_c: said.nozzle_c,
        bed_c: said.bed_c,
    };
    unsafe_act(&service, &caller, printer, Control::Preheat(targets)).await
}

/// Finds the ends of axes.
#[utoipa::path(post, path = "/v1/printers/{printer}/homing", tag = "printers",
    params(("printer" = String, Path)), request_body = HomingSaid,
    responses((status = 204, description = "The printer was told"),
        (status = 504, description = "Nobody knows whether it was done")))]
pub async fn home(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
    Body(said): Body<HomingSaid>,
) -> Result<StatusCode, Failure> {
    let axes = said.axes.into_iter().map(Into::into).collect();
    unsafe_act(&service, &caller, printer, Control::Home { axes }).await
}

/// Moves the head a step from where it is.
#[utoipa::path(post, path = "/v1/printers/{printer}/jogs", tag = "printers",
    params(("printer" = String, Path)), request_body = JogSaid,
    responses((status = 204, description = "The printer was told"),
        (status = 504, description = "Nobody knows whether it was done")))]
pub async fn jog(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
    Body(said): Body<JogSaid>,
) -> Result<StatusCode, Failure> {
    let jog = Jog {
        x_mm: said.x_mm,
        y_mm: said.y_mm,
        z_mm: said.z_mm,
    };
    unsafe_act(&service, &caller, printer, Control::Jog(jog)).await
}

/// Connects the printer's program to its machine. After an emergency somebody has looked before.
#[utoipa::path(put, path = "/v1/printers/{printer}/connection", tag = "printers",
    params(("printer" = String, Path)),
    responses((status = 204, description = "The printer was told"),
        (status = 504, description = "Nobody knows whether it was done")))]
pub async fn connect(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
) -> Result<StatusCode, Failure> {
    unsafe_act(&service, &caller, printer, Control::Connect).await
}

/// Lets the printer's program let go of its machine.
#[utoipa::path(delete, path = "/v1/printers/{printer}/connection", tag = "printers",
    params(("printer" = String, Path)),
    responses((status = 204, description = "The printer was told"),
        (status = 504, description = "Nobody knows whether it was done")))]
pub async fn disconnect(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
) -> Result<StatusCode, Failure> {
    unsafe_act(&service, &caller, printer, Control::Disconnect).await
}

/// Looks at the printer anew, and at all others of its bridge.
#[utoipa::path(post, path = "/v1/printers/{printer}/refresh", tag = "printers",
    params(("printer" = String, Path)), responses((status = 202, description = "Said to the bridge")))]
pub async fn refresh(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
) -> Result<StatusCode, Failure> {
    let known = service.store.printers(caller.org()).get(printer).await;
    known.map_err(Thing::Printer.missing())?;
    let reach = service.hub.reach(printer).ok_or(Refusal::PrinterOffline)?;
    service.hub.send(printer, reach.session, Command::Refresh)?;
    note(&service, &caller, printer, "refresh", &json!({})).await;
    Ok(StatusCode::ACCEPTED)
}

/// Deletes what ended prints have left in the printer's program. By itself that happens a day after
/// their end; the file that is selected there and those of open prints stay.
#[utoipa::path(delete, path = "/v1/printers/{printer}/files", tag = "printers",
    params(("printer" = String, Path)),
    responses((status = 204, description = "They are gone"),
        (status = 504, description = "Nobody knows whether they are gone")))]
pub async fn tidy(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
) -> Result<StatusCode, Failure> {
    let known = service.store.printers(caller.org()).get(printer).await;
    known.map_err(Thing::Printer.missing())?;
    let reach = service.hub.reach(printer).ok_or(Refusal::PrinterOffline)?;
    let tidy = Command::Tidy { printer };
    let waits = service.hub.ask(printer, reach.session, tidy)?;
    let answer = answered(waits).await;
    let facts = json!({ "outcome": outcome(answer.as_ref()) });
    note(&service, &caller, printer, "files deleted", &facts).await;
    done(answer)
}

/// Heat, move, connect: written down, said once, and its answer written down.
async fn unsafe_act(
    service: &Service,
    caller: &Caller,
    printer: PrinterId,
    control: Control,
) -> Result<StatusCode, Failure> {
    let known = service.store.printers(caller.org()).get(printer).await;
    let known = known.map_err(Thing::Printer.missing())?;
    control.check(&known.build)?;
    let held = service
        .store
        .attempts(caller.org())
        .held_on(printer)
        .await?;
    if held.is_some_and(|held| held.state.may_have_started()) {
        return Err(Refusal::NotWhilePrinting.into());
    }
    let reach = service.hub.reach(printer).ok_or(Refusal::PrinterOffline)?;
    if !reach.reconciled {
        return Err(Refusal::NotReconciled.into());
    }
    let what = control.word();
    let mut facts = json!({ "asked": control });
    let object = printer.to_string();
    let audit = service.store.audit(caller.org());
    // Nothing heats or moves that nobody can look up.
    let now = service.clock.now();
    audit.note(now, caller.who(), what, &object, &facts).await?;
    let order = ByHand {
        printer,
        control,
        session: reach.session,
        not_after: now.plus_s(CONTROL_DEADLINE_S),
    };
    let waits = service
        .hub
        .ask(printer, reach.session, Command::ByHand(order))?;
    let answer = answered(waits).await;
    facts = json!({ "outcome": outcome(answer.as_ref()) });
    let what = format!("{what} answered");
    note(service, caller, printer, &what, &facts).await;
    done(answer)
}

/// The bridge's answer; nothing when there was none in time.
pub(super) async fn answered(waits: oneshot::Receiver<SafeAnswer>) -> Option<SafeAnswer> {
    let answer = tokio::time::timeout(BRIDGE_ANSWER, waits).await;
    answer.ok().and_then(Result::ok)
}

/// The answer in the words of the audit.
pub(super) fn outcome(answer: Option<&SafeAnswer>) -> Value {
    match answer {
        Some(SafeAnswer::Given) => json!("given"),
        Some(SafeAnswer::Refused(why)) => json!({ "refused": why.code }),
        Some(SafeAnswer::Unknown(why)) => json!({ "unknown": why.code }),
        None => json!("no answer"),
    }
}

/// The answer in the words of HTTP.
pub(super) fn done(answer: Option<SafeAnswer>) -> Result<StatusCode, Failure> {
    match answer {
        Some(SafeAnswer::Given) => Ok(StatusCode::NO_CONTENT),
        Some(SafeAnswer::Refused(why)) => Err(Failure::BridgeRefused(why)),
        Some(SafeAnswer::Unknown(_)) | None => Err(Failure::NotKnownWhetherDone),
    }
}

/// Writes down what was done. It is done: that it could not be written down must not look like a
/// failure to do it.
pub(super) async fn note(
    service: &Service,
    caller: &Caller,
    printer: PrinterId,
    what: &str,
    facts: &Value,
) {
    let audit = service.store.audit(caller.org());
    let (object, now) = (printer.to_string(), service.clock.now());
    if let Err(error) = audit.note(now, caller.who(), what, &object, facts).await {
        tracing::error!(%error, %printer, what, "could not be written into the audit");
    }
}
