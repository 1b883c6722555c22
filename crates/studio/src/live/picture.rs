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
