//! The test's own door, `/sim/...`: nothing of it exists on a real OctoPrint.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::instance::{Instance, Start};
use super::knobs::Knobs;

/// `GET /sim/starts`: every start so far.
pub(super) async fn starts(State(instance): State<Arc<Instance>>) -> Json<Vec<Start>> {
    Json(instance.with(|inside| inside.starts_so_far()))
}

/// `GET /sim/knobs`.
pub(super) async fn knobs(State(instance): State<Arc<Instance>>) -> Json<Knobs> {
    Json(instance.with(|inside| inside.knobs.clone()))
}

/// `PUT /sim/knobs`: all of them; what the body leaves out goes back to healthy.
pub(super) async fn set_knobs(
    State(instance): State<Arc<Instance>>,
    Json(knobs): Json<Knobs>,
) -> StatusCode {
    instance.with(|inside| inside.knobs = knobs);
    StatusCode::NO_CONTENT
}

/// A fault by the verb of OctoPrint's virtual printer, without the `!!DEBUG:` in front.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    verb: String,
}

/// `POST /sim/debug`.
pub(super) async fn debug(
    State(instance): State<Arc<Instance>>,
    Json(fault): Json<Fault>,
) -> StatusCode {
    instance.with(|inside| inside.machine.type_in(&format!("!!DEBUG:{}", fault.verb)));
    StatusCode::NO_CONTENT
}
