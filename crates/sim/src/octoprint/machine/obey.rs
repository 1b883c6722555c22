//! One line after the other: what the printer does with a command.

use serde_json::{Value, json};

use super::commands::{Asker, add};
use super::{Event, Heater, LINE_US, Machine, State, gcode_line::GcodeLine, micros, program::Busy};

impl Machine {
    /// Reads and obeys the next line of the print, or finishes at the end of the file.
    pub(super) fn print_a_line(&mut self) {
        let Some(program) = self.program.as_mut() else {
            return;
        };
        let Some(line) = program.next_command() else {
            return self.finish();
        };
        let busy = self.obey(&line);
        if let Some(program) = self.program.as_mut() {
            program.busy = busy;
        }
    }

    /// A line from the terminal (`/api/printer/command`): answered at once, its time is not kept.
    pub fn type_in(&mut self, text: &str) {
        if !self.state.is_operational() {
            return;
        }
        if let Some(verb) = text.trim().strip_prefix("!!DEBUG:") {
            self.debug(verb.trim());
        } else if let Some(line) = GcodeLine::read(text) {
            self.obey(&line);
        }
    }

    fn obey(&mut self, line: &GcodeLine) -> Busy {
        match line.code.as_str() {
            "G0" | "G1" | "G2" | "G3" => return self.travel(line),
            "G4" => return self.dwell(line),
            "G28" => {
                self.head.home(line);
                self.announce(Event::bare("Home"));
            }
            "G92" => self.head.rename(line),
            code @ ("G90" | "G91" | "M82" | "M83") => self.head.set_mode(code),
            "M104" => self.heat(Heater::Nozzle, line),
            "M140" => self.heat(Heater::Bed, line),
            "M109" => {
                self.heat(Heater::Nozzle, line);
                return Busy::Heating(Heater::Nozzle);
            }
            "M190" => {
                self.heat(Heater::Bed, line);
                return Busy::Heating(Heater::Bed);
            }
            "M0" | "M1" | "M25" => self.pause(Asker::Printer),
            "M600" => {
                self.announce(Event::bare("FilamentChange"));
                self.pause(Asker::Printer);
            }
            "M114" => self.tell_position(),
            "M112" => self.emergency_stop(),
            _ => {}
        }
        Busy::Until(self.now_us + LINE_US)
    }

    /// The answer to `M114`: it knows no feed rate.
    fn tell_position(&mut self) {
        let mut position = self.head.position();
        add(&mut position, "reason", Value::Null);
        add(&mut position, "f", Value::Null);
        self.announce(Event::new("PositionUpdate", position));
    }

    /// Sets a heater from the `S` or `R` word; without one the target stays.
    fn heat(&mut self, heater: Heater, line: &GcodeLine) {
        if let Some(target_c) = line.number('S').or_else(|| line.number('R')) {
            self.heaters.set_target(heater, target_c);
        }
    }

    fn dwell(&mut self, line: &GcodeLine) -> Busy {
        let dwell_s = line
            .number('P')
            .map_or_else(|| line.number('S').unwrap_or(0.0), |ms| ms / 1e3);
        self.announce(Event::bare("Dwelling"));
        Busy::Until(self.now_us + LINE_US + micros(dwell_s))
    }

    fn travel(&mut self, line: &GcodeLine) -> Busy {
        let moved = self.head.travel(line);
        let z = self.head.z;
        let printing = self.state == State::Printing;
        if let Some(program) = self.program.as_mut().filter(|_| printing) {
            program.max_z_mm = program.max_z_mm.max(z);
            if moved.extruded {
                program.max_print_z_mm = program.max_print_z_mm.max(z);
            }
            let old = program.announced_z;
            if line.number('Z').is_some() && old != Some(z) {
                program.announced_z = Some(z);
                self.announce(Event::new("ZChange", json!({"new": z, "old": old})));
            }
        }
        Busy::Until(self.now_us + LINE_US + micros(moved.duration_s))
    }
}
