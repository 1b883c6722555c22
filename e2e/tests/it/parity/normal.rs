//! What may differ between two OctoPrints that behave alike: ids, times, ports, line numbers,
//! temperatures on the way, and how far a print is at the moment of asking. Each rule has a name.

use serde_json::{Map, Value, json};

/// A rule: what to put in place of the value of a key, if it concerns it.
type Rule = fn(key: &str, value: &Value) -> Option<Value>;

/// In order; the first that speaks counts.
const RULES: [Rule; 7] = [ids, users, times, ports, lines, measured, progress];

/// What the real one finds out by analysing the file, which the virtual one does not do.
const ANALYSED: [&str; 5] = [
    "gcodeAnalysis",
    "estimatedPrintTime",
    "filament",
    "printTimeLeft",
    "printTimeLeftOrigin",
];
/// Parts of the set-up that no script changes: ports of the host, rights of the user.
const SET_UP: [&str; 3] = ["ports", "permissions", "baudratePreference"];

/// A body or payload without what may differ.
pub fn body(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter_map(|(key, value)| field(key, value))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => Value::Array(in_order(items.iter().map(body).collect())),
        plain => plain.clone(),
    }
}

/// Lists of files come in any order.
fn in_order(mut items: Vec<Value>) -> Vec<Value> {
    items.sort_by_key(|item| item["path"].as_str().map(str::to_owned));
    items
}

/// The payload of an event. OctoPrint adds the reason of the later `PrintFailed` to a payload that
/// `PrintCancelled` shares, sometimes before that one is sent.
pub fn payload(kind: &str, value: &Value) -> Value {
    let mut payload = body(value);
    if let Some(fields) = payload.as_object_mut().filter(|_| kind == "PrintCancelled") {
        fields.remove("reason");
    }
    payload
}

fn field(key: &str, value: &Value) -> Option<(String, Value)> {
    if ANALYSED.contains(&key) || SET_UP.contains(&key) {
        return None;
    }
    let ruled = RULES.iter().find_map(|rule| rule(key, value));
    Some((key.to_owned(), ruled.unwrap_or_else(|| body(value))))
}

fn ids(key: &str, value: &Value) -> Option<Value> {
    (matches!(key, "session" | "apikey") && value.is_string()).then(|| json!("<id>"))
}

fn users(key: &str, value: &Value) -> Option<Value> {
    (matches!(key, "user" | "owner") && value.is_string()).then(|| json!("<user>"))
}

fn times(key: &str, value: &Value) -> Option<Value> {
    let concerns = matches!(
        key,
        "date" | "time" | "printTime" | "lastPrintTime" | "averagePrintTime" | "_default"
    );
    (concerns && value.is_number()).then(|| json!("<time>"))
}

fn ports(_: &str, value: &Value) -> Option<Value> {
    let address = value.as_str()?.strip_prefix("http://127.0.0.1:")?;
    Some(json!(
        address.trim_start_matches(|sign: char| sign.is_ascii_digit())
    ))
}

/// At which line of its file a printer gets stuck depends on the moment.
fn lines(_: &str, value: &Value) -> Option<Value> {
    let (before, after) = value.as_str()?.split_once("requesting line ")?;
    let words = after.trim_start_matches(|sign: char| sign.is_ascii_digit());
    Some(json!(format!("{before}requesting line <number>{words}")))
}

fn measured(key: &str, value: &Value) -> Option<Value> {
    (matches!(key, "actual" | "free" | "total") && value.is_number()).then(|| json!("<measured>"))
}

/// Half-way figures differ from run to run; none, all of it, and the odd end of an empty file do
/// not.
fn progress(key: &str, value: &Value) -> Option<Value> {
    match key {
        "completion" if value.as_f64() == Some(100.0) => None,
        "completion" if value.as_f64() == Some(-100.0) => Some(json!(-100)),
        "completion" | "filepos" | "fileposition" | "progress" if value.is_number() => {
            Some(json!("<part>"))
        }
        "position" => Some(json!("<position>")),
        _ => None,
    }
}
