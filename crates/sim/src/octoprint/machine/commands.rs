//! What a person or a program can ask of the machine. Refusals are the routes' affair: a call
//! that makes no sense in the present state does nothing, as in OctoPrint's own layer below.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    CONNECT_STEP_US, Due, Effect, Event, Machine, PAUSE_US, PrintFile, SETTLE_US, START_US, State,
};

/// Who asked for a pause, a resume or a cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A user, over the API: the events name them.
    User,
    /// The printer or the file: the events name nobody.
    Printer,
}

impl Machine {
    /// Opens the connection; nothing while one is open or opening.
    pub fn connect(&mut self) {
        if !matches!(self.state, State::Offline | State::OfflineAfterError) {
            return;
        }
        (self.error, self.report) = (String::new(), None);
        self.announce(Event::bare("Connecting"));
        self.enter(State::OpenSerial);
        self.after(CONNECT_STEP_US, Due::Connecting);
    }

    pub(super) fn greet(&mut self) {
        self.enter(State::Operational);
        let port = json!({"port": "VIRTUAL", "baudrate": 115_200});
        self.announce(Event::new("Connected", port));
        let name = "Virtual Marlin 1.0";
        let data = json!({"FIRMWARE_NAME": name, "PROTOCOL_VERSION": "1.0"});
        self.announce(Event::new(
            "FirmwareData",
            json!({"name": name, "data": data}),
        ));
    }

    /// Selects a file; the progress of an earlier print is forgotten.
    pub fn select(&mut self, file: PrintFile) {
        let payload = json!({
            "name": file.name(), "path": file.path, "origin": "local",
            "size": null, "owner": "admin", "user": "admin",
        });
        (self.selected, self.ever_selected, self.finished) = (Some(file), true, None);
        self.announce(Event::new("FileSelected", payload));
    }

    /// Selects nothing.
    pub fn unselect(&mut self) {
        self.announce(Event::new("UpdatedFiles", json!({"type": "printables"})));
        (self.selected, self.finished) = (None, None);
        self.announce(Event::bare("FileDeselected"));
    }

    /// Starts the selected file, whose bytes these are; also restarts a paused print.
    pub fn start(&mut self, bytes: Arc<[u8]>) {
        let Some(file) = self.selected.clone() else {
            return;
        };
        if !matches!(self.state, State::Operational | State::Paused) {
            return;
        }
        self.begin_program(bytes);
        self.enter(State::Starting);
        self.announce(Event::new("PrintStarted", self.job_payload(Asker::User)));
        self.effects.push(Effect::Started(file));
        self.mark_chart("print", "Start");
        self.after(START_US, Due::Printing);
    }

    /// Asks for a pause; only a running print can pause.
    pub fn pause(&mut self, asker: Asker) {
        if self.state == State::Printing {
            self.enter(State::Pausing);
            self.after_draining(PAUSE_US, Due::Paused(asker));
        }
    }

    pub(super) fn stand_still(&mut self, asker: Asker) {
        let now = self.now_us;
        let Some(program) = self.program.as_mut() else {
            return;
        };
        program.paused_at_us = Some(now);
        let position = self.head.position();
        let mut payload = self.job_payload(asker);
        self.add_place(&mut payload, position.clone());
        self.announce(Event::new("PrintPaused", payload));
        self.mark_chart("pause", "Pause");
        let mut update = position;
        add(&mut update, "reason", json!("pause"));
        self.announce(Event::new("PositionUpdate", update));
        self.enter(State::Paused);
    }

    /// Goes on with a paused print.
    pub fn resume(&mut self, asker: Asker) {
        if self.state != State::Paused {
            return;
        }
        let now = self.now_us;
        if let Some(program) = self.program.as_mut() {
            program.resumed(now);
        }
        self.enter(State::Resuming);
        self.announce(Event::new("PrintResumed", self.job_payload(asker)));
        self.mark_chart("resume", "Resume");
        self.after(START_US, Due::Printing);
    }

    /// Cancels a print, running or paused.
    pub fn cancel(&mut self, asker: Asker) {
        self.cancel_with(asker, None);
    }

    /// The same; `told_between` is told before the print counts as failed.
    pub(super) fn cancel_with(&mut self, asker: Asker, told_between: Option<Event>) {
        if !self.state.holds_a_print() || self.state == State::Cancelling {
            self.effects.extend(told_between.map(Effect::Announce));
            return;
        }
        self.announce(Event::new("PrintCancelling", self.job_payload(asker)));
        let mut payload = self.job_payload(asker);
        let nowhere = json!({"x": null, "y": null, "z": null, "e": null, "f": null, "t": null});
        self.add_place(&mut payload, nowhere);
        add(&mut payload, "time", json!(self.print_time_s()));
        self.enter(State::Cancelling);
        self.announce(Event::new("PrintCancelled", payload.clone()));
        self.mark_chart("cancel", "Cancel");
        self.after_draining(SETTLE_US, Due::Cancelled);
        self.effects.extend(told_between.map(Effect::Announce));
        self.record(false);
        add(&mut payload, "reason", json!("cancelled"));
        self.announce(Event::new("PrintFailed", payload));
    }

    /// Closes the connection; a print under way has failed.
    pub fn disconnect(&mut self) {
        if matches!(self.state, State::Offline | State::OfflineAfterError) {
            return;
        }
        self.announce(Event::bare("Disconnecting"));
        self.close(State::Offline, "");
        let ports = json!({"ports": ["VIRTUAL"]});
        self.announce(Event::new("ConnectionsAutorefreshed", ports));
    }

    /// The part that every event about a print has in common.
    pub(super) fn job_payload(&self, asker: Asker) -> Value {
        let Some(file) = &self.selected else {
            return json!({});
        };
        let mut payload = json!({
            "name": file.name(), "path": file.path, "origin": "local",
            "size": file.size_bytes, "owner": "admin",
        });
        if asker == Asker::User {
            add(&mut payload, "user", json!("admin"));
        }
        payload
    }

    fn add_place(&self, payload: &mut Value, position: Value) {
        let Some(program) = &self.program else { return };
        add(payload, "position", position);
        add(payload, "fileposition", json!(program.filepos));
        add(
            payload,
            "progress",
            json!((program.fraction() * 100.0).floor()),
        );
    }
}

/// Adds a field to a JSON object.
pub(super) fn add(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}
