//! What is expected of the queue: the facts that `domain::expected` works on, and its answers.

use super::dto::expected::ExpectedShown;
use super::waits::Floor;
use crate::service::Service;
use fluxprint_domain::Refusal;
use fluxprint_domain::expected::{Expected, Machine, Stand, Turn, Unknown, expect};
use fluxprint_domain::id::{JobId, OrganisationId};
use fluxprint_domain::job::State;
use fluxprint_domain::printer::{PrinterState, SeenJob};
use fluxprint_domain::{attempt, matching};
use fluxprint_estimate::Estimate;
use fluxprint_store::StoreError;
use fluxprint_store::service::attempt::Attempt;
use fluxprint_store::service::copy::Copy;
use fluxprint_store::service::job::Job;
use fluxprint_store::service::printer::Printer;
use std::collections::HashMap;

/// What is expected of every job that is not over.
pub struct Outlook {
    jobs: HashMap<JobId, Expected>,
}

impl Outlook {
    /// Looks at the whole queue of an organisation.
    pub async fn look(service: &Service, org: OrganisationId) -> Result<Self, StoreError> {
        let jobs = service.store.jobs(org).queue().await?;
        let floor = Floor::look(service, org).await?;
        Ok(Self::of(service, &floor, &jobs))
    }

    /// What is expected of `jobs`, which are all that are not over, in the order of the queue.
    #[must_use]
    pub fn of(service: &Service, floor: &Floor, jobs: &[Job]) -> Self {
        let machines = floor.printers.iter();
        let machines = machines.map(|printer| machine(service, floor, printer));
        let open = |job: &Job| {
            let duration_s = duration_s(job);
            let copies = job.copies.iter().filter(|copy| !copy.state.is_over());
            copies
                .map(|copy| Turn {
                    stand: stand(service, floor, copy, duration_s),
                    duration_s,
                })
                .collect::<Vec<_>>()
        };
        let turns: Vec<Vec<Turn>> = jobs.iter().map(open).collect();
        let expected = expect(machines.collect(), &turns.concat());
        let mut expected = expected.into_iter();
        let of_job = |(job, turns): (&Job, &Vec<Turn>)| {
            let copies: Vec<Expected> = expected.by_ref().take(turns.len()).collect();
            Some((job.id, Expected::together(&copies)?))
        };
        Self {
            jobs: jobs.iter().zip(&turns).filter_map(of_job).collect(),
        }
    }

    /// What is expected of one job. The queue is read only if what waits in it can matter: what does
    /// not go on by itself does not depend on others.
    pub async fn of_job(
        service: &Service,
        org: OrganisationId,
        job: &Job,
    ) -> Result<Option<ExpectedShown>, StoreError> {
        let open = job.copies.iter().filter(|copy| !copy.state.is_over());
        let stuck: Option<Vec<Turn>> = open.map(stuck_turn).collect();
        match stuck {
            Some(turns) => {
                let expected = Expected::together(&expect(Vec::new(), &turns));
                let now = service.clock.now();
                Ok(expected.map(|expected| ExpectedShown::new(&expected, now)))
            }
            None => Ok(Self::look(service, org).await?.shown(service, job.id)),
        }
    }

    /// What is expected of a job; nothing of one that is over.
    #[must_use]
    pub fn shown(&self, service: &Service, job: JobId) -> Option<ExpectedShown> {
        let expected = self.jobs.get(&job)?;
        Some(ExpectedShown::new(expected, service.clock.now()))
    }
}

/// Why a copy in this state does not go on by itself.
fn stuck(state: State) -> Option<Unknown> {
    match state {
        State::Preparing => Some(Unknown::Preparing),
        State::Held => Some(Unknown::Held),
        State::NeedsAttention => Some(Unknown::NeedsAttention),
        _ => None,
    }
}

fn stuck_turn(copy: &Copy) -> Option<Turn> {
    Some(Turn {
        stand: Stand::Stuck(stuck(copy.state)?),
        duration_s: None,
    })
}

fn duration_s(job: &Job) -> Option<u64> {
    let estimate: Estimate = serde_json::from_str(job.estimate.as_deref()?).ok()?;
    Some(estimate.one_copy.duration_s)
}

fn machine(service: &Service, floor: &Floor, printer: &Printer) -> Machine {
    let ours = floor.open.iter().find(|a| a.printer == printer.id);
    let obstacle = |refusal| Some(Unknown::Obstacle(refusal));
    let reach = service.hub.reach(printer.id);
    let blocked = match (ours.map(|ours| ours.state), printer.state) {
        (Some(attempt::State::Unsure), _) => Some(Unknown::NeedsAttention),
        (_, PrinterState::Offline) => obstacle(Refusal::PrinterOffline),
        _ if reach.is_none() => obstacle(Refusal::PrinterOffline),
        _ if reach.is_some_and(|reach| !reach.reconciled) => obstacle(Refusal::NotReconciled),
        (_, PrinterState::Unknown) => obstacle(Refusal::NotReconciled),
        (_, PrinterState::Error) => obstacle(Refusal::PrinterInError),
        (Some(state), _) if state.may_have_started() => None,
        (_, PrinterState::Busy | PrinterState::Paused) => obstacle(Refusal::PrinterBusy),
        (_, PrinterState::Ready) if printer.bed_is_clear(service.clock.now()) => None,
        (_, PrinterState::Ready) => obstacle(Refusal::BedNotClear),
    };
    let foreign = blocked == obstacle(Refusal::PrinterBusy);
    let seen = service.hub.seen(printer.id).filter(|_| foreign);
    let left_s = seen.and_then(|seen| seen.observation.job?.time_left_s);
    Machine {
        id: printer.id,
        free_in_s: left_s.unwrap_or(0),
        blocked,
    }
}

fn stand(service: &Service, floor: &Floor, copy: &Copy, duration_s: Option<u64>) -> Stand {
    let attempt = floor.attempt(copy);
    let runs = |attempt: &Attempt| Stand::Runs {
        printer: attempt.printer,
        left_s: left_s(service, attempt, duration_s),
        paused: copy.state == State::Paused,
    };
    if let Some(why) = stuck(copy.state) {
        return Stand::Stuck(why);
    }
    match attempt {
        Some(attempt) if attempt.state.may_have_started() => runs(attempt),
        _ if floor.on_hold => Stand::Stuck(Unknown::Obstacle(Refusal::OrganisationOnHold)),
        Some(attempt) => Stand::Given {
            printer: attempt.printer,
        },
        None => waits(floor, copy),
    }
}

fn waits(floor: &Floor, copy: &Copy) -> Stand {
    let Some(needs) = floor.needs(copy) else {
        return Stand::Stuck(Unknown::Preparing);
    };
    let suits = floor
        .candidates
        .iter()
        .filter(|candidate| needs.may_use(candidate) && matching::suits(needs, candidate).is_ok());
    let obstacle = matching::choose(needs, &floor.candidates).err();
    Stand::Waits {
        suits: suits.map(|candidate| candidate.id).collect(),
        obstacle: obstacle.unwrap_or(Refusal::NoPrinter),
    }
}

/// Seconds left of a print, in its printer's words; before it says any, what the estimate leaves.
fn left_s(service: &Service, attempt: &Attempt, duration_s: Option<u64>) -> Option<u64> {
    let seen = seen_of(service, attempt);
    let told = seen.as_ref().and_then(|seen| seen.time_left_s);
    let printed_s = seen.and_then(|seen| seen.print_time_s);
    told.or_else(|| Some(duration_s?.saturating_sub(printed_s.unwrap_or(0))))
}

/// What the printer says of a try's own file.
#[must_use]
pub fn seen_of(service: &Service, attempt: &Attempt) -> Option<SeenJob> {
    let seen = service.hub.seen(attempt.printer)?.observation.job?;
    seen.path.contains(&attempt.id.to_string()).then_some(seen)
}
