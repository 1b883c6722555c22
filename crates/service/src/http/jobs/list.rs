//! `GET /v1/jobs`.

use super::shown;
use crate::http::door::Caller;
use crate::http::dto::job::JobsPage;
use crate::http::dto::job_said::JobsWanted;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use fluxprint_http::Query;
use fluxprint_http::cursor;
use fluxprint_store::service::job::JobPage;
use std::sync::Arc;

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
    let seen = caller.projects_seen();
    let page = JobPage {
        project: wanted.project,
        state: wanted.state.map(|state| state.0),
        reference: wanted.reference.as_deref(),
        seen: seen.as_deref(),
        after: cursor::read(wanted.after.as_deref())?,
        limit,
    };
    let jobs = service.store.jobs(caller.org()).list(page).await?;
    let last = jobs.last().filter(|_| jobs.len() == limit as usize);
    let next = last.map(|job| cursor::write(job.created_at, job.id));
    Ok(JobsPage {
        jobs: jobs.into_iter().map(|job| shown(caller, job)).collect(),
        next,
    })
}
