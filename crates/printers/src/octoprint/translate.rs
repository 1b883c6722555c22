//! OctoPrint's words into ours. Pure; the only place that knows what OctoPrint's states mean.

use super::wire::{Event, Flags, Frame, Job, Payload, Progress, State, Temperature, Temperatures};
use crate::port::{FailReason, PrinterEvent};
use crate::words;
use fluxprint_domain::printer::{Activity, Heater, Heaters, Observation, PrinterState, SeenJob};

/// The events asked for on the push socket: those that [`event`] understands.
pub const EVENTS: [&str; 9] = [
    "PrintStarted",
    "PrintDone",
    "PrintFailed",
    "PrintPaused",
    "PrintResumed",
    "PrinterReset",
    "Connected",
    "Disconnected",
    "Error",
];

/// A look at a machine that is connected.
pub fn connected(state: &State, job: &Job, progress: &Progress, heaters: Heaters) -> Observation {
    let (seen, activity) = doing(state, job);
    Observation {
        state: seen,
        activity,
        job: seen_job(job, progress),
        heaters,
        message: words::message(&state.error),
    }
}

/// A look at OctoPrint without a machine, by the text of `GET /api/job`: the flags are not told.
pub fn not_connected(
    text: &str,
    error: Option<&str>,
    job: &Job,
    progress: &Progress,
) -> Observation {
    let state = State {
        text: text.to_owned(),
        flags: Flags {
            closed_or_error: true,
            ..Flags::default()
        },
        error: error.unwrap_or_default().to_owned(),
    };
    connected(&state, job, progress, Heaters::default())
}

/// A frame of the push socket. Frames without temperatures leave `heaters` as they were.
pub fn frame(frame: &Frame, heaters: &mut Heaters) -> Observation {
    if !frame.state.flags.operational {
        *heaters = Heaters::default();
    } else if let Some(now) = frame.temps.last() {
        *heaters = self::heaters(now);
    }
    connected(&frame.state, &frame.job, &frame.progress, *heaters)
}

/// What a machine is doing. Flags first: the text is only for what the flags do not tell.
fn doing(state: &State, job: &Job) -> (PrinterState, Activity) {
    let flags = state.flags;
    if !flags.operational {
        return (without_machine(state), Activity::Idle);
    }
    let foreign = state.text.contains("SD") || job.file.origin.as_deref() == Some("sdcard");
    match flags {
        Flags { paused: true, .. } => (PrinterState::Paused, Activity::Paused),
        Flags {
            cancelling: true, ..
        } => (PrinterState::Busy, Activity::Cancelling),
        Flags { pausing: true, .. } => (PrinterState::Busy, Activity::Pausing),
        Flags { resuming: true, .. } => (PrinterState::Busy, Activity::Resuming),
        Flags {
            finishing: true, ..
        } => (PrinterState::Busy, Activity::Finishing),
        Flags { printing: true, .. } if foreign => (PrinterState::Busy, Activity::Other),
        Flags { printing: true, .. } if state.text == "Starting" => {
            (PrinterState::Busy, Activity::Starting)
        }
        Flags { printing: true, .. } => (PrinterState::Busy, Activity::Printing),
        Flags { ready: true, .. } => (PrinterState::Ready, Activity::Idle),
        _ => (PrinterState::Unknown, Activity::Other),
    }
}

/// `Offline after error` is an error until a person has looked; `Error` is the moment before it.
fn without_machine(state: &State) -> PrinterState {
    if state.flags.error || state.text.contains("rror") {
        PrinterState::Error
    } else {
        PrinterState::Offline
    }
}

fn seen_job(job: &Job, progress: &Progress) -> Option<SeenJob> {
    let path = job.file.path.as_deref()?;
    Some(SeenJob {
        path: words::path(path),
        size_bytes: job.file.size,
        completion_pct: progress.completion.map(|pct| pct.clamp(0.0, 100.0)),
        print_time_s: progress.print_time.and_then(whole_seconds),
        time_left_s: progress.print_time_left.and_then(whole_seconds),
    })
}

fn whole_seconds(seconds: f64) -> Option<u64> {
    std::time::Duration::try_from_secs_f64(seconds)
        .ok()
        .map(|d| d.as_secs())
}

/// The heaters of a machine with one nozzle.
pub fn heaters(temperatures: &Temperatures) -> Heaters {
    Heaters {
        nozzle: temperatures.tool0.and_then(heater),
        bed: temperatures.bed.and_then(heater),
    }
}

/// A heater that was never measured (null) and has no target does not exist; one that has a target
/// does, whatever it measures.
fn heater(temperature: Temperature) -> Option<Heater> {
    match (temperature.actual, temperature.target) {
        (None, None) => None,
        (actual, target) => Some(Heater {
            actual_c: actual.unwrap_or_default(),
            target_c: target.unwrap_or_default(),
        }),
    }
}

/// An event in our words; `None` for kinds that say nothing new (a cancel is told twice, and read
/// from `PrintFailed`).
pub fn event(event: Event) -> Option<PrinterEvent> {
    let payload = event.payload.unwrap_or_default();
    let path = words::path(payload.path.as_deref().unwrap_or_default());
    Some(match event.kind.as_str() {
        "PrintStarted" => PrinterEvent::Started { path },
        "PrintDone" => PrinterEvent::Done { path },
        "PrintFailed" => failed(path, &payload),
        "PrintPaused" => PrinterEvent::Paused { path },
        "PrintResumed" => PrinterEvent::Resumed { path },
        "PrinterReset" => PrinterEvent::Reset,
        "Connected" => PrinterEvent::Connected,
        "Disconnected" => PrinterEvent::Disconnected,
        "Error" => PrinterEvent::Error {
            message: said(&payload).unwrap_or_else(|| "an error without words".to_owned()),
            emergency: payload.consequence.as_deref() == Some("emergency"),
        },
        _ => return None,
    })
}

/// OctoPrint's `cancelled` becomes our `Canceled` here and nowhere else.
fn failed(path: String, payload: &Payload) -> PrinterEvent {
    let reason = match payload.reason.as_deref() {
        Some("cancelled") => FailReason::Canceled,
        _ => FailReason::Error,
    };
    PrinterEvent::Failed {
        path,
        reason,
        message: said(payload),
    }
}

fn said(payload: &Payload) -> Option<String> {
    words::message(payload.error.as_deref()?)
}

#[cfg(test)]
mod tests;
