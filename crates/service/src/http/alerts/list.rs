//! `GET /v1/alerts`.

use crate::http::door::Caller;
use crate::http::dto::alert::{AlertShown, AlertsPage};
use crate::http::failure::Failure;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use fluxprint_http::{Query, cursor};
use fluxprint_store::service::alert::AlertPage;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which alerts to read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AlertsWanted {
    /// Whether those that are over are wanted too; without it they are.
    closed: Option<bool>,
    /// Only those after this place, as the page before told it.
    after: Option<String>,
    /// At most so many, 1 to 100.
    limit: Option<u32>,
}

/// What somebody should know at once, and what it was lately; newest first.
#[utoipa::path(get, path = "/v1/alerts", tag = "alerts", params(AlertsWanted),
    responses((status = 200, body = AlertsPage)))]
pub async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(wanted): Query<AlertsWanted>,
) -> Result<Json<AlertsPage>, Failure> {
    let limit = cursor::limit(wanted.limit)?;
    let page = AlertPage {
        closed: wanted.closed.unwrap_or(true),
        after: cursor::read(wanted.after.as_deref())?,
        limit,
    };
    let alerts = service.store.alerts(caller.org()).list(page).await?;
    let last = alerts.last().filter(|_| alerts.len() == limit as usize);
    let next = last.map(|alert| cursor::write(alert.raised_at, alert.id));
    let alerts = alerts.into_iter();
    Ok(Json(AlertsPage {
        alerts: alerts
            .map(|alert| AlertShown::new(alert, &caller))
            .collect(),
        next,
    }))
}
