//! Gives waiting copies to printers.

use super::WHO;
use crate::hub::Reach;
use crate::report::GcodeReport;
use crate::service::Service;
use fluxprint_domain::id::{AttemptId, OrganisationId};
use fluxprint_domain::matching::{Candidate, Needs, hand_out};
use fluxprint_domain::printer::{Build, PrinterState};
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::{Attempt, NewAttempt};
use fluxprint_store::service::job::Waiting;
use fluxprint_store::service::printer::Printer;

/// Gives waiting copies to printers, as [`hand_out`] says.
pub(super) async fn assign(
    service: &Service,
    organisation: OrganisationId,
    printers: &[Printer],
) -> Result<(), StoreError> {
    let open = service.store.attempts(organisation).open().await?;
    let candidates = candidates(service, printers, &open);
    // Nobody could take anything: the queue, which may be long, need not be read.
    if !candidates.iter().any(Candidate::is_free) {
        return Ok(());
    }
    let waiting = service.store.jobs(organisation).waiting().await?;
    let asked: Vec<Needs> = waiting.iter().map(needs).collect();
    let answers = hand_out(false, &asked, &candidates);
    for (copy, answer) in waiting.iter().zip(answers) {
        let Ok(printer) = answer else { continue };
        let new = NewAttempt {
            id: AttemptId::fresh(&*service.clock),
            copy: copy.copy,
            printer,
            gcode_sha256: copy.gcode_sha256,
            gcode_bytes: copy.gcode_bytes,
        };
        let attempts = service.store.attempts(organisation);
        match attempts.assign(new, WHO, service.clock.now()).await {
            Ok(_) => service.events.poke(),
            // Somebody was quicker, or changed their mind.
            Err(StoreError::Conflict(_) | StoreError::Stale | StoreError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What a waiting copy needs of a printer. Its G-code decides: how far it reaches from the bed's
/// origin, and the nozzle it was made for.
#[must_use]
pub fn needs(copy: &Waiting) -> Needs {
    let report: Option<GcodeReport> = serde_json::from_str(&copy.facts).ok();
    let made_for = report.as_ref().and_then(|report| report.made_for.as_ref());
    let reach = report.as_ref().map(|report| report.reach);
    Needs {
        printer: copy.printer,
        size: reach.or(copy.size).unwrap_or(Build::DESKTOP.volume),
        material: copy.material,
        colour: copy.colour,
        tags: copy.tags.clone(),
        nozzle_c: copy.nozzle_c,
        bed_c: copy.bed_c,
        nozzle_mm: made_for.map(|build| build.nozzle_mm),
    }
}

/// The printers as matching sees them: those whose bed is clear first, so that what can start at
/// once does.
#[must_use]
pub fn candidates(service: &Service, printers: &[Printer], open: &[Attempt]) -> Vec<Candidate> {
    let now = service.clock.now();
    let mut ordered: Vec<&Printer> = printers.iter().collect();
    ordered.sort_by_key(|printer| !printer.bed_is_clear(now));
    let seen = |printer| candidate(service, printer, open);
    ordered.into_iter().map(seen).collect()
}

fn candidate(service: &Service, printer: &Printer, open: &[Attempt]) -> Candidate {
    let reach = service.hub.reach(printer.id);
    Candidate {
        id: printer.id,
        build: printer.build.clone(),
        loaded: printer.loaded,
        tags: printer.tags.clone(),
        state: seen_state(printer, reach),
        seen_at: printer.last_contact_at,
        reconciled: reach.is_some_and(|reach| reach.reconciled),
        taken: open.iter().any(|attempt| attempt.printer == printer.id),
    }
}

/// What is known of a printer now: nothing, when nobody reaches it.
pub(super) fn seen_state(printer: &Printer, reach: Option<Reach>) -> PrinterState {
    if reach.is_some() {
        printer.state
    } else {
        PrinterState::Offline
    }
}
