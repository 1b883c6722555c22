//! `GET /api/projects/{project}/files/{file}/check`: what the print service found in a model.

use crate::content::FileKind;
use crate::gateway::{Call, GatewayError};
use crate::http::door::{Caller, Here};
use crate::http::{Failure, Named, Thing};
use crate::print;
use crate::studio::Studio;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fluxprint_domain::id::{ErrandId, FileId};
use fluxprint_store::studio::file::{File, Handover};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What is known of a file as something to print.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Check {
    /// How far the check is.
    state: CheckWord,
    /// Width, depth and height of the part.
    #[serde(skip_serializing_if = "Option::is_none")]
    size_mm: Option<[f64; 3]>,
    /// Volume of the part.
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_mm3: Option<f64>,
    /// Triangles of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    triangles: Option<u64>,
    /// Why it cannot be printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<CheckReason>,
}

/// How far a check is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum CheckWord {
    /// The print service does not have the file yet.
    Waiting,
    /// It looks at it.
    Checking,
    /// It can be printed.
    Ready,
    /// It cannot.
    Refused,
}

/// Why a file cannot be printed.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct CheckReason {
    /// For programs; stable.
    code: String,
    /// What is wrong.
    sentence: String,
    /// What to do.
    remedy: String,
}

/// A model as the service shows it, as far as it matters here.
#[derive(Deserialize)]
struct Model {
    state: ModelWord,
    size: Option<Size>,
    report: Option<Report>,
    reason: Option<CheckReason>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ModelWord {
    Received,
    Checked,
    Refused,
}

#[derive(Deserialize)]
struct Size {
    x_mm: f64,
    y_mm: f64,
    z_mm: f64,
}

#[derive(Deserialize)]
struct Report {
    volume_mm3: Option<f64>,
    triangle_count: Option<u64>,
}

impl Check {
    fn only(state: CheckWord) -> Self {
        Self {
            state,
            size_mm: None,
            volume_mm3: None,
            triangles: None,
            reason: None,
        }
    }

    fn refused(code: &str, sentence: &str, remedy: &str) -> Self {
        let reason = CheckReason {
            code: code.to_owned(),
            sentence: sentence.to_owned(),
            remedy: remedy.to_owned(),
        };
        Self {
            reason: Some(reason),
            ..Self::only(CheckWord::Refused)
        }
    }

    fn of(model: Model) -> Self {
        let state = match model.state {
            ModelWord::Received => CheckWord::Checking,
            ModelWord::Checked => CheckWord::Ready,
            ModelWord::Refused => CheckWord::Refused,
        };
        Self {
            state,
            size_mm: model.size.map(|size| [size.x_mm, size.y_mm, size.z_mm]),
            volume_mm3: model.report.as_ref().and_then(|report| report.volume_mm3),
            triangles: model.report.and_then(|report| report.triangle_count),
            reason: model.reason,
        }
    }
}

/// What the print service found in the newest version of a file.
#[utoipa::path(get, path = "/api/projects/{project}/files/{file}/check", tag = "files",
    params(("project" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = Check)))]
pub(super) async fn check(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    here: Here,
    Named(id): Named<FileId>,
) -> Result<Json<Check>, Failure> {
    let file = studio.store.files(caller.org).get(here.project, id).await;
    let file = file.map_err(Thing::File.missing())?;
    let told = match never_printed(&file) {
        Some(refused) => refused,
        None => match &file.handover {
            Handover::Waiting => Check::only(CheckWord::Waiting),
            Handover::Failed(why) => Check::refused(
                "MODEL_NOT_TAKEN",
                why.as_deref()
                    .unwrap_or("The print service did not take this file."),
                "Upload the file again; if it stays, tell whoever runs the print service.",
            ),
            Handover::Done | Handover::None => asked(&studio, &caller, &file).await?,
        },
    };
    Ok(Json(told))
}

fn never_printed(file: &File) -> Option<Check> {
    let kind = FileKind::from_word(&file.version.kind)?;
    if kind.prints_later() {
        return Some(Check::refused(
            "PRINTS_LATER",
            "Files of this type cannot be printed yet.",
            "Export it as STL to print it now.",
        ));
    }
    (!kind.is_printable()).then(|| {
        Check::refused(
            "NOT_PRINTABLE",
            "Files of this type are kept, but not printed.",
            "Upload the model as STL, or as G-code.",
        )
    })
}

async fn asked(studio: &Studio, caller: &Caller, file: &File) -> Result<Check, Failure> {
    let sha256 = file.version.sha256;
    let token = print::token(studio, caller)?;
    let call = Call::get(format!("/v1/models/{sha256}"));
    match studio.gateway.send(call, &token).await {
        Ok(answer) => Ok(Check::of(answer.json().await?)),
        Err(GatewayError::Said(problem)) if problem.status == StatusCode::NOT_FOUND => {
            // It had it, and has lost it: a restored backup, another service.
            let (errands, now) = (studio.store.errands(caller.org), studio.clock.now());
            let errand = ErrandId::fresh(studio.clock.as_ref());
            errands
                .tell_again(errand, sha256, &file.name, caller.person, now)
                .await?;
            studio.handover.ring();
            Ok(Check::only(CheckWord::Waiting))
        }
        Err(error) => Err(error.into()),
    }
}
