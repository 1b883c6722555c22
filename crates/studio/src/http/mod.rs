//! The HTTP side of the studio.
//!
//! A call goes through [`fluxprint_http::finished`] (id, headers, problems), then, once its route
//! is known, through [`door`] (room, page, caller, right, pace), then to its handler, which talks to
//! store and domain directly. Each part of the studio has its own routes and its own rows of the
//! table of doors.

pub mod cookie;
pub mod door;
mod failure;
mod health;
mod names;
mod security_txt;
pub mod shown;

pub use failure::{Failure, Thing};
pub use names::Named;

use crate::published::published;
use crate::studio::Studio;
use crate::ui;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use fluxprint_http::{Finish, ProblemDocument, finished};
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "FluxStudio",
        description = "People, projects, files and the way to the print service. Every answer that \
            is no success is a problem document (RFC 9457) with a stable code, a sentence and a \
            remedy. Changes carry the session's token in the header x-csrf."
    ),
    components(schemas(ProblemDocument)),
    modifiers(&Secured)
)]
struct Description;

struct Secured;

impl utoipa::Modify for Secured {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
        let cookie = ApiKeyValue::new(cookie::SESSION.name());
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("session", cookie);
        let session = SecurityRequirement::new::<_, [String; 0], _>("session", []);
        description.security = Some(vec![session]);
    }
}

/// Every route that the description lists; sockets and uploads are beside them.
fn described() -> OpenApiRouter<Arc<Studio>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(crate::people::routes())
        .merge(crate::projects::routes())
        .merge(crate::flag::routes())
        .merge(crate::files::routes())
        .merge(crate::print::routes())
}

/// The routes that the description does not list.
fn beside() -> Router<Arc<Studio>> {
    Router::new()
        .merge(crate::live::beside())
        .merge(crate::uploads::routes())
}

/// The description of the API (OpenAPI 3.1), as it is committed and served.
#[must_use]
pub fn description() -> String {
    let description = described().into_openapi().to_pretty_json();
    let mut text = description.unwrap_or_default();
    text.push('\n');
    text
}

/// Every route of the studio.
pub fn router(studio: Arc<Studio>) -> Router {
    let (routes, description) = described().split_for_parts();
    let text: Arc<str> = description.to_json().unwrap_or_default().into();
    let described = move || async move {
        let json = [(CONTENT_TYPE, "application/json")];
        (json, text.to_string())
    };
    let how = Finish {
        clock: studio.clock.clone(),
        tls_only: studio.settings.tls_only,
        words: failure::words,
    };
    let routes = routes
        .route("/api/openapi.json", get(described))
        .merge(beside())
        .route_layer(from_fn_with_state(studio.clone(), door::pass))
        .with_state(studio.clone())
        .merge(published(&studio.keys))
        .merge(health::probes(studio.clone()))
        .merge(security_txt::security_txt(studio.clone()))
        .fallback(ui::page);
    finished(routes.layer(from_fn(crate::uploads::speak)), how)
}
