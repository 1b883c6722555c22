//! Gives waiting copies to printers.

use super::WHO;
use crate::hub::Reach;
use crate::report::GcodeReport;
use crate::service::Service;
use fluxprint_domain::id::{AttemptId, OrganisationId};
use fluxprint_domain::matching::{Candidate, Needs, choose};
use fluxprint_domain::printer::{Build, PrinterState};
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::{Attempt, NewAttempt};
use fluxprint_store::service::job::Waiting;
use fluxprint_store::service::printer::Printer;

/// Gives waiting copies to printers, in the order of the queue.
pub(super) async fn assign(
    service: &Service,
    organisation: OrganisationId,
    printers: &[Printer],
) -> Result<(), StoreError> {
    let open = service.store.attempts(organisation).open().await?;
    let mut candidates: Vec<Candidate> = printers
        .iter()
        .map(|printer| candidate(service, printer, &open))
        .collect();
    let free = |printer: &Candidate| !printer.taken && printer.state == PrinterState::Ready;
    // Nobody could take anything: the queue, which may be long, need not be read.
    if !candidates.iter().any(free) {
        return Ok(());
    }
    for copy in service.store.jobs(organisation).waiting().await? {
        let Ok(printer) = choose(&needs(&copy), &candidates) else {
            continue;
        };
        let new = NewAttempt {
            id: AttemptId::fresh(&*service.clock),
            copy: copy.copy,
            printer,
            gcode_sha256: copy.gcode_sha256,
            gcode_bytes: copy.gcode_bytes,
        };
        let now = service.clock.now();
        match service
            .store
            .attempts(organisation)
            .assign(new, WHO, now)
            .await
        {
            Ok(_) => service.events.poke(),
            // Somebody was quicker, or changed their mind.
            Err(StoreError::Conflict(_) | StoreError::Stale | StoreError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
        if let Some(taken) = candidates.iter_mut().find(|c| c.id == printer) {
            taken.taken = true;
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
        nozzle_c: copy.nozzle_c,
        bed_c: copy.bed_c,
        nozzle_mm: made_for.map(|build| build.nozzle_mm),
    }
}

/// A printer as matching sees it.
#[must_use]
pub fn candidate(service: &Service, printer: &Printer, open: &[Attempt]) -> Candidate {
    let reach = service.hub.reach(printer.id);
    Candidate {
        id: printer.id,
        build: printer.build.clone(),
        loaded: printer.loaded,
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
