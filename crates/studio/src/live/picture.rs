//! What was last seen of an organisation's printers and queue, and when.

use super::heard_job::HeardJob;
use fluxprint_domain::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Printers and queue as the service shows them to somebody who sees everything.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// A list.
    pub printers: Value,
    /// The queue.
    pub queue: Value,
    /// When it was true.
    pub at: Timestamp,
}

impl Picture {
    /// The jobs of the queue that can be read.
    pub fn queued(&self) -> impl Iterator<Item = HeardJob> {
        let entries = self.queue.get("entries").map_or(&[][..], list);
        entries
            .iter()
            .filter_map(|entry| HeardJob::deserialize(entry).ok())
    }

    /// The printers that are other ones than in `before`.
    pub fn changed_printers<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a Value> {
        let old = list(&before.printers);
        list(&self.printers)
            .iter()
            .filter(move |p| !old.contains(p))
    }

    /// Writes newer facts about a printer into the picture; gives how it looks now.
    pub fn update(&mut self, facts: &Value) -> Option<Value> {
        let printer = facts.get("printer_id")?.as_str()?;
        let mut printers = self.printers.as_array_mut()?.iter_mut();
        let known = printers.find(|known| id(known) == Some(printer))?;
        let known = known.as_object_mut()?;
        for name in FACTS {
            if let Some(value) = facts.get(name) {
                known.insert(name.to_owned(), value.clone());
            }
        }
        let mut look = Map::from_iter([("printer_id".to_owned(), printer.into())]);
        for name in LOOK {
            let value = known.get(name).cloned().unwrap_or_default();
            look.insert(name.to_owned(), value);
        }
        Some(look.into())
    }
}

/// What the service tells of a printer between two looks at all of it.
const FACTS: [&str; 6] = [
    "state",
    "heaters",
    "progress",
    "connected",
    "reconciled",
    "camera",
];
/// What of it a page is told then.
const LOOK: [&str; 7] = [
    "state",
    "message",
    "heaters",
    "progress",
    "connected",
    "reconciled",
    "camera",
];

/// Whether something moves on a printer that looks like this.
#[must_use]
pub fn moves(look: &Value) -> bool {
    let state = look.get("state").and_then(Value::as_str);
    matches!(state, Some("busy" | "paused"))
}

fn id(printer: &Value) -> Option<&str> {
    printer.get("id")?.as_str()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn picture(progress: u32) -> Picture {
        Picture {
            printers: json!([
                { "id": "prn_1", "name": "Mk4-07", "state": "busy", "message": null,
                  "progress": { "completion_pct": progress } },
                { "id": "prn_2", "state": "ready" },
            ]),
            queue: json!({ "on_hold": false, "entries": [
                { "place": 1, "job": "job_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f", "state": "printing",
                  "created_at": "2026-01-01T00:00:00Z", "copies": [] },
                { "place": 3, "job": null, "state": "queued", "created_at": "2026-01-01T00:00:00Z" },
                "nonsense",
            ]}),
            at: Timestamp(0),
        }
    }

    #[test]
    fn a_picture_knows_the_jobs_of_its_queue_and_passes_over_what_is_none() {
        assert_eq!(picture(10).queued().count(), 1);
        let broken = Picture {
            queue: json!("nonsense"),
            ..picture(10)
        };
        assert_eq!(broken.queued().count(), 0);
    }

    #[test]
    fn only_printers_that_are_other_ones_are_told() {
        let (before, now) = (picture(10), picture(11));
        let changed: Vec<_> = now.changed_printers(&before).collect();
        assert_eq!(changed, [&now.printers[0]]);
        assert_eq!(before.changed_printers(&before).count(), 0);
    }

    #[test]
    fn newer_facts_about_a_printer_are_written_in_and_told_together() {
        let mut picture = picture(10);
        let warm = json!({ "printer_id": "prn_1", "heaters": { "nozzle": { "actual_c": 214.0 } } });
        let look = picture.update(&warm).unwrap();
        assert_eq!(look["heaters"], warm["heaters"]);
        assert_eq!(look["progress"]["completion_pct"], 10, "as it was");
        assert!(moves(&look));
        let further = json!({ "printer_id": "prn_1", "state": "busy", "progress": { "completion_pct": 11 },
            "job": { "name": "Rocket" }, "name": "no fact" });
        let look = picture.update(&further).unwrap();
        assert_eq!(look["progress"]["completion_pct"], 11);
        assert_eq!(look["heaters"], warm["heaters"]);
        assert!(!look.to_string().contains("Rocket"));
        assert_eq!(picture.printers[0]["name"], "Mk4-07");
        assert_eq!(picture.printers[1]["state"], "ready");
        assert_eq!(picture.update(&json!({ "printer_id": "prn_9" })), None);
        assert_eq!(picture.update(&json!({})), None);
    }
}
