//! One start, from the order to the call, in the sequence of R-06.
//!
//! Everything before INTENT refuses with proof that nothing was tried. After INTENT the call is
//! made once; what became of it is only ever *seen* ([`crate::recovery`]): an accepted call proves
//! nothing, and neither does a lost answer.

use crate::desk::{Desk, Office, Preheat};
use crate::error::BridgeError;
use crate::failpoint;
use crate::journal::{Intent, Row};
use crate::local_limits::Class;
use crate::words::{self, Why};
use fluxprint_domain::Refusal;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::printer::{Activity, Heater, Observation, PrinterState};
use fluxprint_link::{AttemptReport, Refused, Start};
use fluxprint_printers::{PrintCounts, StoredFile};

/// How a start ended, as far as it goes by itself.
#[derive(Debug)]
pub enum Started {
    /// INTENT is written and the call was made: look.
    Look,
    /// Certainly nothing was tried.
    Nothing(Refused),
    /// The journal cannot be written: nothing was tried, and that cannot be written down either.
    JournalFailed(BridgeError),
}

/// Carries out one start. Called for one at a time of each printer.
pub async fn carry_out(office: &Office, desk: &Desk, start: &Start, row: &Row) -> Started {
    let before = match checked(office, desk, start, row).await {
        Ok(before) => before,
        Err(because) => return Started::Nothing(because),
    };
    failpoint::reach(failpoint::BEFORE_INTENT);
    if let Err(because) = gate(office, start) {
        return Started::Nothing(because);
    }
    match office.journal.intent(&desk.name, start, before).await {
        Ok(Intent::Written) => {}
        Ok(Intent::NotStaged) => return Started::Nothing(Why::CanceledBeforeStart.into()),
        Ok(Intent::OldEpoch) => return Started::Nothing(words::refusal(&Refusal::StartOutdated)),
        Err(error) => return Started::JournalFailed(error),
    }
    failpoint::reach(failpoint::AFTER_INTENT);
    desk.set_epoch(start.epoch);
    desk.set_attempt(AttemptReport {
        attempt: start.attempt,
        phase: Phase::Intent,
        because: None,
    });
    office.news.notify_one();
    // Writing may have taken long on a tired disk: the deadline counts until the call.
    if let Err(because) = gate(office, start) {
        return Started::Nothing(because);
    }
    let called = desk.printer.start(&row.path()).await;
    failpoint::reach(failpoint::AFTER_START_CALL);
    match called {
        Err(failure) if failure.nothing_happened() => {
            Started::Nothing(words::printer(failure.cause()))
        }
        Ok(_) | Err(_) => Started::Look,
    }
}

/// Everything that must hold before INTENT. Gives the print counters of the file.
async fn checked(
    office: &Office,
    desk: &Desk,
    start: &Start,
    row: &Row,
) -> Result<PrintCounts, Refused> {
    gate(office, start)?;
    desk.limits.permit(Class::Start, office.clock.now())?;
    fits(start, row, desk)?;
    let want = (row.sha256, row.size_bytes);
    office
        .depot
        .still_good(want, &desk.build, row.checked_for.as_ref())
        .await?;
    let stored = desk.printer.stored(&row.path()).await;
    let stored = stored.map_err(|error| words::printer(&error))?;
    let counts = same_file(row, stored.as_ref())?;
    // The machine last: nothing that takes time comes between this look and INTENT.
    let seen = desk.printer.look().await;
    may_start(
        &seen.map_err(|error| words::printer(&error))?,
        desk.preheat(),
    )?;
    Ok(counts)
}

/// Asks the gate of the session that is open. No session, no start.
fn gate(office: &Office, start: &Start) -> Result<(), Refused> {
    let open = office.gate().ok_or(Refusal::StartOutdated);
    open.and_then(|gate| gate.check(office.clock.monotonic(), start))
        .map_err(|refusal| words::refusal(&refusal))
}

/// Whether the start speaks of what was staged, and is newer than any before it.
fn fits(start: &Start, row: &Row, desk: &Desk) -> Result<(), Refused> {
    if row.phase != Phase::Staged {
        return Err(Why::NotStaged.into());
    }
    if start.sha256 != row.sha256 {
        return Err(words::refusal(&Refusal::OtherBytes));
    }
    if start.epoch <= desk.face().epoch {
        return Err(words::refusal(&Refusal::StartOutdated));
    }
    Ok(())
}

/// Whether the printer's program still holds what was staged (N-06).
fn same_file(row: &Row, stored: Option<&StoredFile>) -> Result<PrintCounts, Refused> {
    let Some(stored) = stored else {
        return Err(words::printer(&fluxprint_printers::PrinterError::FileGone));
    };
    let hashes = stored.sha1.as_ref().zip(row.stored_sha1.as_ref());
    let same = hashes.is_none_or(|(now, then)| now == then);
    if same && stored.size_bytes == row.size_bytes {
        Ok(stored.prints)
    } else {
        Err(words::refusal(&Refusal::OtherBytes))
    }
}

/// Whether a machine that looks like this may be started: nobody else uses it (N-14).
/// `preheat`: what a person has asked for here; heaters at exactly these targets are nobody else's.
fn may_start(seen: &Observation, preheat: Option<Preheat>) -> Result<(), Refused> {
    let refused = |refusal| Err(words::refusal(&refusal));
    match seen.state {
        PrinterState::Offline | PrinterState::Unknown => refused(Refusal::PrinterOffline),
        PrinterState::Error => refused(Refusal::PrinterInError),
        PrinterState::Busy | PrinterState::Paused => refused(Refusal::PrinterBusy),
        PrinterState::Ready if seen.activity != Activity::Idle => refused(Refusal::PrinterBusy),
        PrinterState::Ready if !warm_by_hand(seen, preheat) => Err(Why::HeaterOn.into()),
        PrinterState::Ready => Ok(()),
    }
}

/// Whether the heaters are off, or at what a person has asked for here.
fn warm_by_hand(seen: &Observation, preheat: Option<Preheat>) -> bool {
    let target_c = |heater: Option<Heater>| heater.map_or(0.0, |heater| heater.target_c);
    let ours = preheat.map_or((0.0, 0.0), |ours| {
        (ours.targets.nozzle_c, ours.targets.bed_c)
    });
    let fits = |is_c: f64, ours_c: f64| is_c <= 0.0 || (is_c - ours_c).abs() < 0.5;
    fits(target_c(seen.heaters.nozzle), ours.0) && fits(target_c(seen.heaters.bed), ours.1)
}
