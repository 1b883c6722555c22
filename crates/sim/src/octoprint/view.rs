//! The machine as OctoPrint's JSON shows it.

use serde_json::{Value, json};

use super::instance::Inside;
use super::knobs::Lie;
use super::machine::{Progress, State, Temperature};

/// `GET /api/job`.
pub(super) fn job_answer(inside: &Inside) -> Value {
    let mut answer = json!({
        "job": job(inside),
        "progress": progress(inside),
        "state": state_text(inside),
    });
    let error = inside.machine.error();
    if let Some(fields) = answer.as_object_mut().filter(|_| !error.is_empty()) {
        fields.insert("error".to_owned(), json!(error));
    }
    answer
}

/// The `job` part. Its shape differs until a file was selected for the first time.
pub(super) fn job(inside: &Inside) -> Value {
    let machine = &inside.machine;
    if !machine.ever_selected() {
        let file = json!({"name": null, "path": null, "origin": null, "size": null, "date": null});
        let filament = json!({"length": null, "volume": null});
        return json!({
            "file": file, "filament": filament, "user": null,
            "estimatedPrintTime": null, "lastPrintTime": null,
        });
    }
    let selected = machine.selected();
    let times = selected.and_then(|file| file.print_times_s);
    json!({
        "file": {
            "name": selected.map(|file| file.name()),
            "path": selected.map(|file| &file.path),
            "display": selected.map(|file| file.name()),
            "origin": selected.map(|_| "local"),
            "size": selected.map(|file| file.size_bytes),
            "date": selected.map(|file| file.date_s),
        },
        "filament": null,
        "user": selected.map(|_| "admin"),
        "estimatedPrintTime": null,
        "averagePrintTime": times.map(|(average, _)| average),
        "lastPrintTime": times.map(|(_, last)| last),
    })
}

/// The `progress` part.
pub(super) fn progress(inside: &Inside) -> Value {
    let honest = inside.machine.progress();
    let lie = inside.lies(Lie::CompletionAfterCancel) && honest == Progress::default();
    let shown = if lie { inside.kept_progress } else { honest };
    let origin = shown
        .print_time_left_s
        .filter(|_| shown.completion != Some(100.0))
        .map(|_| "linear");
    json!({
        "completion": shown.completion,
        "filepos": shown.filepos,
        "printTime": shown.print_time_s,
        "printTimeLeft": shown.print_time_left_s,
        "printTimeLeftOrigin": origin,
    })
}

/// The `state` part of `/api/printer` and of the push frames.
pub(super) fn state(inside: &Inside) -> Value {
    let state = inside.machine.state();
    let closed = matches!(state, State::Offline | State::OfflineAfterError);
    json!({
        "text": state_text(inside),
        "flags": {
            "operational": state.is_operational(),
            "printing": state.is_printing(),
            "paused": state == State::Paused,
            "pausing": state == State::Pausing,
            "resuming": state == State::Resuming,
            "cancelling": state == State::Cancelling,
            "finishing": state == State::Finishing,
            "error": matches!(state, State::Error | State::OfflineAfterError),
            "closedOrError": closed || state == State::Error,
            "ready": state == State::Operational,
            "sdReady": state.is_operational(),
        },
        "error": inside.machine.error(),
    })
}

fn state_text(inside: &Inside) -> &'static str {
    match inside.machine.state() {
        State::Printing if inside.lies(Lie::WrongStateWord) => "Busy",
        state => state.text(),
    }
}

/// One heater.
pub(super) fn heater(temperature: Temperature) -> Value {
    let mut shown = bare_heater(temperature);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("offset".to_owned(), json!(0));
    }
    shown
}

/// One heater without its offset, as in histories.
pub(super) fn bare_heater(temperature: Temperature) -> Value {
    let actual = (temperature.actual_c * 100.0).round() / 100.0;
    json!({"actual": actual, "target": temperature.target_c})
}
