//! What a push client wants to hear.

use std::collections::BTreeSet;

use serde_json::Value;

/// Which frames reach a client. Without a wish: everything.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subscription {
    /// `current` and `history` frames.
    pub state: bool,
    events: Events,
}

#[derive(Clone, Debug, PartialEq)]
enum Events {
    All,
    Only(BTreeSet<String>),
}

impl Default for Subscription {
    fn default() -> Self {
        Self {
            state: true,
            events: Events::All,
        }
    }
}

impl Subscription {
    /// Reads the object behind `subscribe`. `state` may be a flag or an object of log filters.
    pub fn read(wish: &Value) -> Self {
        let state = wish
            .get("state")
            .is_some_and(|state| state.is_object() || *state == Value::Bool(true));
        let events = match wish.get("events") {
            Some(Value::Bool(true)) => Events::All,
            Some(Value::Array(names)) => Events::Only(
                names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
            ),
            _ => Events::Only(BTreeSet::new()),
        };
        Self { state, events }
    }

    /// Whether this event is wanted.
    pub fn wants(&self, kind: &str) -> bool {
        match &self.events {
            Events::All => true,
            Events::Only(names) => names.contains(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn without_a_wish_everything_is_heard() {
        let all = Subscription::default();
        assert!(all.state && all.wants("Dwelling"));
    }

    #[test]
    fn a_narrow_wish_hears_only_what_it_names() {
        let narrow = Subscription::read(&json!({"state": false, "events": ["PrintDone"]}));
        assert!(!narrow.state && narrow.wants("PrintDone") && !narrow.wants("ZChange"));
        let filtered = Subscription::read(&json!({"state": {"logs": false}, "events": false}));
        assert!(filtered.state && !filtered.wants("PrintDone"));
    }
}
