//! The `!!DEBUG:` verbs of OctoPrint's virtual printer that the recorded fault runs used.

use serde_json::json;

use super::{
    Busy, Due, Event, Machine, SILENCE_US, State,
    commands::{Asker, add},
    micros,
};

const THERMAL_RUNAWAY: &str =
    "Thermal Runaway, system stopped! Heater_ID: bed - Printer halted. kill() called!";
const SENSOR_ERROR: &str = "fatal: Heater/sensor error - Printer stopped and heaters disabled \
    due to this error. Fix error and restart with M999.";
/// Errors of the firmware that OctoPrint only notes.
const HARMLESS: [&str; 2] = ["Unknown command", "volume.init failed"];

impl Machine {
    /// Plays a fault by its verb; unknown verbs do nothing, as on the real one.
    pub fn debug(&mut self, verb: &str) {
        match verb {
            "action_pause" => self.pause(Asker::Printer),
            "action_resume" => self.resume(Asker::Printer),
            "action_custom cancel" => self.cancel(Asker::Printer),
            "action_custom paused" => self.paused_by_the_printer(),
            "action_disconnect" => self.disconnect(),
            "trigger_fatal_error_marlin" => {
                self.fail_in_firmware(THERMAL_RUNAWAY, Some("firmware-thermal-runaway"));
            }
            "trigger_fatal_error_repetier" => self.fail_in_firmware(SENSOR_ERROR, None),
            "mintemp_error" => {
                self.fail_in_firmware("MINTEMP triggered! - ok", Some("firmware-mintemp"))
            }
            "maxtemp_error" => {
                self.fail_in_firmware("MAXTEMP triggered! - ok", Some("firmware-maxtemp"))
            }
            "toggle_klipper_connection" => {
                self.fail_in_firmware("Lost communication with MCU 'mcu'", None);
            }
            "drop_connection" => self.lose_the_port(),
            "go_awol" => self.fall_silent(),
            "reset" | "send start" => self.reset(),
            "rerequest_last" => self.loop_in_resends(),
            _ => self.debug_with_words(verb),
        }
    }

    fn debug_with_words(&mut self, verb: &str) {
        if let Some(text) = verb.strip_prefix("send Error:") {
            if !HARMLESS.iter().any(|harmless| text.starts_with(harmless)) {
                let faq = text
                    .starts_with("Probing failed")
                    .then_some("firmware-probing-failed");
                self.fail_in_firmware(text, faq);
            }
        } else if let Some(text) = verb.strip_prefix("send !! ") {
            self.fail_in_firmware(text, None);
        } else if let Some(stall) = verb.strip_prefix("sleep ") {
            self.stall(stall.parse().unwrap_or(0.0));
        } else if let Some(ambient) = verb.strip_prefix("set_ambient ") {
            self.heaters
                .set_ambient(ambient.parse().unwrap_or(super::heaters::AMBIENT_C));
        }
    }

    /// The printer says it stands already: no position, no G-code, no waiting.
    fn paused_by_the_printer(&mut self) {
        if self.state != State::Printing {
            return;
        }
        self.enter(State::Pausing);
        let now = self.now_us;
        let mut payload = self.job_payload(Asker::Printer);
        if let Some(program) = self.program.as_mut() {
            program.paused_at_us = Some(now);
            add(&mut payload, "fileposition", json!(program.filepos));
            add(
                &mut payload,
                "progress",
                json!((program.fraction() * 100.0).floor()),
            );
        }
        self.announce(Event::new("PrintPaused", payload));
        self.mark_chart("pause", "Pause");
        self.enter(State::Paused);
    }

    fn fall_silent(&mut self) {
        if self.state == State::Printing {
            self.silent = true;
            self.after(SILENCE_US, Due::Silence);
        }
    }

    /// A reset by the printer looks like somebody's cancel.
    fn reset(&mut self) {
        let idle = !self.state.holds_a_print();
        let reset = Event::new("PrinterReset", json!({"idle": idle}));
        self.cancel_with(Asker::Printer, Some(reset));
    }

    fn loop_in_resends(&mut self) {
        let error = "Printer keeps requesting line 20 again and again, communication stuck";
        let reason = "resend_loop";
        self.fail(json!({"error": error, "reason": reason, "consequence": "emergency"}));
    }

    fn stall(&mut self, stall_s: f64) {
        let until = self.now_us + micros(stall_s);
        if let Some(program) = self.program.as_mut() {
            program.busy = Busy::Until(until);
        }
    }
}
