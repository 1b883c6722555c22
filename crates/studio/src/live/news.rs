//! What open pages are told, and who of them.

use super::redact::{redacted, sees};
use crate::http::shown::Moment;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::ProjectId;
use fluxprint_tokens::Grant;
use serde_json::{Value, json};
use std::borrow::Cow;

/// For whom news is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every member of the organisation; what is not theirs to see in it is taken out.
    Members,
    /// Whoever sees this project.
    Project(ProjectId),
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
}

impl Event {
    /// The message that the page of somebody with this `grant` gets, still without its number; `None` when it is not for
    /// them.
    #[must_use]
    pub fn shown(&self, grant: &Grant) -> Option<Value> {
        let theirs = match self.audience {
            Audience::Members => true,
            Audience::Project(project) => sees(grant, project),
        };
        theirs.then(|| {
            json!({
                "type": "event",
                "at": Moment(self.at),
                "name": self.name,
                "payload": redacted(&self.payload, grant),
            })
        })
    }
}
