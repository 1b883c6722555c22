//! Who calls: a session, its person, and what the person is in an organisation, read from the
//! database at every call (S-03).

use crate::http::cookie::{SESSION, Secret};
use crate::http::failure::{Failure, Thing};
use crate::limits::{PROOF_S, SEEN_EVERY_S, SESSION_IDLE_S, SESSION_S};
use crate::studio::Studio;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{OrganisationId, PersonId, ProjectId, SignInId};
use fluxprint_domain::role::{Act, Role};
use fluxprint_store::studio::member::Standing;
use fluxprint_store::studio::session::{Session, TooOld};
use fluxprint_tokens::{Grant, Projects, Subject};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A signed-in person in an organisation.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub person: PersonId,
    /// The person's name.
    pub name: Arc<str>,
    /// The person's e-mail address.
    pub email: Arc<str>,
    /// The organisation of the call: nothing of another one can be seen or touched.
    pub org: OrganisationId,
    /// The role in it.
    pub role: Role,
    /// The session.
    pub session: SignInId,
    /// When the session ends, used or not.
    pub ends_at: Timestamp,
    /// When the person last said who they are: at the beginning of the session, or again in it.
    proved_at: Timestamp,
    secret: Secret,
    who: Arc<str>,
    projects: Arc<BTreeMap<ProjectId, Role>>,
    drafts: Option<ProjectId>,
}

/// The session of this secret, unless it is over or too old.
///
/// # Errors
/// [`Failure::NotSignedIn`].
pub(crate) async fn open_session(studio: &Studio, secret: &Secret) -> Result<Session, Failure> {
    let known = studio.store.sessions().by_secret(secret.hash()).await?;
    still_open(studio, known)
}

fn still_open(studio: &Studio, known: Option<Session>) -> Result<Session, Failure> {
    let old = too_old(studio.clock.now());
    let known = known.filter(|s| s.seen_at > old.seen && s.created_at > old.begun);
    known.ok_or(Failure::NotSignedIn)
}

/// What the person is in the organisation that the session looks at. When that is none any more, the
/// session turns to another one of theirs.
async fn standing(
    studio: &Studio,
    session: &Session,
) -> Result<(OrganisationId, Standing), Failure> {
    let store = &studio.store;
    if let Some(org) = session.org
        && let Some(standing) = store.members(org).standing(session.person).await?
    {
        return Ok((org, standing));
    }
    let others = store.people().memberships(session.person).await?;
    let org = others.first().ok_or(Failure::NoOrganisation)?.org;
    let standing = store.members(org).standing(session.person).await?;
    store.sessions().turn_to(session.id, org).await?;
    Ok((org, standing.ok_or(Failure::NoOrganisation)?))
}

/// Before these moments sessions are too old.
pub(crate) fn too_old(now: Timestamp) -> TooOld {
    TooOld {
        seen: now.plus_s(-SESSION_IDLE_S),
        begun: now.plus_s(-SESSION_S),
    }
}

impl Caller {
    /// Whoever the call's cookie speaks for, in the organisation `wanted`, or else in the one that
    /// the session looks at.
    ///
    /// # Errors
    /// [`Failure::NotSignedIn`]; [`Failure::NotThere`] when the person is not a member of `wanted`,
    /// [`Failure::NoOrganisation`] when of none.
    pub(crate) async fn of(
        studio: &Studio,
        headers: &HeaderMap,
        wanted: Option<OrganisationId>,
    ) -> Result<Self, Failure> {
        let secret = SESSION.read(headers).ok_or(Failure::NotSignedIn)?;
        Self::by_secret(studio, secret, wanted).await
    }

    /// The same caller as the database knows them now: for sockets, which live longer than a call.
    /// An open page is no use of the session, and goes on when the session gets another secret.
    ///
    /// # Errors
    /// As when a call comes in.
    pub async fn again(&self, studio: &Studio) -> Result<Self, Failure> {
        let (store, org) = (&studio.store, self.org);
        let known = still_open(studio, store.sessions().get(self.session).await?)?;
        let standing = store.members(org).standing(known.person).await?;
        let standing = standing.ok_or(Failure::NotThere(Thing::Organisation))?;
        Ok(Self::new(known, self.secret.clone(), org, standing))
    }

    /// The same session in another organisation of the person's.
    ///
    /// # Errors
    /// [`Failure::NotThere`] when the person is no member there.
    pub(crate) async fn at(&self, studio: &Studio, org: OrganisationId) -> Result<Self, Failure> {
        Self::by_secret(studio, self.secret.clone(), Some(org)).await
    }

    pub(crate) async fn by_secret(
        studio: &Studio,
        secret: Secret,
        wanted: Option<OrganisationId>,
    ) -> Result<Self, Failure> {
        let (store, now) = (&studio.store, studio.clock.now());
        let known = open_session(studio, &secret).await?;
        let (org, standing) = match wanted {
            Some(org) => {
                let standing = store.members(org).standing(known.person).await?;
                (org, standing.ok_or(Failure::NotThere(Thing::Organisation))?)
            }
            None => standing(studio, &known).await?,
        };
        if known.seen_at.plus_s(SEEN_EVERY_S) < now {
            store.sessions().seen(known.id, now).await?;
        }
        Ok(Self::new(known, secret, org, standing))
    }

    fn new(known: Session, secret: Secret, org: OrganisationId, standing: Standing) -> Self {
        Self {
            who: known.person.to_string().into(),
            person: known.person,
            name: known.name.into(),
            email: known.email.into(),
            ends_at: known.created_at.plus_s(SESSION_S),
            proved_at: known
                .proved_at
                .max(Some(known.created_at))
                .unwrap_or(known.created_at),
            session: known.id,
            org,
            role: standing.role,
            secret,
            projects: standing.projects.into(),
            drafts: standing.drafts,
        }
    }

    /// The name under which acts are written down.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// The token that this session's pages send with every change.
    #[must_use]
    pub fn csrf(&self) -> String {
        self.secret.csrf()
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Which projects the caller may see, and in which role each: owners and managers all of them.
    #[must_use]
    pub fn projects(&self) -> Projects {
        match self.role {
            Role::Owner | Role::Manager => Projects::All,
            Role::Editor | Role::Viewer => Projects::Some(self.projects.as_ref().clone()),
        }
    }

    /// The caller's role in a project; `None` when it is not theirs to see. Whether there is such a
    /// project at all, the store knows.
    #[must_use]
    pub fn role_in(&self, project: ProjectId) -> Option<Role> {
        match self.role {
            Role::Owner | Role::Manager => Some(self.role),
            Role::Editor | Role::Viewer => None,
        }
        .into_iter()
        .chain(self.projects.get(&project).copied())
        .min()
    }

    /// The caller's own project for drafts.
    #[must_use]
    pub fn drafts(&self) -> Option<ProjectId> {
        self.drafts
    }

    /// What a token of the seam says for this caller.
    #[must_use]
    pub fn grant(&self) -> Grant {
        Grant {
            sub: Subject::Person(self.person),
            org: self.org,
            role: self.role,
            projects: self.projects(),
        }
    }

    /// Allows or refuses an act in the organisation.
    ///
    /// # Errors
    /// [`Failure::RoleTooLow`].
    pub fn may(&self, act: Act) -> Result<(), Failure> {
        allowed(act, self.role)
    }

    /// Whether the person has said lately enough who they are for what cannot be taken back.
    ///
    /// # Errors
    /// [`Failure::StepUpNeeded`].
    pub(crate) fn has_proved(&self, now: Timestamp) -> Result<(), Failure> {
        if now.seconds_since(self.proved_at) <= PROOF_S {
            Ok(())
        } else {
            Err(Failure::StepUpNeeded)
        }
    }

    /// Allows or refuses an act in one project.
    ///
    /// # Errors
    /// [`Failure::NotThere`] for a project that is not the caller's to see; [`Failure::RoleTooLow`].
    pub fn may_in(&self, act: Act, project: ProjectId) -> Result<Role, Failure> {
        let role = self.role_in(project);
        let role = role.ok_or(Failure::NotThere(Thing::Project))?;
        allowed(act, role).map(|()| role)
    }

    /// Allows or refuses an act in whatever project the caller has the highest role in.
    ///
    /// # Errors
    /// [`Failure::RoleTooLow`].
    pub fn may_somewhere(&self, act: Act) -> Result<(), Failure> {
        let highest = self
            .projects
            .values()
            .fold(self.role, |so_far, role| so_far.or(*role));
        allowed(act, highest)
    }
}

fn allowed(act: Act, role: Role) -> Result<(), Failure> {
    act.allow(role).map_err(|_| Failure::RoleTooLow(act))
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let known = parts.extensions.get::<Self>().cloned();
        known.ok_or(Failure::NotSignedIn)
    }
}

/// The project of the address, and the caller's role there.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    /// Which project.
    pub project: ProjectId,
    /// The role that counts in it.
    pub role: Role,
}

impl<S: Sync> FromRequestParts<S> for Here {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let here = parts.extensions.get::<Self>().copied();
        here.ok_or(Failure::NotThere(Thing::Project))
    }
}
