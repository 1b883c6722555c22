//! `GET /v1/models`.

use crate::http::door::Caller;
use crate::http::dto::model::{ModelPage, ModelShown};
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_http::Query;
use fluxprint_http::cursor;
use fluxprint_store::service::model::Model;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which models to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ModelsWanted {
    /// At most so many, 1 to 100.
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// The models of the organisation, newest first. Those who see only some projects see the models
/// that they have sent themselves.
#[utoipa::path(get, path = "/v1/models", tag = "models", params(ModelsWanted),
    responses((status = 200, body = ModelPage)))]
pub async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(wanted): Query<ModelsWanted>,
) -> Result<Json<ModelPage>, Failure> {
    let (after, limit) = (
        cursor::read(wanted.after.as_deref())?,
        cursor::limit(wanted.limit)?,
    );
    let models = service.store.models(caller.org());
    let models = match caller.projects_seen() {
        None => models.list(after, limit).await?,
        Some(_) => models.sent_by(caller.who(), after, limit).await?,
    };
    let full = u32::try_from(models.len()).is_ok_and(|len| len == limit);
    let last = models.last().filter(|_| full);
    let next = last.map(|model| cursor::write(model.created_at, model.sha256));
    Ok(Json(ModelPage {
        models: models.into_iter().map(named).collect(),
        next,
    }))
}

fn named(model: Model) -> ModelShown {
    let name = model.name.clone();
    ModelShown::new(model, Some(name))
}
