//! What open sockets must hear at once: a session that ended, a person whose rights changed (S-03).

use fluxprint_domain::id::{OrganisationId, PersonId, SignInId};
use tokio::sync::broadcast;

/// Changes that a slow listener may be behind; beyond it, it has to look for itself.
const BEHIND_MAX: usize = 256;

/// Something that ends or narrows what an open socket may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// This session is over.
    SessionEnded(SignInId),
    /// This person's role in the organisation, or in one of its projects, is another one now.
    MembershipChanged {
        /// Where.
        org: OrganisationId,
        /// Whose.
        person: PersonId,
    },
}

/// Tells everybody who listens. Several processes hear only their own: sockets also look at the
/// database from time to time.
#[derive(Debug)]
pub struct Changes(broadcast::Sender<Change>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND_MAX))
    }
}

impl Changes {
    /// Hears everything from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }

    /// A session is over.
    pub fn session_ended(&self, session: SignInId) {
        self.tell(Change::SessionEnded(session));
    }

    /// A person's rights in an organisation are other ones now.
    pub fn membership_changed(&self, org: OrganisationId, person: PersonId) {
        self.tell(Change::MembershipChanged { org, person });
    }

    /// Nobody listens: then nobody has to be told.
    fn tell(&self, change: Change) {
        let _ = self.0.send(change);
    }
}
