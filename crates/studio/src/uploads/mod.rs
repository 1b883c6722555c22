//! Files on their way in: the server's side of tus 1.0 (tus.io, "Resumable Upload Protocol"), with
//! its extensions *creation*, *expiration* and *termination*.
//!
//! The row says how far an upload is, the draft holds its bytes, and the row never says more than the
//! disk has. Whatever cuts in, a caller who asks (HEAD) is told where to go on.
//!
//! Left out on purpose: `X-HTTP-Method-Override` (rights hang on the method, which must not be
//! another one than the door has seen), uploads of unknown length (room is made sure of before the
//! first byte), uploads in parallel parts.

mod ask;
mod begin;
mod end;
mod expire;
mod finish;
mod held;
mod metadata;
mod open;
mod options;
mod protocol;
mod refusal;
mod room;
mod send;
mod take;

pub(crate) use expire::expire;
pub(crate) use held::Uploads;
pub(crate) use protocol::speak;

use crate::http::door::{Door, table};
use crate::studio::Studio;
use axum::Router;
use axum::routing::{head, options};
use fluxprint_domain::role::Act;
use std::sync::Arc;

/// Who may do what here. Sending, asking and ending is for whoever began the upload; whether they
/// still may add to the project is looked at again with every piece.
pub(crate) const DOORS: &[Door] = table! {
    OPTIONS "/api/uploads" Person, Ordinary, Free;
    POST "/api/uploads" Somewhere(Act::Upload), Ordinary, Uploads;
    HEAD "/api/uploads/{upload}" Person, Ordinary, Free;
    PATCH "/api/uploads/{upload}" Person, Upload, Free;
    DELETE "/api/uploads/{upload}" Person, Ordinary, Free;
};

/// The routes of tus, which the description of the API does not list.
pub(crate) fn routes() -> Router<Arc<Studio>> {
    Router::new()
        .route("/api/uploads", options(options::options).post(begin::begin))
        .route(
            "/api/uploads/{upload}",
            head(ask::ask).patch(send::send).delete(end::end),
        )
}
