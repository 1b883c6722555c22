//! What was last seen of an organisation's printers and queue, and when.

use crate::http::shown::Moment;
use fluxprint_domain::Timestamp;
use serde_json::{Value, json};

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

/// A job that is in a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued<'a> {
    /// Its id.
    pub job: &'a str,
    /// The word of its state.
    pub state: &'a str,
    /// Its place, from 1.
    pub place: Option<u32>,
}

impl Picture {
    /// The jobs of the queue.
    pub fn queued(&self) -> impl Iterator<Item = Queued<'_>> {
        entries(&self.queue).iter().filter_map(|entry| {
            let place = entry.get("place").and_then(Value::as_u64);
            Some(Queued {
                job: entry.get("job")?.as_str()?,
                state: entry.get("state")?.as_str()?,
                place: place.and_then(|place| place.try_into().ok()),
            })
        })
    }

    /// The job that is on a printer now.
    #[must_use]
    pub fn job_on(&self, printer: &str) -> Option<&str> {
        let runs = |copy: &Value| {
            let state = copy.get("state").and_then(Value::as_str);
            copy.get("printer").and_then(Value::as_str) == Some(printer)
                && matches!(state, Some("printing" | "paused"))
        };
        let entry = entries(&self.queue).iter().find(|entry| {
            let copies = entry.get("copies").and_then(Value::as_array);
            copies.is_some_and(|copies| copies.iter().any(runs))
        });
        entry?.get("job")?.as_str()
    }

    /// The printers that are other ones than in `before`.
    pub fn changed_printers<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a Value> {
        let old = list(&before.printers);
        list(&self.printers)
            .iter()
            .filter(move |p| !old.contains(p))
    }

    /// Writes newer facts about one printer into the picture.
    pub fn update(&mut self, printer: &str, facts: &Value) {
        let printers = self.printers.as_array_mut().into_iter().flatten();
        let known = printers
            .filter_map(Value::as_object_mut)
            .find(|known| known.get("id").and_then(Value::as_str) == Some(printer));
        if let (Some(known), Some(facts)) = (known, facts.as_object()) {
            for (name, value) in facts.iter().filter(|(name, _)| *name != "printer_id") {
                known.insert(name.clone(), value.clone());
            }
        }
    }
}

/// What the service's telemetry says about a printer, in the fields of a printer. The file it
/// prints is not among them: its name may be somebody's.
#[must_use]
pub fn facts(payload: &Value, at: Timestamp) -> Option<Value> {
    let seen = payload.get("observation")?;
    let heaters = seen.get("heaters").filter(|heaters| !heaters.is_null());
    let heaters = heaters.map(|heaters| {
        json!({
            "at": Moment(at),
            "nozzle": heater(heaters.get("nozzle")),
            "bed": heater(heaters.get("bed")),
        })
    });
    let state = seen.get("state")?.as_str()?;
    let runs = matches!(state, "busy" | "paused");
    let job = seen.get("job").filter(|job| runs && !job.is_null());
    let progress = job.map(|job| {
        json!({
            "completion_pct": job.get("completion_pct"),
            "print_time_s": job.get("print_time_s"),
            "time_left_s": job.get("time_left_s"),
        })
    });
    Some(json!({
        "printer_id": payload.get("printer_id")?,
        "state": state,
        "message": seen.get("message"),
        "heaters": heaters,
        "progress": progress,
    }))
}

fn heater(seen: Option<&Value>) -> Value {
    let seen = seen.filter(|seen| !seen.is_null());
    seen.map_or(
        Value::Null,
        |seen| json!({ "actual_c": seen.get("actual_c"), "target_c": seen.get("target_c") }),
    )
}

fn entries(queue: &Value) -> &[Value] {
    queue.get("entries").map_or(&[], list)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp(0);

    fn picture(progress: u32) -> Picture {
        Picture {
            printers: json!([
                { "id": "prn_1", "state": "busy", "progress": { "completion_pct": progress } },
                { "id": "prn_2", "state": "ready" },
            ]),
            queue: json!({ "on_hold": false, "entries": [
                { "place": 1, "job": "job_1", "state": "printing",
                  "copies": [{ "number": 1, "state": "printing", "printer": "prn_1" }] },
                { "place": 2, "job": "job_2", "state": "assigned",
                  "copies": [{ "number": 1, "state": "assigned", "printer": "prn_2" }] },
                { "place": 3, "job": null, "state": "queued", "copies": [] },
            ]}),
            at: AT,
        }
    }

    #[test]
    fn a_picture_knows_its_queue_and_what_prints_where() {
        let picture = picture(10);
        let queued: Vec<_> = picture
            .queued()
            .map(|q| (q.job, q.state, q.place))
            .collect();
        let wanted = [
            ("job_1", "printing", Some(1)),
            ("job_2", "assigned", Some(2)),
        ];
        assert_eq!(queued, wanted);
        assert_eq!(picture.job_on("prn_1"), Some("job_1"));
        assert_eq!(picture.job_on("prn_2"), None, "nothing runs there yet");
    }

    #[test]
    fn only_printers_that_are_other_ones_are_told() {
        let (before, now) = (picture(10), picture(11));
        let changed: Vec<_> = now.changed_printers(&before).collect();
        assert_eq!(changed, [&now.printers[0]]);
        assert_eq!(before.changed_printers(&before).count(), 0);
    }

    #[test]
    fn telemetry_says_how_hot_and_how_far_but_not_which_file() {
        let seen = json!({ "printer_id": "prn_1", "observation": {
            "state": "busy", "activity": "printing", "message": null,
            "job": { "path": "acme/secret-rocket.gcode", "completion_pct": 42.5, "print_time_s": 60,
                "time_left_s": 90 },
            "heaters": { "nozzle": { "actual_c": 214.0, "target_c": 215.0, "offset_c": 0.0 }, "bed": null },
        }});
        let facts = facts(&seen, AT).unwrap();
        assert!(!facts.to_string().contains("rocket"));
        assert_eq!(facts["progress"]["completion_pct"], 42.5);
        assert_eq!(
            facts["heaters"]["nozzle"],
            json!({ "actual_c": 214.0, "target_c": 215.0 })
        );
        assert_eq!(facts["heaters"]["bed"], Value::Null);
        let mut picture = picture(10);
        picture.update("prn_1", &facts);
        assert_eq!(picture.printers[0]["progress"]["completion_pct"], 42.5);
        assert_eq!(picture.printers[0]["id"], "prn_1");
        assert_eq!(picture.printers[1]["state"], "ready");
    }

    #[test]
    fn a_finished_file_that_is_still_selected_is_no_progress() {
        let seen = json!({ "printer_id": "prn_1", "observation": {
            "state": "ready", "job": { "completion_pct": 100.0 }, "heaters": {} } });
        assert_eq!(facts(&seen, AT).unwrap()["progress"], Value::Null);
        assert_eq!(facts(&json!({ "printer_id": "prn_1" }), AT), None);
    }
}
