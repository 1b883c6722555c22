//! Printing, as people of the studio reach it: a part of the service's addresses under
//! `/api/print`, and the prints of a project's files.

mod badge;
mod camera;
mod of_project;
mod passed_on;
mod wanted;

pub use badge::Badge;
pub(crate) use camera::DOORS as CAMERA_DOORS;
pub(crate) use of_project::DOORS as OF_PROJECT_DOORS;
pub(crate) use passed_on::DOORS;

use crate::gateway::GatewayError;
use crate::http::Failure;
use crate::http::door::Caller;
use crate::studio::Studio;
use fluxprint_domain::id::ProjectId;
use fluxprint_tokens::Projects;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<Arc<Studio>> {
    passed_on::routes()
        .merge(of_project::routes())
        .merge(camera::routes())
}

impl From<GatewayError> for Failure {
    /// The cause goes to the log here; people get the words.
    fn from(error: GatewayError) -> Self {
        if !matches!(error, GatewayError::Said(_)) {
            tracing::warn!(%error, "a call to the print service failed");
        }
        Self::Said(error.problem())
    }
}

/// A token for a call of `caller`, as the membership stands now.
pub(crate) fn token(studio: &Studio, caller: &Caller) -> Result<Arc<str>, GatewayError> {
    let (gateway, drafts) = (&studio.gateway, caller.drafts());
    gateway.token_of(caller.session, caller.grant(), drafts)
}

/// A token for a call about one project. It names no other: so it does for those, too, who see more
/// projects than a token can name.
fn token_in(
    studio: &Studio,
    caller: &Caller,
    project: ProjectId,
) -> Result<Arc<str>, GatewayError> {
    let mut grant = caller.grant();
    if let Projects::Some(projects) = &mut grant.projects {
        projects.retain(|id, _| *id == project);
    }
    studio.gateway.token(&grant)
}
