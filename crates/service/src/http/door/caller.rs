//! Who calls.

use crate::http::failure::{Failure, Thing};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{BridgeId, OrganisationId, ProjectId};
use fluxprint_domain::role::{Act, Role};
use fluxprint_tokens::{Claims, Projects};
use std::sync::Arc;

/// Whoever the token of a call speaks for.
#[derive(Clone, Debug)]
pub struct Caller {
    claims: Arc<Claims>,
    who: Arc<str>,
}

impl Caller {
    /// The caller of a verified token.
    #[must_use]
    pub fn new(claims: Arc<Claims>) -> Self {
        let who = claims.sub.to_string().into();
        Self { claims, who }
    }

    /// The organisation of the call: nothing of another one can be seen or touched.
    #[must_use]
    pub fn org(&self) -> OrganisationId {
        self.claims.org
    }

    /// The name under which acts are written down and limits are counted.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// The same name, to be kept.
    #[must_use]
    pub fn name(&self) -> Arc<str> {
        self.who.clone()
    }

    /// Whether both are shown the same and may do the same: one person in one role.
    #[must_use]
    pub fn sees_the_same(&self, other: &Self) -> bool {
        let (ours, others) = (&self.claims, &other.claims);
        ours.org == others.org
            && ours.sub == others.sub
            && ours.role == others.role
            && ours.projects == others.projects
    }

    /// When the token of the call ends.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        Timestamp(self.claims.exp.saturating_mul(1_000_000))
    }

    /// Whether a signed-in person calls.
    #[must_use]
    pub fn is_person(&self) -> bool {
        self.claims.sub.is_person()
    }

    /// Allows or refuses an act in the organisation.
    ///
    /// # Errors
    /// [`fluxprint_domain::Refusal::RoleTooLow`].
    pub fn may(&self, act: Act) -> Result<(), Failure> {
        Ok(act.allow(self.claims.role)?)
    }

    /// Allows or refuses an act in whatever project the caller has the highest role in.
    ///
    /// # Errors
    /// [`fluxprint_domain::Refusal::RoleTooLow`].
    pub fn may_somewhere(&self, act: Act) -> Result<(), Failure> {
        let in_projects = match &self.claims.projects {
            Projects::All => None,
            Projects::Some(projects) => projects.values().min().copied(),
        };
        let highest = in_projects.map_or(self.claims.role, |role| role.min(self.claims.role));
        Ok(act.allow(highest)?)
    }

    /// The caller's role in a project; `None` when it is not theirs to see.
    #[must_use]
    pub fn role_in(&self, project: Option<ProjectId>) -> Option<Role> {
        self.claims.projects.role_in(project, self.claims.role)
    }

    /// The projects the caller sees; `None` for all of the organisation.
    #[must_use]
    pub fn projects_seen(&self) -> Option<Vec<ProjectId>> {
        match &self.claims.projects {
            Projects::All => None,
            Projects::Some(projects) => Some(projects.keys().copied().collect()),
        }
    }

    /// Allows or refuses an act in one project.
    ///
    /// # Errors
    /// [`Failure::NotThere`] for a project that is not the caller's to see.
    pub fn may_in(&self, act: Act, project: Option<ProjectId>) -> Result<(), Failure> {
        let role = self.role_in(project);
        Ok(act.allow(role.ok_or(Failure::NotThere(Thing::Project))?)?)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Failure::NotSignedIn)
    }
}

/// A bridge that proved itself with its token.
#[derive(Clone, Copy, Debug)]
pub struct BridgeCaller {
    /// Its organisation.
    pub org: OrganisationId,
    /// Which one.
    pub bridge: BridgeId,
}

impl<S: Sync> FromRequestParts<S> for BridgeCaller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Self>()
            .copied()
            .ok_or(Failure::NotSignedIn)
    }
}
