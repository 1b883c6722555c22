//! What an OctoPrint did while a script ran: its answers in order, and its events in lanes.

use serde_json::Value;

use super::normal;

/// Events about the print itself.
const OF_THE_PRINT: [&str; 7] = [
    "PrintStarted",
    "PrintPaused",
    "PrintResumed",
    "PrintCancelling",
    "PrintCancelled",
    "PrintDone",
    "PrintFailed",
];
/// Events about the connection, the state and the selection.
const OF_THE_STATE: [&str; 8] = [
    "PrinterStateChanged",
    "Connecting",
    "Connected",
    "Disconnecting",
    "Disconnected",
    "FileSelected",
    "FileDeselected",
    "Error",
];
/// Events that come from threads of their own: what counts is that they come, and how often.
const BESIDE: [&str; 5] = [
    "Upload",
    "FileAdded",
    "FileRemoved",
    "EStop",
    "MetadataStatisticsUpdated",
];

/// The trace of one script.
///
/// OctoPrint announces from several threads, so the order between a print's events, its states and
/// the rest varies from run to run. Inside a lane it does not.
#[derive(Debug, Default)]
pub struct Trace {
    calls: Vec<String>,
    print: Vec<String>,
    states: Vec<String>,
    beside: Vec<String>,
}

impl Trace {
    pub fn add_call(&mut self, what: &str, status: u16, body: Value) {
        self.calls.push(format!("{what} -> {status} {body}"));
    }

    pub fn add_events(&mut self, events: Vec<Value>) {
        for event in events {
            let kind = event["type"].as_str().unwrap_or_default();
            let payload = normal::payload(kind, &event["payload"]);
            let line = if kind == "Error" {
                kind.to_owned()
            } else {
                format!("{kind} {payload}")
            };
            if OF_THE_PRINT.contains(&kind) {
                self.print.push(line);
            } else if OF_THE_STATE.contains(&kind) {
                self.states.push(line);
            } else if BESIDE.contains(&kind) {
                self.beside.push(line);
            }
        }
        self.beside.sort();
    }

    /// The first difference of every lane, told for a reader, or `None` when all is equal.
    pub fn difference(&self, script: &str, other: &Self) -> Option<String> {
        let lanes = [
            ("answers", &self.calls, &other.calls),
            ("events of the print", &self.print, &other.print),
            ("events of the state", &self.states, &other.states),
            ("events beside", &self.beside, &other.beside),
        ];
        let told: Vec<String> = lanes
            .iter()
            .filter_map(|(lane, real, other)| first(lane, real, other))
            .collect();
        (!told.is_empty()).then(|| format!("{script}: {}", told.join("\n  ")))
    }
}

fn first(lane: &str, real: &[String], other: &[String]) -> Option<String> {
    let length = real.len().max(other.len());
    let at = (0..length).find(|at| real.get(*at) != other.get(*at))?;
    let shown = |lines: &[String]| {
        lines
            .get(at)
            .cloned()
            .unwrap_or_else(|| "(nothing)".to_owned())
    };
    Some(format!(
        "{lane}, line {}:\n    real    {}\n    virtual {}",
        at + 1,
        shown(real),
        shown(other)
    ))
}
