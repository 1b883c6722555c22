//! `GET /v1/jobs`.

use super::shown;
use crate::http::door::Caller;
use crate::http::dto::job::{JobsPage, JobsWanted};
use crate::http::failure::Failure;
use crate::service::Service;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::JobId;
use fluxprint_http::Query;
use fluxprint_http::cursor;
use fluxprint_store::limits::PAGE_ROWS_MAX;
use fluxprint_store::service::job::{Job, JobPage};
use std::sync::Arc;

/// Pages of the store that are looked through for one answer. Beyond them the answer is short and
/// says where to go on.
const PAGES_MAX: u32 = 5;

/// The jobs the caller may see, newest first.
#[utoipa::path(get, path = "/v1/jobs", tag = "jobs", params(JobsWanted),
    responses((status = 200, body = JobsPage)))]
pub async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
    RawQuery(query): RawQuery,
    Query(wanted): Query<JobsWanted>,
) -> Result<Response, Failure> {
    let query = query.unwrap_or_default();
    let changes = service.store.events(caller.org()).latest_seq().await?;
    let answers = &service.gate.answers;
    let body = if let Some(body) = answers.get(&caller, &query, changes) {
        body
    } else {
        let page = page(&service, &caller, &wanted).await?;
        let body = Bytes::from(serde_json::to_vec(&page).map_err(|_| Failure::Broken)?);
        answers.put(&caller, &query, changes, body.clone());
        body
    };
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

async fn page(
    service: &Service,
    caller: &Caller,
    wanted: &JobsWanted,
) -> Result<JobsPage, Failure> {
    let limit = cursor::limit(wanted.limit)?;
    let mut after: Option<(Timestamp, JobId)> = cursor::read(wanted.after.as_deref())?;
    let state = wanted.state.map(|state| state.0);
    let fits = |job: &Job| {
        caller.role_in(job.project).is_some() && state.is_none_or(|state| job.state() == state)
    };
    let filters = state.is_some() || caller.sees_only_some();
    let rows = if filters { PAGE_ROWS_MAX } else { limit };
    let mut jobs = Vec::new();
    for _ in 0..PAGES_MAX {
        let page = JobPage {
            project: wanted.project,
            after,
            limit: rows,
        };
        let page = service.store.jobs(caller.org()).list(page).await?;
        let last_page = page.len() < rows as usize;
        for job in page {
            after = Some((job.created_at, job.id));
            if fits(&job) {
                jobs.push(shown(caller, job));
            }
            if jobs.len() == limit as usize {
                return Ok(answer(jobs, after));
            }
        }
        if last_page {
            return Ok(answer(jobs, None));
        }
    }
    Ok(answer(jobs, after))
}

fn answer(
    jobs: Vec<crate::http::dto::job::JobShown>,
    after: Option<(Timestamp, JobId)>,
) -> JobsPage {
    JobsPage {
        jobs,
        next: after.map(|(at, id)| cursor::write(at, id)),
    }
}
