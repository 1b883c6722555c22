//! What open pages see move: one socket for each page, one stream of the service for each
//! organisation between them.

mod heard_job;
mod hub;
mod limits;
mod news;
mod picture;
mod projection;
mod publisher;
mod redact;
mod redial;
mod said;
mod snapshot;
mod socket;
mod subscriptions;
mod upstream;

pub(crate) use heard_job::HeardJob;
pub use hub::Live;

use crate::http::door::{Door, table};
use crate::studio::Studio;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

/// Who may listen.
pub(crate) const DOORS: &[Door] = table! {
    GET "/api/live" Person, Stream, Free;
};

/// The routes that the description does not list.
pub(crate) fn beside() -> Router<Arc<Studio>> {
    Router::new().route("/api/live", get(socket::upgrade))
}

/// Listens to the service and to the outbox, and tells the pages, until the studio stops.
pub async fn run(studio: Arc<Studio>) {
    tokio::join!(
        publisher::run(&studio),
        subscriptions::run(&studio),
        subscriptions::watch(&studio),
    );
}
