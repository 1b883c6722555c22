//! `POST /v1/estimates`.

use super::door::Caller;
use super::dto::estimate::{EstimateShown, EstimateWanted};
use super::failure::{Failure, Thing};
use crate::choice::Choice;
use crate::pricing;
use crate::report::ModelReport;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::limits::COPIES_MAX;
use fluxprint_http::Fault;
use fluxprint_http::Json as Body;
use fluxprint_store::service::model::{Model, ModelState};
use std::sync::Arc;

/// What a print will take: at once, from the shape of the model.
#[utoipa::path(post, path = "/v1/estimates", tag = "models", request_body = EstimateWanted,
    responses((status = 200, body = EstimateShown)))]
pub async fn estimate(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Body(wanted): Body<EstimateWanted>,
) -> Result<Json<EstimateShown>, Failure> {
    let choice = Choice {
        material: wanted.material.0,
        quality: wanted.quality.0,
        infill_pct: wanted.infill_pct,
        supports: wanted.supports,
    };
    check(choice, wanted.copies)?;
    let model = service.store.models(caller.org()).get(wanted.model).await;
    let report = report(&model.map_err(Thing::Model.missing())?)?;
    let estimate = pricing::of_model(&report, choice, wanted.copies);
    estimate
        .map(|estimate| Json(estimate.into()))
        .ok_or_else(unknown)
}

/// Whether these can be printed at all.
///
/// # Errors
/// [`Fault::BadField`].
pub fn check(choice: Choice, copies: u32) -> Result<(), Fault> {
    if choice.infill_pct > 100 {
        return Err(Fault::BadField {
            field: "infill_pct",
            rule: "Choose 0 to 100.",
        });
    }
    if !(1..=COPIES_MAX).contains(&copies) {
        return Err(Fault::BadField {
            field: "copies",
            rule: "Choose 1 to 10.",
        });
    }
    Ok(())
}

/// What is known of a model that can be printed.
///
/// # Errors
/// [`Failure::ModelNotReady`] until it was checked, [`Failure::ModelRefused`] when it cannot be.
pub fn report(model: &Model) -> Result<ModelReport, Failure> {
    match &model.state {
        ModelState::Received => Err(Failure::ModelNotReady),
        ModelState::Refused(reason) => Err(Failure::ModelRefused(reason.clone())),
        ModelState::Checked { report, .. } => {
            serde_json::from_str(report).map_err(|_| Failure::Broken)
        }
    }
}

fn unknown() -> Failure {
    Failure::ModelRefused(fluxprint_store::service::reason::Reason {
        code: "ESTIMATE_UNKNOWN".to_owned(),
        sentence: "This G-code does not say how long it prints or how much filament it takes."
            .to_owned(),
        remedy: "Export it again with these comments, or send the model itself.".to_owned(),
    })
}
