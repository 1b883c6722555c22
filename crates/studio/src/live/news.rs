//! What open pages are told, and who of them.

use super::redact::redacted;
use crate::http::door::Caller;
use crate::http::shown::Moment;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{PersonId, ProjectId};
use serde_json::{Value, json};
use std::borrow::Cow;

/// For whom news is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every member of the organisation; what is not theirs to see in it is taken out.
    Members,
    /// Whoever sees this project.
    Project(ProjectId),
    /// One person.
    Person(PersonId),
}

/// Something that happened in an organisation.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Its name (product document 4.7).
    pub name: Cow<'static, str>,
    /// The facts, as somebody sees them who sees everything.
    pub payload: Value,
    /// For whom.
    pub audience: Audience,
}

/// What goes through a hub.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Something happened.
    Event(Event),
    /// What is known of printers and queue begins anew.
    Fresh,
    /// This person's rights may be other ones.
    Rights(PersonId),
}

impl Event {
    /// The message that `caller`'s page gets, still without its number; `None` when it is not for
    /// them.
    #[must_use]
    pub fn shown(&self, caller: &Caller) -> Option<Value> {
        let theirs = match self.audience {
            Audience::Members => true,
            Audience::Project(project) => caller.role_in(project).is_some(),
            Audience::Person(person) => caller.person == person,
        };
        theirs.then(|| {
            json!({
                "type": "event",
                "at": Moment(self.at),
                "name": self.name,
                "payload": redacted(&self.payload, caller),
            })
        })
    }
}
