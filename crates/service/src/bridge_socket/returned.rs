//! What it means that printers are back: outdated starts are fenced off, words for
//! beds are worth nothing after a long absence, and what was not delivered waits for a person.

use super::conversation::Session;
use crate::dispatcher::{candidates, is_gone, needs};
use crate::service::Service;
use fluxprint_domain::Timestamp;
use fluxprint_domain::attempt::{Event, State};
use fluxprint_domain::id::{AttemptId, CopyId, PrinterId};
use fluxprint_domain::matching::only_for;
use fluxprint_link::{Command, PrinterReport, Report};
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::Observed;
use fluxprint_store::service::job::HELD_AFTER_ABSENCE;
use fluxprint_store::service::printer::Printer;
use fluxprint_store::service::reason::Reason;
use std::collections::HashMap;

/// What a report says of printers beside their tries.
#[derive(Debug, Default)]
pub(super) struct Returned {
    /// How long each was out of sight that nobody had seen for more than five minutes.
    away_s: HashMap<PrinterId, i64>,
    /// Those whose program was restarted, or which did something that is not ours.
    in_doubt: Vec<PrinterId>,
    /// The bridge is another run of its program than the last one we spoke with, or we are.
    restarted: bool,
}

impl Returned {
    /// Why a try that proves not to have been started must not be made again by itself.
    pub(super) fn holds(&self, printer: PrinterId, event: Event) -> Option<Reason> {
        let away_s = self.away_s.get(&printer);
        let undelivered = event == Event::StartLost;
        away_s.map(|away_s| after_absence(*away_s)).or_else(|| {
            let restarted = self.restarted || self.in_doubt.contains(&printer);
            (undelivered && restarted).then(after_restart)
        })
    }
}

/// Looks at the printers of a report: fences off what is outdated, and holds what was not delivered
/// back. Gives what the bridge is to be told.
pub(super) async fn receive(
    service: &Service,
    session: &Session,
    report: &Report,
) -> Result<(Returned, Vec<Command>), StoreError> {
    let mut returned = Returned {
        restarted: report.full && service.hub.restarted(session.peer.bridge, session.id),
        ..Returned::default()
    };
    for printer in &report.printers {
        look(service, session, printer, report.full, &mut returned).await?;
    }
    let mut commands = Vec::new();
    if !returned.away_s.is_empty() {
        hold_waiting(service, session, &returned).await?;
        for attempt in give_up_staged(service, session, &returned).await? {
            commands.push(Command::Cancel { attempt });
        }
    }
    Ok((returned, commands))
}

async fn look(
    service: &Service,
    session: &Session,
    report: &PrinterReport,
    full: bool,
    returned: &mut Returned,
) -> Result<(), StoreError> {
    let printers = service.store.printers(session.peer.organisation);
    let (now, id) = (service.clock.now(), report.printer);
    let who = format!("bridge:{}", session.peer.bridge);
    let known = printers.get(id).await?;
    if known.session != Some(session.id) {
        // A newer session speaks for it, perhaps through another process.
        return Err(StoreError::Stale);
    }
    let away_s = away_s(&known, now).filter(|_| full);
    if full {
        service.hub.forget(id);
        printers.follow_epoch(id, report.epoch, &who, now).await?;
    }
    if returned.restarted {
        printers.raise_epoch(id, &who, now).await?;
    }
    if let Some(away_s) = away_s {
        returned.away_s.insert(id, away_s);
    }
    if report.bed_in_doubt {
        returned.in_doubt.push(id);
    }
    if report.bed_in_doubt || away_s.is_some() {
        let reason = if report.bed_in_doubt {
            "activity that is not ours"
        } else {
            "out of sight"
        };
        printers.raise_bed_generation(id, reason, &who, now).await?;
    }
    Ok(())
}

/// For how long a printer was out of sight, if that is more than nothing goes on by itself after.
fn away_s(known: &Printer, now: Timestamp) -> Option<i64> {
    let heard_at = known.last_contact_at?;
    known
        .is_out_of_sight(now)
        .then(|| now.seconds_since(heard_at))
}

/// Holds back every waiting copy that only printers could make which were out of sight. Whatever
/// another printer could make goes on.
async fn hold_waiting(
    service: &Service,
    session: &Session,
    returned: &Returned,
) -> Result<(), StoreError> {
    let organisation = session.peer.organisation;
    let printers = service.store.printers(organisation).list().await?;
    let open = service.store.attempts(organisation).open().await?;
    let candidates = candidates(service, &printers, &open);
    let away = |id: PrinterId| {
        let gone = || printers.iter().any(|p| p.id == id && is_gone(service, p));
        returned.away_s.contains_key(&id) || gone()
    };
    let jobs = service.store.jobs(organisation);
    let waiting = jobs.waiting().await?;
    let held = waiting
        .iter()
        .filter(|copy| only_for(&needs(copy), &candidates, away));
    let held: Vec<CopyId> = held.map(|copy| copy.copy).collect();
    let longest_s = returned.away_s.values().max().copied().unwrap_or_default();
    let reason = after_absence(longest_s);
    let who = format!("bridge:{}", session.peer.bridge);
    let now = service.clock.now();
    jobs.hold_after_absence(&held, &reason, &who, now).await?;
    Ok(())
}

/// Gives up every try on such a printer that was not started yet; its copy is held.
async fn give_up_staged(
    service: &Service,
    session: &Session,
    returned: &Returned,
) -> Result<Vec<AttemptId>, StoreError> {
    let attempts = service.store.attempts(session.peer.organisation);
    let who = format!("bridge:{}", session.peer.bridge);
    let mut given_up = Vec::new();
    for attempt in attempts.open_at_bridge(session.peer.bridge).await? {
        let unstarted = matches!(
            attempt.state,
            State::Pending | State::Staging | State::Staged
        );
        let Some(reason) = returned
            .holds(attempt.printer, Event::GiveUp)
            .filter(|_| unstarted)
        else {
            continue;
        };
        let observed = Observed {
            heard_in: Some(session.id),
            hold: true,
            reason: Some(reason),
            ..Observed::default()
        };
        let now = service.clock.now();
        attempts
            .apply(attempt.id, Event::GiveUp, &observed, &who, now)
            .await?;
        given_up.push(attempt.id);
    }
    Ok(given_up)
}

fn after_absence(away_s: i64) -> Reason {
    let (count, unit) = match away_s {
        ..=7_199 => (away_s / 60, "minutes"),
        7_200..=172_799 => (away_s / 3_600, "hours"),
        _ => (away_s / 86_400, "days"),
    };
    Reason {
        code: HELD_AFTER_ABSENCE.to_owned(),
        sentence: format!(
            "Its printer was out of sight for {count} {unit}; nothing goes on by itself after that."
        ),
        remedy: "Look at the printer, then release the print.".to_owned(),
    }
}

fn after_restart() -> Reason {
    Reason {
        code: "START_NOT_DELIVERED".to_owned(),
        sentence: "Its start was under way when FluxPrint, the bridge or OctoPrint was restarted; \
            nothing was printed."
            .to_owned(),
        remedy: "Look at the printer, then release the print.".to_owned(),
    }
}
