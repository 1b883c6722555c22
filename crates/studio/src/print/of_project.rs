//! Printing the files of a project: what was chosen here becomes what the service understands.

use super::token_in;
use super::wanted::{PrintEstimateWanted, PrintWanted};
use crate::content::FileKind;
use crate::flag;
use crate::gateway::{Answer, Call, GatewayError};
use crate::handover;
use crate::http::door::{Caller, Door, Here, table};
use crate::http::{Failure, Thing};
use crate::limits::PRINT_INTENT_S;
use crate::live::HeardJob;
use crate::studio::Studio;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use fluxprint_domain::id::{FileId, FileVersionId, PrintIntentId, ProjectId};
use fluxprint_domain::role::Act;
use fluxprint_http::{Json as Body, Problem, Query, idempotency_key};
use fluxprint_store::studio::file::{File, Version};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Who may use them.
pub(crate) const DOORS: &[Door] = table! {
    POST "/api/projects/{project}/print/estimates" Project(Act::Print), Ordinary, Free;
    GET "/api/projects/{project}/print/jobs" Project(Act::Look), Ordinary, Free;
    POST "/api/projects/{project}/print/jobs" Project(Act::Print), Ordinary, Free;
};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<Arc<Studio>> {
    OpenApiRouter::new()
        .routes(routes!(estimate))
        .routes(routes!(list, create))
}

/// The code with which the service says that it does not have a model.
const MODEL_NOT_FOUND: &str = "MODEL_NOT_FOUND";

/// What a print of a file will take.
#[utoipa::path(post, path = "/api/projects/{project}/print/estimates", tag = "printing",
    params(("project" = String, Path)), request_body = PrintEstimateWanted,
    responses((status = 200, body = Object, description = "As the print service answers: an Estimate")))]
async fn estimate(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Body(wanted): Body<PrintEstimateWanted>,
) -> Result<Response, Failure> {
    let printed = printed(&studio, &caller, here.project, wanted.file, wanted.version).await?;
    let body = json!({
        "model": printed.version.sha256,
        "material": wanted.material,
        "quality": wanted.quality,
        "infill_pct": wanted.infill_pct,
        "supports": wanted.supports,
        "copies": wanted.copies,
    });
    let call = || Call::new(Method::POST, "/v1/estimates").json(&body);
    let answer = send(&studio, &caller, &printed, call).await?;
    Ok(answer.pass_back().await?)
}

/// Prints a file: once for each `Idempotency-Key`, however often it is sent.
#[utoipa::path(post, path = "/api/projects/{project}/print/jobs", tag = "printing",
    params(("project" = String, Path),
        ("idempotency-key" = String, Header, description = "1 to 128 visible characters")),
    request_body = PrintWanted,
    responses((status = 201, body = Object, description = "As the print service answers: a Job")))]
async fn create(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    headers: HeaderMap,
    Body(wanted): Body<PrintWanted>,
) -> Result<Response, Failure> {
    idempotency_key(&headers)?;
    let printed = printed(&studio, &caller, here.project, wanted.file, wanted.version).await?;
    let body = json!({
        "model": printed.version.sha256,
        "name": printed.name,
        "material": wanted.material,
        "quality": wanted.quality,
        "copies": wanted.copies,
        "supports": wanted.supports,
        "infill_pct": wanted.infill_pct,
        "notes": wanted.notes,
        "printer": wanted.printer,
        "project": here.project,
        "reference": wanted.file,
    });
    let call = move || {
        Call::new(Method::POST, "/v1/jobs")
            .with_headers_of(&headers)
            .json(&body)
    };
    // A task of its own: this future is dropped when the caller hangs up, and a job that was made
    // is to be noted. It is waited for when the studio stops.
    let (tracker, keep) = (studio.sockets.clone(), studio.clone());
    let making = tracker.spawn(async move {
        let intent = intend(&keep, &caller, &printed).await?;
        let made = make(&keep, &caller, &printed, call).await;
        match &made {
            // The job may be there all the same, so its file stays for now.
            Err(failure) if leaves_doubt(failure) => {
                keep.live.doubt(caller.org, keep.clock.monotonic());
            }
            _ => settle(&keep, &caller, intent).await,
        }
        made
    });
    making.await.unwrap_or(Err(Failure::Broken))
}

/// Whether the service may have made the job although it did not say so.
fn leaves_doubt(failure: &Failure) -> bool {
    matches!(failure, Failure::Said(problem) if problem.status.is_server_error())
}

/// Writes down that a print is being asked for: from here on nobody deletes the file.
async fn intend(
    studio: &Studio,
    caller: &Caller,
    printed: &Printed,
) -> Result<PrintIntentId, Failure> {
    let id = PrintIntentId::fresh(studio.clock.as_ref());
    let until = studio.clock.now().plus_s(PRINT_INTENT_S);
    let intents = studio.store.print_intents(caller.org);
    let begun = intents
        .begin(id, (printed.project, printed.file), until)
        .await;
    begun.map_err(Thing::File.missing())?;
    Ok(id)
}

/// It is known what became of it. When that cannot be written down, the intent ends by itself.
async fn settle(studio: &Studio, caller: &Caller, intent: PrintIntentId) {
    if let Err(error) = studio.store.print_intents(caller.org).settle(intent).await {
        tracing::warn!(%error, "a print that was asked for could not be settled");
    }
}

async fn make(
    studio: &Studio,
    caller: &Caller,
    printed: &Printed,
    call: impl Fn() -> Call,
) -> Result<Response, Failure> {
    let answer = send(studio, caller, printed, call).await?;
    let (status, headers) = (answer.status, answer.headers.clone());
    let bytes = answer.bytes().await?;
    note(studio, caller, &bytes).await;
    Ok((status, headers, bytes).into_response())
}

/// Keeps the new job in the studio's picture at once, so that the file's badge does not wait for
/// the service's stream. The stream tells the same again: nothing is lost when this fails.
async fn note(studio: &Studio, caller: &Caller, job: &[u8]) {
    let heard = serde_json::from_slice::<HeardJob>(job).ok();
    let print = heard.and_then(|heard| heard.print(None, 0, studio.clock.now()));
    if let Some(print) = print
        && let Err(error) = studio.store.prints(caller.org).hear(print).await
    {
        tracing::warn!(%error, "a new job could not be noted");
    }
    studio.live.poke();
    studio.live.want();
}

/// Which jobs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct JobsWanted {
    /// Only those in this state.
    state: Option<String>,
    /// At most so many, 1 to 100.
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// The jobs of a project, newest first.
#[utoipa::path(get, path = "/api/projects/{project}/print/jobs", tag = "printing",
    params(("project" = String, Path), JobsWanted),
    responses((status = 200, body = Object, description = "As the print service answers: a page of Jobs")))]
async fn list(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Query(wanted): Query<JobsWanted>,
) -> Result<Response, Failure> {
    let projects = studio.store.projects(caller.org);
    let project = projects.get(here.project).await;
    project.map_err(Thing::Project.missing())?;
    let call = Call::get(format!("/v1/jobs?{}", query(here.project, wanted)));
    let token = token_in(&studio, &caller, here.project)?;
    let answer = studio.gateway.send(call, &token).await?;
    Ok(answer.pass_back().await?)
}

fn query(project: ProjectId, wanted: JobsWanted) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("project", &project.to_string());
    let limit = wanted.limit.map(|limit| limit.to_string());
    for (name, value) in [
        ("state", wanted.state),
        ("limit", limit),
        ("after", wanted.after),
    ] {
        if let Some(value) = value {
            query.append_pair(name, &value);
        }
    }
    query.finish()
}

/// A version of a file that may be printed now.
struct Printed {
    project: ProjectId,
    file: FileId,
    version: Version,
    name: String,
}

async fn printed(
    studio: &Studio,
    caller: &Caller,
    project: ProjectId,
    file: FileId,
    version: Option<FileVersionId>,
) -> Result<Printed, Failure> {
    flag::check(studio, caller.org).await?;
    let files = studio.store.files(caller.org);
    let File {
        name,
        version: newest,
        ..
    } = files
        .get(project, file)
        .await
        .map_err(Thing::File.missing())?;
    let version = match version {
        Some(wanted) if wanted != newest.id => {
            let known = files.version(project, file, wanted).await;
            known.map_err(Thing::Version.missing())?
        }
        _ => newest,
    };
    match FileKind::from_word(&version.kind) {
        Some(kind) if kind.is_printable() => Ok(Printed {
            project,
            file,
            version,
            name,
        }),
        kind => Err(not_printable(kind.is_some_and(FileKind::prints_later))),
    }
}

fn not_printable(later: bool) -> Failure {
    let (sentence, remedy) = if later {
        (
            "Files of this kind cannot be printed yet; printing these comes later.",
            "Save the model as STL and upload that one.",
        )
    } else {
        (
            "This file cannot be printed.",
            "Choose a model, such as an STL file.",
        )
    };
    Failure::Said(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "PRINTING_UNSUPPORTED_FILE_TYPE",
        sentence,
        remedy,
    ))
}

/// Sends a call about a file, whose bytes the service gets first if it does not have them.
async fn send(
    studio: &Studio,
    caller: &Caller,
    printed: &Printed,
    call: impl Fn() -> Call,
) -> Result<Answer, Failure> {
    handover::ready(studio, caller, &printed.version, &printed.name).await?;
    let token = token_in(studio, caller, printed.project)?;
    match studio.gateway.send(call(), &token).await {
        Err(GatewayError::Said(problem)) if problem.code == MODEL_NOT_FOUND => {
            handover::again(studio, caller, &printed.version, &printed.name).await?;
            Ok(studio.gateway.send(call(), &token).await?)
        }
        sent => Ok(sent?),
    }
}
