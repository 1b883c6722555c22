//! Takes in what a bridge says: written down first, then acted on.

use super::alarms;
use super::conversation::{Conversation, End, Session};
use super::reconcile::{Intended, Step, plan};
use super::returned;
use crate::failpoint;
use crate::service::Service;
use crate::telling;
use fluxprint_domain::attempt::Event;
use fluxprint_domain::limits::PRINTER_MESSAGE_CHARS_MAX;
use fluxprint_domain::printer::Observation;
use fluxprint_link::{
    Answer, Command, LinkError, PrinterReport, Refused, Report, SafeAnswer, ServiceInput, Telemetry,
};
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::{Attempt, Observed};
use fluxprint_store::service::reason::Reason;

/// Characters kept of a bridge's own sentences.
const SENTENCE_CHARS_MAX: usize = 500;
/// Characters kept of a bridge's codes.
const CODE_CHARS_MAX: usize = 60;

/// Takes one message in.
pub(super) async fn take_in(talk: &mut Conversation, input: ServiceInput) -> Result<(), End> {
    let service = talk.service.clone();
    let Some(session) = &talk.session else {
        return Err(LinkError::OutOfTurn.into());
    };
    match input {
        ServiceInput::Report(report) => {
            for command in report_in(&service, session, &report).await? {
                talk.command(command)?;
            }
            Ok(())
        }
        ServiceInput::Telemetry(seen) => telemetry(&service, session, seen).await,
        ServiceInput::Answer(answer) => {
            note_refusal(session, &answer);
            talk.answered(answer.to, cleaned(answer.answer));
            Ok(())
        }
        ServiceInput::Hello { .. } => Err(LinkError::OutOfTurn.into()),
    }
}

/// Writes a report down. Gives what the bridge is to be told in answer.
async fn report_in(
    service: &Service,
    session: &Session,
    report: &Report,
) -> Result<Vec<Command>, End> {
    let ours = |printer: &PrinterReport| is_own(service, session, printer.printer);
    if !report.printers.iter().all(ours) {
        return Err(LinkError::NotAMessage.into());
    }
    // What was away for long is held before anything is noted that would make it look present.
    let (returned, mut commands) = returned::receive(service, session, report).await?;
    for printer in &report.printers {
        see(
            service,
            session,
            printer.printer,
            printer.observation.clone(),
        )
        .await?;
    }
    let organisation = session.peer.organisation;
    let attempts = service.store.attempts(organisation);
    let open = attempts.open_at_bridge(session.peer.bridge).await?;
    let intended: Vec<Intended> = open.iter().map(intended).collect();
    let who = format!("bridge:{}", session.peer.bridge);
    for step in plan(session.id, &intended, report) {
        match step {
            Step::Apply {
                attempt,
                event,
                because,
            } => {
                let mut observed = observed(service, &open, attempt, because);
                let printer = open.iter().find(|known| known.id == attempt);
                let holds = printer.and_then(|known| returned.holds(known.printer, event));
                observed.hold = holds.is_some();
                observed.heard_in = Some(session.id);
                observed.reason = observed
                    .reason
                    .or(holds.filter(|_| event == Event::StartLost));
                failpoint::reach(failpoint::BEFORE_APPLY);
                attempts
                    .apply(attempt, event, &observed, &who, service.clock.now())
                    .await?;
                failpoint::reach(failpoint::AFTER_APPLY);
            }
            Step::Settle(attempt) => commands.push(Command::Settled { attempt }),
            Step::Contradiction(printer) => {
                let reason = "a print runs that the queue believes to be over";
                tracing::error!(%printer, "{reason}: look at the printer");
                let printers = service.store.printers(organisation);
                printers
                    .raise_bed_generation(printer, reason, &who, service.clock.now())
                    .await?;
            }
            Step::Abandon(attempt) => commands.push(Command::Cancel { attempt }),
        }
    }
    let printers = service.store.printers(organisation);
    for printer in &report.printers {
        printers
            .contact(printer.printer, service.clock.now())
            .await?;
    }
    alarms::take_in(service, session, report).await?;
    if report.full {
        service.hub.reconciled(session.peer.bridge, session.id);
        session.tell_connection(service);
    }
    service.events.poke();
    service.hub.wake();
    Ok(commands)
}

async fn telemetry(service: &Service, session: &Session, seen: Telemetry) -> Result<(), End> {
    if !is_own(service, session, seen.printer) {
        return Err(LinkError::NotAMessage.into());
    }
    let printer = seen.printer;
    let changed = see(service, session, printer, seen.observation).await?;
    if service.hub.contact_is_due(printer, service.clock.now()) {
        let printers = service.store.printers(session.peer.organisation);
        printers.contact(printer, service.clock.now()).await?;
    }
    if changed {
        service.events.poke();
        service.hub.wake();
    }
    Ok(())
}

/// Keeps a look in memory, writes it down if it is a change, and tells whoever listens.
async fn see(
    service: &Service,
    session: &Session,
    printer: fluxprint_domain::id::PrinterId,
    mut seen: Observation,
) -> Result<bool, StoreError> {
    let organisation = session.peer.organisation;
    let now = service.clock.now();
    seen.message = seen
        .message
        .map(|message| cut(&message, PRINTER_MESSAGE_CHARS_MAX));
    let printers = service.store.printers(organisation);
    let changed = match service.hub.seen(printer) {
        Some(before)
            if before.observation.state == seen.state
                && before.observation.message == seen.message =>
        {
            false
        }
        _ => {
            printers
                .observe(printer, seen.state, seen.message.as_deref(), now)
                .await?
        }
    };
    service.hub.saw(printer, seen.clone(), now);
    service.history.saw(printer, &seen, now);
    telling::seen(service, organisation, printer, &seen, now).await;
    Ok(changed)
}

fn is_own(service: &Service, session: &Session, printer: fluxprint_domain::id::PrinterId) -> bool {
    service
        .hub
        .reach(printer)
        .is_some_and(|reach| reach.session == session.id)
}

fn intended(attempt: &Attempt) -> Intended {
    Intended {
        attempt: attempt.id,
        printer: attempt.printer,
        state: attempt.state,
        session: attempt.session,
    }
}

fn observed(
    service: &Service,
    open: &[Attempt],
    attempt: fluxprint_domain::id::AttemptId,
    because: Option<Refused>,
) -> Observed {
    let printer = open
        .iter()
        .find(|known| known.id == attempt)
        .map(|known| known.printer);
    // A bridge names a try's file after it; the machine may still show that of a print before.
    let job = printer
        .and_then(|printer| service.hub.seen(printer))
        .and_then(|seen| seen.observation.job)
        .filter(|job| job.path.contains(&attempt.to_string()));
    Observed {
        completion_pct: job.as_ref().and_then(|job| job.completion_pct),
        print_time_s: job.as_ref().and_then(|job| job.print_time_s),
        reason: because.map(|because| Reason {
            code: cut(&because.code, SENTENCE_CHARS_MAX),
            sentence: cut(&because.sentence, SENTENCE_CHARS_MAX),
            remedy: cut(&because.remedy, SENTENCE_CHARS_MAX),
        }),
        ..Observed::default()
    }
}

fn note_refusal(session: &Session, answer: &Answer) {
    if let SafeAnswer::Refused(refused) | SafeAnswer::Unknown(refused) = &answer.answer {
        tracing::warn!(bridge = %session.peer.bridge, code = %cut(&refused.code, CODE_CHARS_MAX), "a command was refused");
    }
}

/// An answer with words that can be shown.
fn cleaned(answer: SafeAnswer) -> SafeAnswer {
    let clean = |why: Refused| Refused {
        code: cut(&why.code, CODE_CHARS_MAX),
        sentence: cut(&why.sentence, SENTENCE_CHARS_MAX),
        remedy: cut(&why.remedy, SENTENCE_CHARS_MAX),
    };
    match answer {
        SafeAnswer::Given => SafeAnswer::Given,
        SafeAnswer::Refused(why) => SafeAnswer::Refused(clean(why)),
        SafeAnswer::Unknown(why) => SafeAnswer::Unknown(clean(why)),
    }
}

/// Text from a bridge: bounded, without control characters.
fn cut(text: &str, chars_max: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(chars_max)
        .collect()
}
