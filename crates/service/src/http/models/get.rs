//! `GET /v1/models/{sha256}`.

use crate::http::door::Caller;
use crate::http::dto::model::ModelShown;
use crate::http::extract::Named;
use crate::http::failure::{Failure, Thing};
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_domain::Sha256;
use std::sync::Arc;

/// One model. Asked with HEAD, it says whether the bytes are here.
#[utoipa::path(get, path = "/v1/models/{sha256}", tag = "models",
    params(("sha256" = String, Path)), responses((status = 200, body = ModelShown)))]
pub async fn get(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(sha256): Named<Sha256>,
) -> Result<Json<ModelShown>, Failure> {
    let models = service.store.models(caller.org());
    let model = models.get(sha256).await.map_err(Thing::Model.missing())?;
    let name = match caller.projects_seen() {
        None => Some(model.name.clone()),
        Some(_) => models.name_by(sha256, caller.who()).await?,
    };
    Ok(Json(ModelShown::new(model, name)))
}
