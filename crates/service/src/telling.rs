//! What is told as it is seen and never written down: temperatures, progress, who is connected.

use crate::events::Event;
use crate::http::dto::printer::{heaters, progress};
use crate::http::dto::{AttemptWord, JobWord, PrinterWord};
use crate::http::seen_of;
use crate::service::Service;
use fluxprint_domain::id::{AttemptId, BridgeId, OrganisationId, PrinterId};
use fluxprint_domain::job::{State, progress_pct};
use fluxprint_domain::printer::Observation;
use fluxprint_domain::{Monotonic, Timestamp};
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::Attempt;
use fluxprint_store::service::event::{PRINT_STATUS, QUEUE_UPDATED};
use fluxprint_store::service::job::Job;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Temperatures were seen.
const TEMPERATURE: &str = "printer:temperature";
/// The progress of what runs was seen.
const PROGRESS: &str = "printer:progress";
/// A bridge came or went, or has told the whole truth.
const CONNECTION: &str = "printer:connection";
/// How long the job of a running try is taken as it was read. Its state is told by rows.
const JOB_MS: u64 = 5_000;
/// Running tries whose jobs are remembered.
const JOBS_REMEMBERED_MAX: usize = 2_048;

/// The jobs of running tries: losing them costs a look each.
#[derive(Debug, Default)]
pub struct Running {
    kept: Mutex<HashMap<AttemptId, Kept>>,
}

#[derive(Debug)]
struct Kept {
    job: Arc<(Job, Vec<Attempt>)>,
    read_at: Monotonic,
    /// The per cent that were told last.
    told_pct: Option<u8>,
}

impl Running {
    fn kept(&self) -> MutexGuard<'_, HashMap<AttemptId, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The job of a try, read at most [`JOB_MS`] ago.
    async fn job(
        &self,
        service: &Service,
        organisation: OrganisationId,
        attempt: AttemptId,
    ) -> Result<Arc<(Job, Vec<Attempt>)>, StoreError> {
        let now = service.clock.monotonic();
        if let Some(kept) = self.kept().get(&attempt)
            && now.ms_since(kept.read_at) < JOB_MS
        {
            return Ok(kept.job.clone());
        }
        let id = service.store.attempts(organisation).get(attempt).await?.job;
        let job = Arc::new(service.store.jobs(organisation).get(id).await?);
        let mut kept = self.kept();
        if kept.len() >= JOBS_REMEMBERED_MAX {
            kept.clear();
        }
        let told_pct = kept.get(&attempt).and_then(|kept| kept.told_pct);
        let fresh = Kept {
            job: job.clone(),
            read_at: now,
            told_pct,
        };
        kept.insert(attempt, fresh);
        Ok(job)
    }

    /// Whether so many whole per cent of a try were not told yet; they are from now on.
    fn is_news(&self, attempt: AttemptId, pct: u8) -> bool {
        let mut kept = self.kept();
        let told = kept.get_mut(&attempt).map(|kept| &mut kept.told_pct);
        told.is_some_and(|told| told.replace(pct) != Some(pct))
    }
}

/// How far a job is: its copies that are over count by their state, those that run by what their
/// printers were seen doing last.
#[must_use]
pub fn progress_of(service: &Service, job: &Job, attempts: &[Attempt]) -> Option<f64> {
    let completion_pct = |id: AttemptId| {
        let attempt = attempts.iter().find(|attempt| attempt.id == id)?;
        let seen = seen_of(service, attempt);
        seen.and_then(|seen| seen.completion_pct)
            .or(attempt.completion_pct)
    };
    let copies = job
        .copies
        .iter()
        .map(|copy| (copy.state, copy.attempt.and_then(completion_pct)));
    progress_pct(&copies.collect::<Vec<_>>())
}

/// Tells whoever listens what was just seen of a printer.
pub async fn seen(
    service: &Service,
    organisation: OrganisationId,
    printer: PrinterId,
    seen: &Observation,
    at: Timestamp,
) {
    if !service.events.heard(organisation) {
        return;
    }
    let say = |name: &str, payload: Value| {
        let event = Event::unwritten(at, name, payload);
        service.events.publish(organisation, event);
    };
    let warm = heaters(seen, at);
    say(
        TEMPERATURE,
        json!({ "printer_id": printer, "heaters": warm }),
    );
    let Some(progress) = progress(seen) else {
        return;
    };
    let ours = seen.job.as_ref().and_then(|job| attempt_of(&job.path));
    let job = match ours {
        Some(attempt) => service
            .running
            .job(service, organisation, attempt)
            .await
            .ok(),
        None => None,
    };
    let brief = job.as_ref().zip(ours).map(|(job, ours)| brief(job, ours));
    let state = PrinterWord(seen.state);
    say(
        PROGRESS,
        json!({ "printer_id": printer, "state": state, "progress": progress, "job": brief }),
    );
    let (Some(attempt), Some(job)) = (ours, job) else {
        return;
    };
    let (job, attempts) = job.as_ref();
    if let Some(pct) = progress_of(service, job, attempts)
        && is_running(job.state())
        && service.running.is_news(attempt, pct as u8)
    {
        say(PRINT_STATUS, step(job, pct));
    }
}

fn is_running(state: State) -> bool {
    matches!(state, State::Printing | State::Paused)
}

/// The job inside an event about a printer, as `Printer.job`.
fn brief((job, attempts): &(Job, Vec<Attempt>), ours: AttemptId) -> Value {
    let attempt = attempts.iter().find(|attempt| attempt.id == ours);
    json!({
        "other_project": false,
        "attempt": attempt.map(|attempt| AttemptWord(attempt.state)),
        "id": job.id,
        "project": job.project,
        "name": job.name,
        "reference": job.reference,
    })
}

/// The same words as the rows about a job's steps have.
fn step(job: &Job, progress_pct: f64) -> Value {
    json!({
        "job_id": job.id,
        "reference": job.reference,
        "project_id": job.project,
        "name": job.name,
        "person": job.person,
        "status": JobWord(job.state()),
        "progress_pct": progress_pct,
        "place": job.place,
    })
}

/// A bridge names the file of a try after it.
fn attempt_of(path: &str) -> Option<AttemptId> {
    let file = path.rsplit('/').next()?;
    file.strip_suffix(".gcode")?.parse().ok()
}

/// Tells whoever listens whether the printers of a bridge can be reached now.
pub fn connection(
    service: &Service,
    organisation: OrganisationId,
    bridge: BridgeId,
    printers: &[PrinterId],
) {
    let at = service.clock.now();
    for printer in printers {
        let reach = service
            .hub
            .reach(*printer)
            .filter(|reach| reach.bridge == bridge);
        let payload = json!({
            "printer_id": printer,
            "connected": reach.is_some(),
            "reconciled": reach.is_some_and(|reach| reach.reconciled),
            "camera": service.cameras.has(organisation, *printer),
        });
        let event = Event::unwritten(at, CONNECTION, payload);
        service.events.publish(organisation, event);
    }
    waits_changed(service, organisation, at);
}

/// What the queue waits for may be something else now.
pub fn waits_changed(service: &Service, organisation: OrganisationId, at: Timestamp) {
    let event = Event::unwritten(at, QUEUE_UPDATED, json!({}));
    service.events.publish(organisation, event);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_try_is_read_from_the_name_of_its_file_and_from_no_other() {
        let attempt = AttemptId::new(Timestamp(5), 7);
        assert_eq!(
            attempt_of(&format!("fluxprint/{attempt}.gcode")),
            Some(attempt)
        );
        for other in ["", "bracket.gcode", "att_zz.gcode", "fluxprint/", "é"] {
            assert_eq!(attempt_of(other), None, "{other}");
        }
    }
}
