//! `PUT /v1/queue/order`.

use super::all;
use crate::http::door::Caller;
use crate::http::dto::queue::{OrderSaid, QueueShown};
use crate::http::failure::{Failure, Thing};
use crate::http::jobs;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use fluxprint_domain::queue::OrderVersion;
use fluxprint_http::{Fault, Json as Body};
use fluxprint_store::service::job::{Beside, Reordered};
use std::sync::Arc;

/// Moves a job before or after another one of its priority. The caller says which version of the
/// order was seen; when it is no longer the newest, nothing is moved, and the `ETag` of the answer
/// is the newest version.
#[utoipa::path(put, path = "/v1/queue/order", tag = "jobs", request_body = OrderSaid,
    responses((status = 200, body = QueueShown)))]
pub async fn order(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Body(said): Body<OrderSaid>,
) -> Result<Response, Failure> {
    let to = match (said.before, said.after) {
        (Some(id), None) => Beside::Before(id),
        (None, Some(id)) => Beside::After(id),
        _ => {
            return Err(Failure::from(Fault::BadField {
                field: "before",
                rule: "Name one job in `before` or in `after`, not both.",
            }));
        }
    };
    let (Beside::Before(neighbour) | Beside::After(neighbour)) = to;
    for id in [said.job, neighbour] {
        jobs::load(&service, &caller, id).await?;
    }
    let (store, now) = (service.store.jobs(caller.org()), service.clock.now());
    let seen = OrderVersion(said.version);
    let moved = store.reorder(seen, said.job, to, caller.who(), now);
    match moved.await.map_err(Thing::Job.missing())? {
        Reordered::Done(_) => {
            service.changed();
            Ok(Json(all(&service, &caller).await?).into_response())
        }
        Reordered::OtherVersion(OrderVersion(newest)) => {
            let mut response = Failure::OrderChanged.into_response();
            if let Ok(tag) = HeaderValue::from_str(&format!("\"{newest}\"")) {
                response.headers_mut().insert(ETAG, tag);
            }
            Ok(response)
        }
    }
}
