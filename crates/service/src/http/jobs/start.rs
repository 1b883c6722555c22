//! `POST /v1/jobs/{job}/start`: a person starts what waits, by the dispatcher's rules.

use super::{detail, load};
use crate::dispatcher;
use crate::http::door::Caller;
use crate::http::dto::job::JobDetail;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::http::waits::Floor;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::Refusal;
use fluxprint_domain::attempt;
use fluxprint_domain::id::JobId;
use std::sync::Arc;

/// Starts a copy whose file lies in its printer. What stands in the way is the answer when it
/// cannot be.
#[utoipa::path(post, path = "/v1/jobs/{job}/start", tag = "jobs",
    params(("job" = String, Path)), responses((status = 202, body = JobDetail)))]
pub async fn start(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(id): Named<JobId>,
) -> Result<(StatusCode, Json<JobDetail>), Failure> {
    let (job, attempts) = load(&service, &caller, id).await?;
    let floor = Floor::look(&service, caller.org()).await?;
    let staged = attempts
        .iter()
        .find(|attempt| attempt.state == attempt::State::Staged);
    if let Some(staged) = staged {
        if let Some(obstacle) = floor.before_start(&service, staged) {
            return Err(obstacle.into());
        }
        let reach = service
            .hub
            .reach(staged.printer)
            .ok_or(Refusal::PrinterOffline)?;
        let org = caller.org();
        dispatcher::start(&service, org, staged.id, reach.session, caller.who()).await??;
    } else if let Some(obstacle) = job.copies.iter().find_map(|copy| floor.why(&service, copy)) {
        return Err(obstacle.into());
    } else {
        let while_it_is = job.state().word();
        return Err(match job.state().is_over() {
            true => Refusal::AlreadyEnded.into(),
            false => Refusal::NotNow {
                asked: "start",
                while_it_is,
            }
            .into(),
        });
    }
    service.changed();
    Ok((
        StatusCode::ACCEPTED,
        Json(detail(&service, &caller, id).await?),
    ))
}
