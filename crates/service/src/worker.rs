//! Background tasks: checking and slicing models. At-least-once, with lease and fence (R-12).
//!
//! ```text
//! model received ─► task check_model ─► checked | refused
//! job preparing  ─► prepare (a sweep) ─► slice wanted ─► task slice_model ─► slice done | failed
//!                                    └─► copies queued, or failed with the reason
//! ```
//!
//! The sweep looks at what is, not at what happened, so a crash between two steps costs one look.

mod check;
mod prepare;
mod scratch;
mod slice;
mod step_error;

use crate::rest::rest;
use crate::service::Service;
use fluxprint_domain::id::OrganisationId;
use fluxprint_store::StoreError;
use fluxprint_store::limits::TASK_TRIES_MAX;
use fluxprint_store::service::task::{Task, TaskKind};
use std::sync::Arc;
use std::time::Duration;
pub use step_error::StepError;
use tokio::sync::Semaphore;

/// How often tasks are looked for when nobody calls.
const LOOK: Duration = Duration::from_secs(2);
/// How long a task belongs to its worker without another word: so long it lies still when the
/// worker dies.
const LEASE_S: i64 = 15;
/// How often a worker says that it is still at it.
const EXTEND: Duration = Duration::from_secs(5);
/// Tasks at work in this process at a time. Slicing is further limited to one per core.
pub const TASKS_AT_WORK_MAX: usize = 4;

/// Works until the service stops.
pub async fn run(service: Arc<Service>) {
    let owner = format!("worker-{:032x}", service.clock.random());
    let slots = Arc::new(Semaphore::new(TASKS_AT_WORK_MAX));
    loop {
        let began = service.clock.monotonic();
        if let Err(error) = turn(&service, &owner, &slots).await {
            tracing::warn!(%error, "the worker could not look for work");
        }
        rest(&service, began).await;
        tokio::select! {
            () = service.stopping.cancelled() => return,
            () = service.work.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn turn(
    service: &Arc<Service>,
    owner: &str,
    slots: &Arc<Semaphore>,
) -> Result<(), fluxprint_store::StoreError> {
    for organisation in service.store.organisations().list().await? {
        prepare::sweep(service, organisation.id).await?;
        while let Ok(slot) = Arc::clone(slots).try_acquire_owned() {
            let now = service.clock.now();
            let claimed = service
                .store
                .tasks(organisation.id)
                .claim(owner, LEASE_S, now)
                .await?;
            let Some(task) = claimed else { break };
            let service = Arc::clone(service);
            tokio::spawn(async move {
                tokio::select! {
                    () = work(&service, organisation.id, &task) => {}
                    () = keep(&service, organisation.id, &task) => {}
                }
                drop(slot);
                service.work.notify_one();
            });
        }
    }
    Ok(())
}

/// Keeps the lease of a task while it is worked on. Ends when somebody else has it: what the work
/// would then write is refused by its fence.
async fn keep(service: &Service, organisation: OrganisationId, task: &Task) {
    loop {
        tokio::time::sleep(EXTEND).await;
        let tasks = service.store.tasks(organisation);
        match tasks.extend(task, LEASE_S, service.clock.now()).await {
            Err(StoreError::Stale) => return,
            Err(error) => tracing::warn!(task = %task.id, %error, "a lease could not be extended"),
            Ok(()) => {}
        }
    }
}

/// Does one task. A failure of the machine is tried again later; one of the model is the result.
async fn work(service: &Service, organisation: OrganisationId, task: &Task) {
    let done = if task.is_exhausted() {
        Err(StepError::Exhausted)
    } else {
        match task.kind {
            TaskKind::CheckModel => check::work(service, organisation, task).await,
            TaskKind::SliceModel => slice::work(service, organisation, task).await,
        }
    };
    service.events.poke();
    let Err(error) = done else { return };
    tracing::warn!(task = %task.id, kind = task.kind.word(), %error, "a task did not succeed");
    while let Err(unwritten) = write_down(service, organisation, task, &error).await {
        tracing::warn!(task = %task.id, error = %unwritten, "its failure could not be written down");
        if !unwritten.database_may_recover() {
            return;
        }
        // A full disk keeps this from being written too. Without this patience the task would
        // lie still until its lease runs out, long after there is room again.
        tokio::select! {
            () = service.stopping.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn write_down(
    service: &Service,
    organisation: OrganisationId,
    task: &Task,
    error: &StepError,
) -> Result<(), StepError> {
    if !error.may_pass() || task.tries >= TASK_TRIES_MAX {
        return give_up(service, organisation, task, error).await;
    }
    let (why, now) = (error.to_string(), service.clock.now());
    let tasks = service.store.tasks(organisation);
    tasks.fail(task, &why, true, now).await?;
    Ok(())
}

/// Nothing will try this again: whoever waits for it is told.
async fn give_up(
    service: &Service,
    organisation: OrganisationId,
    task: &Task,
    error: &StepError,
) -> Result<(), StepError> {
    match task.kind {
        TaskKind::CheckModel => check::refuse(service, organisation, task, &error.reason()).await,
        TaskKind::SliceModel => slice::refuse(service, organisation, task, &error.reason()).await,
    }
}
