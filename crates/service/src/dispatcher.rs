//! Gives copies to printers, and moves each attempt on: stage, then start.
//!
//! A thin loop: it gathers facts, asks `domain::matching` and [`next`], and acts. It may run at any
//! time and any number of times; what it must not do twice is decided by the store.

mod assign;
pub mod next;

use assign::{assign, seen_state};
pub use assign::{candidates, needs};

use crate::rest::rest;
use crate::service::Service;
use fluxprint_domain::attempt::{Event, State};
use fluxprint_domain::id::{AttemptId, OrganisationId, SessionId};
use fluxprint_domain::limits::START_DEADLINE_S;
use fluxprint_domain::{Refusal, Timestamp};
use fluxprint_link::{Command, Stage, Start};
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::{Attempt, Observed};
use fluxprint_store::service::printer::Printer;
use fluxprint_store::service::reason::Reason;
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
            let printer = printers.iter().find(|p| p.id == attempt.printer);
            let Some(printer) = printer.filter(|p| !is_gone(service, p)) else {
                give_up(service, id, &attempt, printer.is_none()).await?;
                continue;
            };
            move_on(service, id, organisation.hold, memory, &attempt, printer).await?;
        }
    }
    memory.staged_in.retain(|id, _| open.contains(id));
    memory.canceled_at.retain(|id, _| open.contains(id));
    Ok(())
}

/// Whether nobody has heard of a printer for so long that its work may go elsewhere.
pub(crate) fn is_gone(service: &Service, printer: &Printer) -> bool {
    // One that was never heard of has no work.
    let silent = printer.last_contact_at.is_some() && printer.is_out_of_sight(service.clock.now());
    silent && service.hub.reach(printer.id).is_none()
}

/// A printer is out of reach for long, or its bridge was shut out. What was not started goes back
/// to the queue. What may have started waits for its bridge; without one, a person has to look.
async fn give_up(
    service: &Service,
    organisation: OrganisationId,
    attempt: &Attempt,
    shut_out: bool,
) -> Result<(), StoreError> {
    let event = match attempt.state {
        State::Unsure => return Ok(()),
        state if !state.may_have_started() => Event::GiveUp,
        _ if shut_out => Event::Forgotten,
        _ => return Ok(()),
    };
    let reason = Some(Reason::from(&Refusal::PrinterOffline));
    let observed = Observed {
        reason,
        ..Observed::default()
    };
    let attempts = service.store.attempts(organisation);
    let now = service.clock.now();
    match attempts.apply(attempt.id, event, &observed, WHO, now).await {
        Ok(_) => service.events.poke(),
        Err(StoreError::Refused(_) | StoreError::Stale) => {}
        Err(error) => return Err(error),
    }
    Ok(())
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

/// Issues a start and sends it: the one unsafe step. Its deadline is told on the session's own clock,
/// which a step of the wall clock does not move. Whoever calls it, dispatcher or person, the
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
    let session_time = service.hub.session_time(session, service.clock.monotonic());
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
        not_after: session_time.map_or(issued.not_after, |now| now.plus_s(START_DEADLINE_S)),
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
