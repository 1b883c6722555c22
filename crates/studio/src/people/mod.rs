//! People: how they come in, what they are in an organisation, and who invites them.

mod acceptance;
mod audit;
mod browser;
mod email;
mod hashing;
mod invitation;
mod link;
mod me;
mod operator;
pub(crate) mod organisation;
mod password;
mod passwords;
mod proof;
mod session;
mod setup;
mod step_up;
mod welcome;

pub use hashing::Hashing;
pub use setup::first_link;

use crate::http::door::{Door, table};
use crate::studio::Studio;
use fluxprint_domain::role::Act;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Who may use these routes.
pub(crate) const DOORS: &[Door] = table! {
    GET "/api/setup" Anyone, Ordinary, Free;
    POST "/api/setup" Stranger, Ordinary, Free;
    POST "/api/links" Stranger, Ordinary, Free;
    GET "/api/session" Anyone, Ordinary, Free;
    POST "/api/session" Stranger, Ordinary, Free;
    POST "/api/password-resets" Stranger, Ordinary, Free;
    POST "/api/invitations/acceptance" Stranger, Ordinary, Free;
    DELETE "/api/session" Session, Safe, Free;
    PUT "/api/session/organisation" Person, Ordinary, Changes;
    PUT "/api/session/step-up" Person, Ordinary, Changes;
    GET "/api/sessions" Session, Ordinary, Free;
    DELETE "/api/sessions/{session}" Session, Safe, Free;
    GET "/api/me" Person, Ordinary, Free;
    PUT "/api/me" Person, Ordinary, Changes;
    PUT "/api/me/password" Person, Ordinary, Changes;
    GET "/api/organisations/{organisation}" Organisation(Act::Look), Ordinary, Free;
    GET "/api/organisations/{organisation}/members" Organisation(Act::Look), Ordinary, Free;
    PUT "/api/organisations/{organisation}/members/{person}"
        Fresh(Act::ManageMembers), Ordinary, Changes;
    DELETE "/api/organisations/{organisation}/members/{person}"
        Organisation(Act::Look), Ordinary, Changes;
    POST "/api/organisations/{organisation}/members/{person}/password-reset"
        Fresh(Act::ManageMembers), Ordinary, Changes;
    GET "/api/organisations/{organisation}/invitations"
        Organisation(Act::ManageMembers), Ordinary, Free;
    POST "/api/organisations/{organisation}/invitations"
        Organisation(Act::ManageMembers), Ordinary, Changes;
    DELETE "/api/organisations/{organisation}/invitations/{invitation}"
        Organisation(Act::ManageMembers), Ordinary, Changes;
    GET "/api/audit" Organisation(Act::ReadAudit), Ordinary, Free;
    POST "/api/operator/links" Operator, Ordinary, Free;
    POST "/api/operator/people" Operator, Ordinary, Free;
    POST "/api/operator/organisations" Operator, Ordinary, Free;
};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Arc<Studio>> {
    OpenApiRouter::new()
        .routes(routes!(setup::show, setup::begin))
        .routes(routes!(link::look))
        .routes(routes!(session::look, session::begin, session::sign_out))
        .routes(routes!(session::turn))
        .routes(routes!(step_up::step_up))
        .routes(routes!(session::list))
        .routes(routes!(session::revoke))
        .routes(routes!(password::reset))
        .routes(routes!(acceptance::accept))
        .routes(routes!(me::show, me::change))
        .routes(routes!(password::change))
        .routes(routes!(organisation::show))
        .routes(routes!(organisation::members))
        .routes(routes!(organisation::set_role, organisation::remove))
        .routes(routes!(organisation::password_reset))
        .routes(routes!(invitation::list, invitation::create))
        .routes(routes!(invitation::withdraw))
        .routes(routes!(audit::list))
        .routes(routes!(operator::make_link))
        .routes(routes!(operator::make_person))
        .routes(routes!(operator::make_organisation))
}
