//! The ways a print or a connection ends.

use serde_json::{Value, json};

use super::{
    Due, Effect, Ending, Event, Machine, Progress, SETTLE_US, State,
    commands::{Asker, add},
    seconds,
};

impl Machine {
    /// The last line is out.
    pub(super) fn finish(&mut self) {
        self.enter(State::Finishing);
        self.after_draining(SETTLE_US, Due::Done);
        let mut payload = self.job_payload(Asker::Printer);
        add(&mut payload, "time", json!(self.print_time_s()));
        self.mark_chart("done", "Done");
        self.announce(Event::new("PrintDone", payload));
    }

    pub(super) fn settle_after_success(&mut self) {
        let done = self.progress_at_the_end();
        self.enter(State::Operational);
        self.record(true);
        self.finished = Some(done);
    }

    /// An empty file ends at -100 percent: the real one divides by its size.
    fn progress_at_the_end(&self) -> Progress {
        let empty = self
            .selected
            .as_ref()
            .is_some_and(|file| file.size_bytes == 0);
        let (completion, left_s) = if empty {
            (-100.0, None)
        } else {
            (100.0, Some(0))
        };
        let completion = Some(completion);
        Progress {
            completion,
            print_time_left_s: left_s,
            ..self.progress()
        }
    }

    /// Time printed so far, machine seconds.
    pub(super) fn print_time_s(&self) -> f64 {
        let printed = self
            .program
            .as_ref()
            .map_or(0, |program| program.print_time_us(self.now_us));
        seconds(printed)
    }

    /// Writes the end of the print into the history; from here on there is no progress to tell.
    pub(super) fn record(&mut self, success: bool) {
        let print_time_s = self.print_time_s();
        let Some((file, program)) = self.selected.as_mut().zip(self.program.take()) else {
            return;
        };
        let path = file.path.clone();
        if success {
            let average = file
                .print_times_s
                .map_or(print_time_s, |(old, _)| f64::midpoint(old, print_time_s));
            file.print_times_s = Some((average, print_time_s));
        }
        self.effects.push(Effect::Ended(Ending {
            path: path.clone(),
            success,
            print_time_s,
            max_z_mm: program.max_z_mm,
            max_print_z_mm: program.max_print_z_mm,
        }));
        let payload = json!({"storage": "local", "path": path});
        self.announce(Event::new("MetadataStatisticsUpdated", payload));
    }

    /// The connection is gone: a print under way has failed with `error`.
    pub(super) fn close(&mut self, state: State, error: &str) {
        let failed = self.program.is_some().then(|| self.failure_payload(error));
        if self.selected.is_some() {
            self.announce(Event::new("UpdatedFiles", json!({"type": "printables"})));
            self.announce(Event::bare("FileDeselected"));
        }
        self.announce(Event::bare("Disconnected"));
        error.clone_into(&mut self.error);
        self.enter(state);
        if let Some(payload) = failed {
            self.record(false);
            self.announce(Event::new("PrintFailed", payload));
        }
        (self.selected, self.finished, self.due) = (None, None, None);
        self.silent = false;
        self.heaters.off();
    }

    fn failure_payload(&self, error: &str) -> Value {
        let mut payload = self.job_payload(Asker::Printer);
        let fraction = self.program.as_ref().map_or(0.0, super::Program::fraction);
        add(&mut payload, "time", json!(self.print_time_s()));
        add(&mut payload, "reason", json!("error"));
        add(&mut payload, "error", json!(error));
        add(&mut payload, "progress", json!(fraction));
        payload
    }

    /// `M112`: no `Error` event, nothing in the error report (as recorded).
    pub fn emergency_stop(&mut self) {
        self.close(
            State::OfflineAfterError,
            "Closing serial port due to emergency stop M112.",
        );
        self.announce(Event::bare("EStop"));
    }

    /// The serial port breaks: no `Error` event, nothing in the error report (as recorded).
    pub fn lose_the_port(&mut self) {
        self.close(State::OfflineAfterError, "SerialTimeoutException: ");
    }

    /// The firmware says that something is badly wrong.
    pub fn fail_in_firmware(&mut self, error: &str, faq: Option<&str>) {
        let logs = [format!("Recv: Error:{error}")];
        self.fail(json!({
            "error": error, "reason": "firmware", "consequence": "emergency",
            "faq": faq, "logs": logs,
        }));
    }

    /// A fatal error with its report; OctoPrint answers with `M112` and hangs up.
    pub(super) fn fail(&mut self, report: Value) {
        let error = report
            .get("error")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        self.enter(State::Error);
        self.report = Some(report.clone());
        self.announce(Event::new("Error", report));
        self.announce(Event::bare("EStop"));
        self.close(State::OfflineAfterError, &error);
    }

    pub(super) fn give_up_the_silent_printer(&mut self) {
        let error = "Too many consecutive timeouts, printer still connected and alive?";
        self.announce(Event::new(
            "Error",
            json!({"error": error, "reason": "timeout"}),
        ));
        self.close(State::OfflineAfterError, error);
    }
}
