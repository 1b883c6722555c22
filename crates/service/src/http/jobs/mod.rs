//! Jobs.

pub mod cancel;
pub mod create;
pub mod get;
pub mod hold;
pub mod list;
pub mod pause;
pub mod priority;
pub(super) mod rights;
pub mod start;
mod timeline;

use super::door::Caller;
use super::dto::job::{AttemptShown, JobDetail, JobShown};
use super::failure::{Failure, Thing};
use super::outlook::{Outlook, seen_of};
use crate::service::Service;
use crate::telling::progress_of;
use fluxprint_domain::attempt::State;
use fluxprint_domain::id::JobId;
use fluxprint_store::service::attempt::Attempt;
use fluxprint_store::service::job::Job;

/// A job that the caller may see.
pub(super) async fn load(
    service: &Service,
    caller: &Caller,
    id: JobId,
) -> Result<(Job, Vec<Attempt>), Failure> {
    let found = service.store.jobs(caller.org()).get(id).await;
    let (job, attempts) = found.map_err(Thing::Job.missing())?;
    if caller.role_in(job.project).is_some() {
        Ok((job, attempts))
    } else {
        Err(Failure::NotThere(Thing::Job))
    }
}

/// A job as `caller` is shown it in a list.
fn shown(caller: &Caller, job: Job) -> JobShown {
    let allowed = rights::allowed(caller, &job);
    JobShown::new(job, allowed)
}

/// A job with its tries, as it stands now.
pub(super) async fn detail(
    service: &Service,
    caller: &Caller,
    id: JobId,
) -> Result<JobDetail, Failure> {
    let (job, attempts) = load(service, caller, id).await?;
    with_past(service, caller, job, attempts).await
}

/// A job as it was read, with what is expected of it and what happened to it.
async fn with_past(
    service: &Service,
    caller: &Caller,
    job: Job,
    attempts: Vec<Attempt>,
) -> Result<JobDetail, Failure> {
    let expected = Outlook::of_job(service, caller.org(), &job).await?;
    let progress_pct = progress_of(service, &job, &attempts);
    let jobs = service.store.jobs(caller.org());
    let deeds = jobs.deeds(&job, &attempts).await?;
    let timeline = timeline::timeline(&job, &attempts, &deeds, &jobs.bed_words(job.id).await?);
    let attempts = attempts
        .into_iter()
        .map(|attempt| live(service, attempt))
        .collect();
    Ok(JobDetail {
        job: shown(caller, job),
        progress_pct,
        expected,
        attempts,
        timeline,
    })
}

/// A try with the newest progress that was seen of it.
fn live(service: &Service, attempt: Attempt) -> AttemptShown {
    let seen = seen_of(service, &attempt).filter(|_| attempt.state == State::Printing);
    let mut shown = AttemptShown::from(attempt);
    if let Some(seen) = seen {
        shown.completion_pct = seen.completion_pct.or(shown.completion_pct);
        shown.print_time_s = seen.print_time_s.or(shown.print_time_s);
    }
    shown
}
