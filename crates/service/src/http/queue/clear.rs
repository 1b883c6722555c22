//! `DELETE /v1/queue`.

use crate::http::door::Caller;
use crate::http::dto::queue::{Cleared, Left};
use crate::http::dto::{JobWord, ReasonShown};
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::CopyId;
use fluxprint_domain::job;
use fluxprint_link::Command;
use fluxprint_store::service::job::{Job, Swept};
use fluxprint_store::service::reason::Reason;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// Copies that are canceled in one transaction: others of the organisation wait that long.
const AT_ONCE: usize = 50;

/// Cancels everything that waits. What has been started is left alone, and said.
#[utoipa::path(delete, path = "/v1/queue", tag = "jobs",
    responses((status = 200, body = Cleared)))]
pub async fn clear(
    State(service): State<Arc<Service>>,
    caller: Caller,
) -> Result<Json<Cleared>, Failure> {
    let mut cleared = Cleared::default();
    // A long queue is read in parts; a part in which nothing waited is the last one.
    loop {
        let canceled = sweep(&service, &caller, &mut cleared).await?;
        if canceled == 0 {
            break;
        }
        cleared.copies = cleared.copies.saturating_add(canceled);
    }
    let facts = json!({ "copies": cleared.copies, "left": cleared.left.len() });
    let audit = service.store.audit(caller.org());
    let (object, now) = (caller.org().to_string(), service.clock.now());
    audit
        .note(now, caller.who(), "queue cleared", &object, &facts)
        .await?;
    service.changed();
    Ok(Json(cleared))
}

/// Goes through the queue once; returns how many copies were canceled.
async fn sweep(service: &Service, caller: &Caller, cleared: &mut Cleared) -> Result<u32, Failure> {
    let store = service.store.jobs(caller.org());
    let jobs = store.queue().await?;
    let own = jobs
        .iter()
        .filter(|job| caller.role_in(job.project).is_some());
    let open = own.flat_map(|job| {
        job.copies
            .iter()
            .map(move |copy| (copy.id, (job, copy.number)))
    });
    let open: HashMap<CopyId, (&Job, u32)> = open.collect();
    let ids: Vec<CopyId> = jobs
        .iter()
        .flat_map(|job| &job.copies)
        .map(|copy| copy.id)
        .collect();
    let ids: Vec<CopyId> = ids.into_iter().filter(|id| open.contains_key(id)).collect();
    let mut canceled = 0;
    cleared.left.clear();
    for some in ids.chunks(AT_ONCE) {
        let swept = store.cancel_waiting(some, caller.who(), service.clock.now());
        for (id, swept) in swept.await? {
            match swept {
                Swept::Over => {}
                Swept::Canceled { given_up } => {
                    canceled += 1;
                    if let Some((attempt, printer)) = given_up {
                        // Out of reach now: the bridge is told when it is back and speaks of it.
                        let _ = service
                            .hub
                            .send_urgent(printer, Command::Cancel { attempt });
                    }
                }
                Swept::Left(state) => {
                    if let Some((job, number)) = open.get(&id) {
                        cleared.left.push(left(job, *number, state));
                    }
                }
            }
        }
    }
    Ok(canceled)
}

fn left(job: &Job, number: u32, state: job::State) -> Left {
    Left {
        job: job.id,
        name: job.name.clone(),
        copy: number,
        state: JobWord(state),
        because: ReasonShown::from(because(state)),
    }
}

/// Why a copy is not canceled by clearing the queue.
fn because(state: job::State) -> Reason {
    let (code, sentence, remedy) = match state {
        job::State::NeedsAttention => (
            "NEEDS_ATTENTION",
            "Nobody knows how this print stands.",
            "Look at the printer, then say what became of the print.",
        ),
        _ => (
            "ALREADY_STARTED",
            "This print has been started.",
            "Cancel it by itself if it should stop.",
        ),
    };
    Reason {
        code: code.to_owned(),
        sentence: sentence.to_owned(),
        remedy: remedy.to_owned(),
    }
}
