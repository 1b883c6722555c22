//! `PUT|DELETE /v1/jobs/{job}/pause`: said to the bridge; shown when the printer was seen to do it.

use super::{detail, load, rights};
use crate::http::door::Caller;
use crate::http::dto::job::JobDetail;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::{JobId, PrinterId};
use fluxprint_domain::{Refusal, attempt, job};
use fluxprint_link::Command;
use fluxprint_store::service::attempt::Attempt;
use serde_json::json;
use std::sync::Arc;

/// Pauses what is being printed of a job.
#[utoipa::path(put, path = "/v1/jobs/{job}/pause", tag = "jobs",
    params(("job" = String, Path)), responses((status = 202, body = JobDetail)))]
pub async fn pause(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(id): Named<JobId>,
) -> Result<(StatusCode, Json<JobDetail>), Failure> {
    let tries = printing(&service, &caller, id, "pause", false).await?;
    for attempt in tries {
        service.hub.send_urgent(
            attempt.printer,
            Command::Pause {
                attempt: attempt.id,
            },
        )?;
    }
    said(&service, &caller, id, "pause asked").await
}

/// Goes on with what is paused of a job. It moves and heats: only a bridge that has told the truth
/// in its session is asked.
#[utoipa::path(delete, path = "/v1/jobs/{job}/pause", tag = "jobs",
    params(("job" = String, Path)), responses((status = 202, body = JobDetail)))]
pub async fn resume(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(id): Named<JobId>,
) -> Result<(StatusCode, Json<JobDetail>), Failure> {
    let tries = printing(&service, &caller, id, "resume", true).await?;
    for attempt in tries {
        go_on(
            &service,
            attempt.printer,
            Command::Resume {
                attempt: attempt.id,
            },
        )?;
    }
    said(&service, &caller, id, "resume asked").await
}

fn go_on(service: &Service, printer: PrinterId, command: Command) -> Result<(), Refusal> {
    let reach = service.hub.reach(printer).ok_or(Refusal::PrinterOffline)?;
    if !reach.reconciled {
        return Err(Refusal::NotReconciled);
    }
    service.hub.send(printer, reach.session, command)
}

/// The tries of a job that are printing and `paused`, or not.
async fn printing(
    service: &Service,
    caller: &Caller,
    id: JobId,
    asked: &'static str,
    paused: bool,
) -> Result<Vec<Attempt>, Failure> {
    let (job, attempts) = load(service, caller, id).await?;
    rights::control(caller, &job)?;
    let wanted = if paused {
        job::State::Paused
    } else {
        job::State::Printing
    };
    let is_wanted = |attempt: &Attempt| {
        let moving = matches!(
            attempt.state,
            attempt::State::Starting | attempt::State::Printing
        );
        moving
            && job
                .copies
                .iter()
                .any(|c| c.attempt == Some(attempt.id) && c.state == wanted)
    };
    let tries: Vec<_> = attempts.into_iter().filter(is_wanted).collect();
    if tries.is_empty() {
        let state = job.state();
        return Err(match state.is_over() {
            true => Refusal::AlreadyEnded.into(),
            false => Refusal::NotNow {
                asked,
                while_it_is: state.word(),
            }
            .into(),
        });
    }
    Ok(tries)
}

async fn said(
    service: &Service,
    caller: &Caller,
    id: JobId,
    what: &str,
) -> Result<(StatusCode, Json<JobDetail>), Failure> {
    let audit = service.store.audit(caller.org());
    let now = service.clock.now();
    audit
        .note(now, caller.who(), what, &id.to_string(), &json!({}))
        .await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(detail(service, caller, id).await?),
    ))
}
