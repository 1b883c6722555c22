//! The routes under `/api` and `/downloads`, one file per noun.

mod about;
mod connection;
mod files;
mod job;
mod listing;
mod printer;
mod upload;

pub(super) use self::about::routes as about;
pub(super) use self::connection::routes as connection;
pub(super) use self::files::routes as files;
pub(super) use self::job::routes as job;
pub(super) use self::printer::routes as printer;

use std::sync::Arc;

use axum::extract::State;

use super::instance::Instance;

/// The instance behind a route.
type Shared = State<Arc<Instance>>;
