//! What the service says on its live stream.

use fluxprint_domain::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A message of the service.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said {
    Snapshot {
        seq: i64,
        printers: Value,
        queue: Value,
    },
    Event {
        seq: Option<i64>,
        at: String,
        name: String,
        payload: Value,
    },
    Gap,
    #[serde(other)]
    Unknown,
}

/// A moment as the service spells it.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp(moment.as_microsecond()))
}
