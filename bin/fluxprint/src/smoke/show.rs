//! What the terminal shows: a line whenever something is different.

use serde_json::Value;

/// Per cent between two lines of progress.
const STEP_PCT: f64 = 10.0;

/// Remembers what was said last.
#[derive(Debug, Default)]
pub struct Screen {
    last: String,
    said_pct: Option<f64>,
}

impl Screen {
    /// Says something, unless it was said just now.
    pub fn say(&mut self, line: &str) {
        if self.last != line {
            println!("{line}");
            line.clone_into(&mut self.last);
        }
    }

    /// A checked model.
    pub fn model(&mut self, model: &Value) {
        let size = &model["size"];
        self.say(&match number(size, "x_mm") {
            Some(x) => format!(
                "Checked: {x:.1} × {:.1} × {:.1} mm. It can be printed.",
                number(size, "y_mm").unwrap_or_default(),
                number(size, "z_mm").unwrap_or_default()
            ),
            None => "Checked: it can be printed.".to_owned(),
        });
    }

    /// An estimate, quick or exact.
    pub fn estimate(&mut self, estimate: &Value) {
        let all = &estimate["all_copies"];
        let (Some(duration_s), Some(grams)) = (number(all, "duration_s"), number(all, "filament_g")) else {
            return;
        };
        let price = &all["price"];
        let total = number(price, "total_micros").unwrap_or_default() / 1e6;
        self.say(&format!(
            "Estimate: {}, {grams:.1} g, {total:.2} {} ({} confidence: {})",
            human(duration_s),
            word(price, "currency"),
            word(estimate, "confidence"),
            word(estimate, "reason"),
        ));
    }

    /// The job, its newest attempt and the printer that has it.
    pub fn job(&mut self, job: &Value, attempt: &Value, printer: &Value) {
        let sliced = word(&job["estimate"], "confidence") == "high";
        if sliced && self.last.starts_with("Preparing") {
            self.estimate(&job["estimate"]);
        }
        match (word(job, "state"), word(attempt, "state")) {
            ("preparing", _) => self.say("Preparing: checking and slicing."),
            ("queued", _) => self.say("Queued."),
            ("assigned", "pending" | "staging") => self.say("Sending the file to the printer."),
            ("assigned", "staged") => self.say("The file is at the printer and verified."),
            ("assigned", "start_sent" | "accepted" | "starting") => self.say("Starting."),
            ("printing" | "paused", _) => self.progress(printer),
            ("completed", _) => self.say("Completed: the part is done."),
            (state, _) => self.say(&format!("The job is {}.", state.replace('_', " "))),
        }
    }

    fn progress(&mut self, printer: &Value) {
        let pct = number(&printer["job"], "completion_pct").unwrap_or_default();
        let far = self.said_pct.is_none_or(|said| pct - said >= STEP_PCT);
        if !far {
            return;
        }
        self.said_pct = Some(pct);
        let heater = |name| {
            let heater = &printer["heaters"][name];
            format!(
                "{:.0}/{:.0} °C",
                number(heater, "actual_c").unwrap_or_default(),
                number(heater, "target_c").unwrap_or_default()
            )
        };
        self.say(&format!("Printing: {pct:.0} %, nozzle {}, bed {}.", heater("nozzle"), heater("bed")));
    }
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, name: &str) -> Option<f64> {
    value.get(name).and_then(Value::as_f64)
}

/// `1 h 50 min`, `12 min`, `40 s`.
fn human(duration_s: f64) -> String {
    let whole = duration_s.max(0.0).round();
    let (hours, minutes) = ((whole / 3600.0).floor(), ((whole % 3600.0) / 60.0).round());
    if hours > 0.0 {
        format!("{hours:.0} h {minutes:.0} min")
    } else if whole >= 60.0 {
        format!("{minutes:.0} min")
    } else {
        format!("{whole:.0} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        assert_eq!(human(40.0), "40 s");
        assert_eq!(human(720.0), "12 min");
        assert_eq!(human(6_600.0), "1 h 50 min");
    }
}
