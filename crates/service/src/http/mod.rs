//! The HTTP side of the service: one room for each noun, one file for each verb.
//!
//! A call goes through [`finished`] (id, headers, problems), then, once its route is known, through
//! [`door::pass`] (room, caller, right, pace), then to its handler, which talks to store and domain
//! directly.

mod alerts;
mod answers;
mod artifacts;
mod bridges;
pub mod camera;
mod choices;
mod copies;
pub mod door;
pub mod dto;
mod estimates;
mod extract;
mod failure;
mod gate;
pub mod health;
mod jobs;
mod models;
mod organisation;
mod outlook;
mod pairing;
pub(crate) mod printers;
mod queue;
mod waits;

pub use failure::{Failure, Thing};
pub use gate::Gate;
pub(crate) use outlook::seen_of;
pub use printers::list::all as printers_shown;
pub use queue::all as queue_shown;

use crate::service::Service;
use crate::{bridge_socket, event_socket};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use fluxprint_http::{Finish, ProblemDocument, finished};
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "FluxPrint service",
        description = "Printers, bridges, models, jobs and the queue. Every answer that is no \
            success is a problem document (RFC 9457) with a stable code, a sentence and a remedy."
    ),
    components(schemas(ProblemDocument)),
    modifiers(&Secured)
)]
struct Description;

struct Secured;

impl utoipa::Modify for Secured {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{
            Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
        };
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("token", bearer);
        description.security = Some(vec![SecurityRequirement::new::<_, [String; 0], _>(
            "token",
            [],
        )]);
    }
}

/// Every route that the description lists; sockets are beside them.
fn described() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(printers::list::list))
        .routes(routes!(printers::get::get))
        .routes(routes!(camera::stream::stream))
        .routes(routes!(camera::snapshot::snapshot))
        .routes(routes!(printers::clear_bed::clear_bed))
        .routes(routes!(printers::load::load))
        .routes(routes!(printers::tag::tag))
        .routes(routes!(printers::stop::emergency_stop))
        .routes(routes!(printers::stop::heaters_off))
        .routes(routes!(
            printers::by_hand::heat,
            printers::stop::cool_down,
            printers::temperatures::course
        ))
        .routes(routes!(printers::by_hand::home))
        .routes(routes!(printers::by_hand::jog))
        .routes(routes!(
            printers::by_hand::connect,
            printers::by_hand::disconnect
        ))
        .routes(routes!(printers::by_hand::refresh))
        .routes(routes!(printers::by_hand::tidy))
        .routes(routes!(alerts::list::list))
        .routes(routes!(alerts::acknowledge::acknowledge))
        .routes(routes!(bridges::list::list, bridges::create::create))
        .routes(routes!(bridges::revoke::revoke))
        .routes(routes!(bridges::rotate::rotate))
        .routes(routes!(bridges::pair::pair))
        .routes(routes!(pairing::begin::begin))
        .routes(routes!(pairing::collect::collect))
        .routes(routes!(pairing::look::look, pairing::refuse::refuse))
        .routes(routes!(pairing::confirm::confirm))
        .routes(routes!(artifacts::fetch))
        .routes(routes!(models::list::list))
        .routes(routes!(models::get::get, models::put::put))
        .routes(routes!(choices::choices))
        .routes(routes!(estimates::estimate))
        .routes(routes!(jobs::list::list, jobs::create::create))
        .routes(routes!(jobs::get::get))
        .routes(routes!(jobs::cancel::cancel))
        .routes(routes!(jobs::pause::pause, jobs::pause::resume))
        .routes(routes!(jobs::hold::hold, jobs::hold::release))
        .routes(routes!(jobs::start::start))
        .routes(routes!(copies::settle::settle))
        .routes(routes!(jobs::priority::prioritise))
        .routes(routes!(queue::queue, queue::clear::clear))
        .routes(routes!(queue::order::order))
        .routes(routes!(queue::release::release))
        .routes(routes!(
            organisation::hold::hold,
            organisation::hold::release
        ))
        .routes(routes!(organisation::audit::audit))
}

/// The description of the API (OpenAPI 3.1), as it is committed and served.
#[must_use]
pub fn description() -> String {
    let mut text = described()
        .into_openapi()
        .to_pretty_json()
        .unwrap_or_default();
    text.push('\n');
    text
}

/// The public routes of the service, and those `beside` them that ask for no token; every answer of
/// both leaves with the same headers.
pub fn router(service: Arc<Service>, beside: Router) -> Router {
    let (routes, description) = described().split_for_parts();
    let text: Arc<str> = description.to_json().unwrap_or_default().into();
    let described = move || async move {
        let json = [(CONTENT_TYPE, "application/json")];
        (json, text.to_string())
    };
    let how = Finish {
        clock: service.clock.clone(),
        tls_only: service.settings.tls_only,
        words: failure::words,
    };
    let routes = routes
        .route("/v1/openapi.json", get(described))
        .route("/v1/bridge", get(bridge_socket::upgrade))
        .route("/v1/bridge/camera", get(crate::camera::upgrade))
        .route("/v1/events", get(event_socket::upgrade))
        .route(
            "/v1/printers/{printer}/camera",
            get(camera::socket::upgrade),
        )
        .route_layer(from_fn_with_state(service.clone(), door::pass))
        .with_state(service.clone())
        .merge(health::probes(service))
        .merge(beside)
        .fallback(|| async { Failure::NotThere(Thing::Page) });
    finished(routes, how)
}
