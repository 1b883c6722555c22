//! What the terminal shows: a line whenever something is different.

use super::word;
use serde_json::Value;

/// Per cent between two lines of progress.
const STEP_PCT: f64 = 10.0;

/// Remembers what was said last.
#[derive(Debug, Default)]
pub struct Screen {
    last: String,
    said_pct: Option<f64>,
    waits_for: Option<(String, String)>,
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
        let size = |axis: &str| number(model, &format!("/size/{axis}_mm"));
        self.say(&match (size("x"), size("y"), size("z")) {
            (Some(x), Some(y), Some(z)) => {
                format!("Checked: {x:.1} × {y:.1} × {z:.1} mm. The model is sound.")
            }
            _ => "Checked: the file is sound.".to_owned(),
        });
    }

    /// An estimate, quick or exact.
    pub fn estimate(&mut self, estimate: &Value) {
        let of_all = |name: &str| number(estimate, &format!("/all_copies/{name}"));
        let (Some(duration_s), Some(grams)) = (of_all("duration_s"), of_all("filament_g")) else {
            return;
        };
        let total = of_all("price/total_micros").unwrap_or_default() / 1e6;
        self.say(&format!(
            "Estimate: {}, {grams:.1} g, {total:.2} {} ({} confidence: {})",
            human(duration_s),
            word(estimate, "/all_copies/price/currency"),
            word(estimate, "/confidence"),
            word(estimate, "/reason"),
        ));
    }

    /// The job, its newest attempt and the printer that has it.
    pub fn job(&mut self, job: &Value, attempt: &Value, printer: &Value) {
        let sliced = word(job, "/estimate/confidence") == "high";
        if sliced && self.last.starts_with("Preparing") {
            self.estimate(job.get("estimate").unwrap_or(&Value::Null));
        }
        let state = word(job, "/state");
        if state != "queued" {
            self.waits_for = None;
        }
        match (state, word(attempt, "/state")) {
            ("preparing", _) => self.say("Preparing: checking and slicing."),
            // What it waits for says more.
            ("queued", _) if self.waits_for.is_some() => {}
            ("queued", _) => self.say("Queued."),
            ("assigned", "pending" | "staging") => self.say("Sending the file to the printer."),
            ("assigned", "staged") => self.say("The file is at the printer and verified."),
            ("assigned", "start_sent" | "accepted" | "starting") => self.say("Starting."),
            ("printing" | "paused", _) => self.progress(printer),
            ("completed", _) => self.say("Completed: the part is done."),
            ("failed", _) => self.say("The job has failed."),
            ("canceled", _) => self.say("The job was cancelled."),
            ("needs_attention", _) => self.say("Somebody has to look at the printer."),
            (state, _) => self.say(&format!("The job is {state}.")),
        }
    }

    /// What a queued job waits for, with the words of every printer that has some.
    pub fn waiting<'a>(&mut self, reason: &Value, printers: impl Iterator<Item = &'a Value>) {
        let (sentence, remedy) = (word(reason, "/sentence"), word(reason, "/remedy"));
        if sentence.is_empty() {
            return;
        }
        self.waits_for = Some((sentence.to_owned(), remedy.to_owned()));
        let said = printers.filter(|printer| !word(printer, "/message").is_empty());
        let said = said.map(|one| format!("\n  {}: {}", word(one, "/name"), word(one, "/message")));
        self.say(&format!(
            "Waiting: {sentence} {remedy}{}",
            said.collect::<String>()
        ));
    }

    /// Sentence and remedy of what the job waits for, if it does.
    pub fn waits_for(&self) -> Option<(&str, &str)> {
        self.waits_for
            .as_ref()
            .map(|(sentence, remedy)| (sentence.as_str(), remedy.as_str()))
    }

    fn progress(&mut self, printer: &Value) {
        let pct = number(printer, "/progress/completion_pct").unwrap_or_default();
        let far = self.said_pct.is_none_or(|said| pct - said >= STEP_PCT);
        if !far {
            return;
        }
        self.said_pct = Some(pct);
        let heater = |name| {
            let at =
                |which| number(printer, &format!("/heaters/{name}/{which}")).unwrap_or_default();
            format!("{:.0}/{:.0} °C", at("actual_c"), at("target_c"))
        };
        self.say(&format!(
            "Printing: {pct:.0} %, nozzle {}, bed {}.",
            heater("nozzle"),
            heater("bed")
        ));
    }
}

/// The number at a JSON pointer.
fn number(value: &Value, at: &str) -> Option<f64> {
    value.pointer(at).and_then(Value::as_f64)
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
    fn a_job_that_waits_says_so_once_and_what_the_printer_says() {
        let mut screen = Screen::default();
        let reason = serde_json::json!({ "code": "PRINTER_OFFLINE", "sentence": "It is off.", "remedy": "Look." });
        let printers = [serde_json::json!({ "name": "left", "message": "No answer." })];
        screen.waiting(&reason, printers.iter());
        assert_eq!(screen.last, "Waiting: It is off. Look.\n  left: No answer.");
        screen.job(
            &serde_json::json!({ "state": "queued" }),
            &Value::Null,
            &Value::Null,
        );
        assert!(screen.last.starts_with("Waiting"));
        assert_eq!(screen.waits_for(), Some(("It is off.", "Look.")));
        screen.job(
            &serde_json::json!({ "state": "completed" }),
            &Value::Null,
            &Value::Null,
        );
        assert_eq!(screen.waits_for(), None);
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        assert_eq!(human(40.0), "40 s");
        assert_eq!(human(720.0), "12 min");
        assert_eq!(human(6_600.0), "1 h 50 min");
    }
}
