//! Gives copies to printers, and moves each attempt on: stage, then start.
//!
//! A thin loop: it gathers facts, asks `domain::matching` and [`next`], and acts. It may run at any
//! time and any number of times; what it must not do twice is decided by the store.

pub mod next;

use crate::hub::Reach;
use crate::rest::rest;
use crate::service::Service;
use fluxprint_domain::attempt::State;
use fluxprint_domain::id::{AttemptId, OrganisationId, SessionId};
use fluxprint_domain::matching::{Candidate, Needs, choose};
use fluxprint_domain::printer::{Build, PrinterState};
use fluxprint_domain::{Refusal, Timestamp};
use fluxprint_link::{Command, Stage, Start};
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::{Attempt, NewAttempt};
use fluxprint_store::service::job::Waiting;
use fluxprint_store::service::printer::Printer;
use next::{Facts, Next, next};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// How often everything is looked at when nobody calls.
const LOOK: Duration = Duration::from_secs(2);
/// Seconds between two cancels of the same attempt while it does not end.
const CANCEL_AGAIN_S: i64 = 10;
/// Who does this, in audit rows.
const WHO: &str = "dispatcher";

/// What the loop remembers between two turns. Losing it costs a repeated order, nothing else.
#[derive(Debug, Default)]
pub struct Memory {
    staged_in: HashMap<AttemptId, SessionId>,
    canceled_at: HashMap<AttemptId, Timestamp>,
}

/// Dispatches until the service stops.
pub async fn run(service: Arc<Service>) {
    let mut memory = Memory::default();
    loop {
        let began = service.clock.monotonic();
        if let Err(error) = turn(&service, &mut memory).await {
            tracing::warn!(%error, "the dispatcher could not finish its turn");
        }
        rest(&service, began).await;
        tokio::select! {
            () = service.stopping.cancelled() => return,
            () = service.hub.wakened() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// One look at everything.
///
/// # Errors
/// Those of the store; what was done before stays done.
pub async fn turn(service: &Service, memory: &mut Memory) -> Result<(), StoreError> {
    let mut open = HashSet::new();
    for organisation in service.store.organisations().list().await? {
        let id = organisation.id;
        let printers = service.store.printers(id).list().await?;
        if !organisation.hold {
            assign(service, id, &printers).await?;
        }
        for attempt in service.store.attempts(id).open().await? {
            open.insert(attempt.id);
            let Some(printer) = printers.iter().find(|p| p.id == attempt.printer) else {
                continue;
            };
            move_on(service, id, organisation.hold, memory, &attempt, printer).await?;
        }
    }
    memory.staged_in.retain(|id, _| open.contains(id));
    memory.canceled_at.retain(|id, _| open.contains(id));
    Ok(())
}

/// Gives waiting copies to printers, in the order of the queue.
async fn assign(
    service: &Service,
    organisation: OrganisationId,
    printers: &[Printer],
) -> Result<(), StoreError> {
    let waiting = service.store.jobs(organisation).waiting().await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let open = service.store.attempts(organisation).open().await?;
    let mut candidates: Vec<Candidate> = printers
        .iter()
        .map(|printer| candidate(service, printer, &open))
        .collect();
    for copy in waiting {
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

/// What a waiting copy needs of a printer.
#[must_use]
pub fn needs(copy: &Waiting) -> Needs {
    Needs {
        printer: copy.printer,
        size: copy.size.unwrap_or(Build::DESKTOP.volume),
        material: copy.material,
        nozzle_c: copy.nozzle_c,
        bed_c: copy.bed_c,
        nozzle_mm: None,
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
fn seen_state(printer: &Printer, reach: Option<Reach>) -> PrinterState {
    if reach.is_some() {
        printer.state
    } else {
        PrinterState::Offline
    }
}

async fn move_on(
    service: &Service,
    organisation: OrganisationId,
    on_hold: bool,
    memory: &mut Memory,
    attempt: &Attempt,
    printer: &Printer,
) -> Result<(), StoreError> {
    cancel_again(service, organisation, memory, attempt).await?;
    let staged_in = memory.staged_in.get(&attempt.id).copied();
    let facts = facts(service, attempt, printer, on_hold, staged_in);
    match next(&facts) {
        Next::Stage(session) => {
            stage(service, organisation, attempt, session).await?;
            memory.staged_in.insert(attempt.id, session);
        }
        Next::Start(session, _) => start(service, organisation, attempt.id, session, WHO)
            .await
            .map(drop)?,
        Next::Reconcile => {
            if let Some(reach) = facts.reach {
                tracing::warn!(attempt = %attempt.id, "a start was not answered; the bridge has to come back");
                service.hub.close(reach.bridge);
            }
        }
        Next::Wait(_) | Next::Watch => {}
    }
    Ok(())
}

/// The facts about one open attempt and its printer, as of now.
#[must_use]
pub fn facts<'a>(
    service: &Service,
    attempt: &Attempt,
    printer: &'a Printer,
    on_hold: bool,
    staged_in: Option<SessionId>,
) -> Facts<'a> {
    let reach = service.hub.reach(printer.id);
    Facts {
        state: attempt.state,
        not_after: attempt.not_after,
        staged_in,
        reach,
        printer: seen_state(printer, reach),
        bed: printer.bed.as_ref(),
        generation: printer.bed_generation,
        on_hold,
        now: service.clock.now(),
    }
}

async fn stage(
    service: &Service,
    organisation: OrganisationId,
    attempt: &Attempt,
    session: SessionId,
) -> Result<(), StoreError> {
    let attempts = service.store.attempts(organisation);
    match attempts
        .mark_staging(attempt.id, WHO, service.clock.now())
        .await
    {
        Ok(_) => {}
        Err(StoreError::Refused(_) | StoreError::Stale) => return Ok(()),
        Err(error) => return Err(error),
    }
    let order = Stage {
        attempt: attempt.id,
        printer: attempt.printer,
        sha256: attempt.gcode_sha256,
        size_bytes: attempt.gcode_bytes,
    };
    // Not delivered: the session is gone, and the next one is told again.
    let _ = service
        .hub
        .send(attempt.printer, session, Command::Stage(order));
    service.events.poke();
    Ok(())
}

/// Issues a start and sends it: the one unsafe step. Whoever calls it, dispatcher or person, the
/// store lets exactly one through.
///
/// # Errors
/// Those of the store; a refusal is an answer.
pub async fn start(
    service: &Service,
    organisation: OrganisationId,
    attempt: AttemptId,
    session: SessionId,
    who: &str,
) -> Result<Result<(), Refusal>, StoreError> {
    crate::failpoint::reach(crate::failpoint::BEFORE_ISSUE);
    let attempts = service.store.attempts(organisation);
    let issued = match attempts
        .issue_start(attempt, session, who, service.clock.now())
        .await
    {
        Ok(issued) => issued,
        Err(StoreError::Refused(refusal)) => return Ok(Err(refusal)),
        Err(StoreError::Stale) => return Ok(Err(Refusal::StartOutdated)),
        Err(error) => return Err(error),
    };
    crate::failpoint::reach(crate::failpoint::AFTER_ISSUE);
    let start = Start {
        attempt,
        printer: issued.attempt.printer,
        epoch: issued.epoch,
        bed_token: issued.bed_token,
        sha256: issued.attempt.gcode_sha256,
        session: issued.session,
        not_after: issued.not_after,
    };
    // Not delivered: the next session's report proves that it never arrived.
    let sent = service
        .hub
        .send(issued.attempt.printer, session, Command::Start(start));
    service.events.poke();
    crate::failpoint::reach(crate::failpoint::AFTER_SEND);
    Ok(sent)
}

/// Somebody wants this cancelled and the printer has to do it: said until it ends.
async fn cancel_again(
    service: &Service,
    organisation: OrganisationId,
    memory: &mut Memory,
    attempt: &Attempt,
) -> Result<(), StoreError> {
    if !attempt.state.may_have_started() || attempt.state == State::Unsure {
        return Ok(());
    }
    let (job, _) = service.store.jobs(organisation).get(attempt.job).await?;
    let copy = job.copies.iter().find(|copy| copy.id == attempt.copy);
    let wanted = copy.is_some_and(|copy| copy.cancel_requested_at.is_some());
    let now = service.clock.now();
    let lately = memory
        .canceled_at
        .get(&attempt.id)
        .is_some_and(|at| now.seconds_since(*at) < CANCEL_AGAIN_S);
    if wanted
        && !lately
        && service
            .hub
            .send_urgent(
                attempt.printer,
                Command::Cancel {
                    attempt: attempt.id,
                },
            )
            .is_ok()
    {
        memory.canceled_at.insert(attempt.id, now);
    }
    Ok(())
}
