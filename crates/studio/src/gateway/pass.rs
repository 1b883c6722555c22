//! The tokens with which the studio speaks for people.

use super::limits::{PROJECTS_NAMED_MAX, TOKEN_REUSE_S, TOKEN_S, TOKENS_KEPT_MAX};
use fluxprint_domain::id::{ProjectId, SignInId};
use fluxprint_domain::{Clock, Timestamp};
use fluxprint_tokens::{Grant, KeyError, Minter, Projects};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A token that was signed for a session, and for what.
struct Kept {
    grant: Grant,
    token: Arc<str>,
    at: Timestamp,
}

/// Signs tokens of the seam.
pub(super) struct Passes {
    minter: Minter,
    clock: Arc<dyn Clock>,
    kept: Mutex<HashMap<SignInId, Kept>>,
}

impl Passes {
    pub fn new(minter: Minter, clock: Arc<dyn Clock>) -> Self {
        Self {
            minter,
            clock,
            kept: Mutex::default(),
        }
    }

    /// A new token, with `drafts` in it whatever else is left out.
    pub fn fresh(&self, grant: &Grant, drafts: Option<ProjectId>) -> Result<Arc<str>, KeyError> {
        let clock = self.clock.as_ref();
        let token = match narrowed(grant, drafts) {
            Some(narrower) => self.minter.mint(&narrower, TOKEN_S, clock)?,
            None => self.minter.mint(grant, TOKEN_S, clock)?,
        };
        Ok(token.into())
    }

    /// A token of a session: the same again for a minute, as long as `grant`, which is read from the
    /// database at every call, says the same. So nobody has to be told of a changed membership.
    pub fn of_session(
        &self,
        session: SignInId,
        grant: Grant,
        drafts: Option<ProjectId>,
    ) -> Result<Arc<str>, KeyError> {
        let now = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(&session)
            && holds(known, now)
            && known.grant == grant
        {
            return Ok(known.token.clone());
        }
        let token = self.fresh(&grant, drafts)?;
        if kept.len() >= TOKENS_KEPT_MAX {
            kept.retain(|_, known| holds(known, now));
        }
        if kept.len() >= TOKENS_KEPT_MAX {
            kept.clear();
        }
        let new = Kept {
            grant,
            token: token.clone(),
            at: now,
        };
        kept.insert(session, new);
        Ok(token)
    }
}

/// The grant over the own drafts and the newest projects only, where one token cannot name them all.
/// Ids begin with the time, so the newest are the last.
fn narrowed(grant: &Grant, drafts: Option<ProjectId>) -> Option<Grant> {
    let Projects::Some(projects) = &grant.projects else {
        return None;
    };
    if projects.len() <= PROJECTS_NAMED_MAX {
        return None;
    }
    let is_drafts = |id: &ProjectId| Some(*id) == drafts;
    let own = projects.iter().filter(|(id, _)| is_drafts(id));
    let newest = projects.iter().rev().filter(|(id, _)| !is_drafts(id));
    let named = own.chain(newest).take(PROJECTS_NAMED_MAX);
    Some(Grant {
        projects: Projects::Some(named.map(|(id, role)| (*id, *role)).collect()),
        ..grant.clone()
    })
}

fn holds(kept: &Kept, now: Timestamp) -> bool {
    (0..TOKEN_REUSE_S).contains(&now.seconds_since(kept.at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::id::{Id, OrganisationId};
    use fluxprint_domain::role::Role;
    use fluxprint_sim::FakeClock;
    use fluxprint_tokens::{AUDIENCE, Claims, ISSUER, Jwks, SigningKey, Subject, Verifier};

    struct Rig {
        passes: Passes,
        clock: Arc<FakeClock>,
        verifier: Verifier,
        grant: Grant,
    }

    fn rig() -> Rig {
        let clock = Arc::new(FakeClock::new(3));
        let key = SigningKey::generate().unwrap();
        let keys = Jwks {
            keys: vec![key.public()],
        };
        let org: OrganisationId = Id::fresh(clock.as_ref());
        Rig {
            passes: Passes::new(Minter::ed25519(ISSUER, AUDIENCE, &key), clock.clone()),
            verifier: Verifier::new(ISSUER, AUDIENCE).with_jwks(&keys),
            grant: Grant {
                sub: Subject::Person(Id::fresh(clock.as_ref())),
                org,
                role: Role::Editor,
                projects: Projects::Some([(Id::fresh(clock.as_ref()), Role::Viewer)].into()),
            },
            clock,
        }
    }

    impl Rig {
        fn token(&self, session: u128, grant: &Grant) -> Arc<str> {
            let session = Id::new(FakeClock::START, session);
            let passes = &self.passes;
            passes.of_session(session, grant.clone(), None).unwrap()
        }

        fn claims(&self, token: &str) -> Claims {
            self.verifier.verify(token, self.clock.now()).unwrap()
        }
    }

    #[test]
    fn a_token_says_who_where_in_which_role_and_for_which_projects_and_is_short_lived() {
        let rig = rig();
        let claims = rig.claims(&rig.token(1, &rig.grant));
        assert_eq!(claims.sub, rig.grant.sub);
        assert_eq!(claims.org, rig.grant.org);
        assert_eq!(claims.role, Role::Editor);
        assert_eq!(claims.projects, rig.grant.projects);
        assert!(claims.exp - claims.iat <= 120);
    }

    #[test]
    fn a_token_is_used_again_for_a_minute_by_the_same_session_only() {
        let rig = rig();
        let first = rig.token(1, &rig.grant);
        rig.clock.advance_s(59);
        assert_eq!(rig.token(1, &rig.grant), first);
        assert_ne!(rig.token(2, &rig.grant), first);
        rig.clock.advance_s(1);
        assert_ne!(rig.token(1, &rig.grant), first);
    }

    #[test]
    fn a_token_that_cannot_name_all_projects_names_the_own_drafts_and_the_newest() {
        let rig = rig();
        let id = |n: i64| Id::new(FakeClock::START.plus_s(n), 0);
        let named = |count: i64, drafts: Option<i64>| {
            let many = (0..count).map(|n| (id(n), Role::Viewer)).collect();
            let grant = Grant {
                projects: Projects::Some(many),
                ..rig.grant.clone()
            };
            let session = Id::new(FakeClock::START, count as u128);
            let token = rig.passes.of_session(session, grant, drafts.map(id));
            let token = token.unwrap();
            assert!(token.len() <= 12 * 1024, "fits into the headers of a call");
            match rig.claims(&token).projects {
                Projects::Some(named) => named,
                Projects::All => panic!("some of them were granted"),
            }
        };
        let most = PROJECTS_NAMED_MAX as i64;
        assert_eq!(named(most, Some(0)).len(), PROJECTS_NAMED_MAX);
        for (drafts, oldest) in [
            (Some(3), 502 - most),
            (Some(500), 501 - most),
            (None, 501 - most),
        ] {
            let named = named(501, drafts);
            assert_eq!(named.len(), PROJECTS_NAMED_MAX, "{drafts:?}");
            let others = (oldest..501).chain(drafts);
            for n in others {
                assert!(named.contains_key(&id(n)), "{n} of {drafts:?}");
            }
            rig.clock.advance_s(61);
        }
    }

    #[test]
    fn a_changed_role_or_project_is_in_the_very_next_token() {
        let rig = rig();
        rig.token(1, &rig.grant);
        let demoted = Grant {
            role: Role::Viewer,
            ..rig.grant.clone()
        };
        assert_eq!(rig.claims(&rig.token(1, &demoted)).role, Role::Viewer);
        let removed = Grant {
            projects: Projects::Some([].into()),
            ..demoted
        };
        let claims = rig.claims(&rig.token(1, &removed));
        assert_eq!(claims.projects, Projects::Some([].into()));
    }
}
