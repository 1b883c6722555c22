//! The events OctoPrint announces on its push socket.

use serde_json::{Value, json};

/// One event as the push socket carries it: `{"event": {"type": kind, "payload": payload}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// OctoPrint's name of the event, for example `PrintStarted`.
    pub kind: &'static str,
    /// What it carries; `null` for many.
    pub payload: Value,
}

impl Event {
    /// An event with a payload.
    #[must_use]
    pub fn new(kind: &'static str, payload: Value) -> Self {
        Self { kind, payload }
    }

    /// An event whose payload is `null`.
    #[must_use]
    pub fn bare(kind: &'static str) -> Self {
        Self {
            kind,
            payload: Value::Null,
        }
    }

    /// The frame of the push socket.
    #[must_use]
    pub fn frame(&self) -> Value {
        json!({"event": {"type": self.kind, "payload": self.payload}})
    }
}
