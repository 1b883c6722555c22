//! `POST /v1/jobs/{job}/cancellation`.

use super::{detail, load, rights};
use crate::http::door::Caller;
use crate::http::dto::job::JobDetail;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::id::JobId;
use fluxprint_domain::{Refusal, job};
use fluxprint_link::Command;
use fluxprint_store::service::job::{Canceled, Target};
use std::sync::Arc;

/// Cancels every copy of a job that is not over. What is printing is cancelled by its printer, and
/// shows so when it was.
#[utoipa::path(post, path = "/v1/jobs/{job}/cancellation", tag = "jobs",
    params(("job" = String, Path)), responses((status = 200, body = JobDetail)))]
pub async fn cancel(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(id): Named<JobId>,
) -> Result<Json<JobDetail>, Failure> {
    let (job, _) = load(&service, &caller, id).await?;
    rights::control(&caller, &job)?;
    let jobs = service.store.jobs(caller.org());
    let answers = jobs
        .cancel(Target::Job(id), caller.who(), service.clock.now())
        .await?;
    let mut done = Err(Refusal::AlreadyEnded);
    for (_, answer) in answers {
        match answer {
            Canceled::Done { given_up: None } => done = Ok(()),
            Canceled::Done {
                given_up: Some((attempt, printer)),
            }
            | Canceled::AtPrinter { attempt, printer } => {
                // Out of reach now: the dispatcher says it again when the bridge is back.
                let _ = service
                    .hub
                    .send_urgent(printer, Command::Cancel { attempt });
                done = Ok(());
            }
            Canceled::NeedsAttention => {
                let while_it_is = job::State::NeedsAttention.word();
                done = done.or(Err(Refusal::NotNow {
                    asked: "cancel",
                    while_it_is,
                }));
            }
            Canceled::AlreadyOver => {}
        }
    }
    service.changed();
    done?;
    detail(&service, &caller, id).await.map(Json)
}
