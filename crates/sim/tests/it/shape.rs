//! Compares a recorded JSON value with one of ours: the same keys, the same types, and the same
//! words and flags; numbers, names and times may differ.

use serde_json::Value;

/// What the real one adds after analysing a file, or while it has a terminal; not played.
const NOT_PLAYED: [&str; 3] = ["gcodeAnalysis", "estimatedPrintTime", "filament"];
/// Null or a number as the moment of asking has it.
const MOMENTARY: [&str; 6] = [
    "printTimeLeft",
    "printTimeLeftOrigin",
    "averagePrintTime",
    "lastPrintTime",
    "currentZ",
    "old",
];
/// Strings that are part of the protocol.
const WORDS: [&str; 12] = [
    "error",
    "state",
    "text",
    "type",
    "typePath",
    "origin",
    "reason",
    "consequence",
    "state_id",
    "state_string",
    "label",
    "faq",
];
/// Rights of the user, settings of the host, and lists that were cut.
const OPEN: [&str; 10] = [
    "permissions",
    "needs",
    "settings",
    "webcam",
    "ports",
    "markings",
    "logs",
    "messages",
    "temps",
    "hash",
];

/// Every difference, each with its place.
pub fn differences(recorded: &Value, ours: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", "", recorded, ours, &mut found);
    found
}

fn compare(place: &str, key: &str, recorded: &Value, ours: &Value, found: &mut Vec<String>) {
    if OPEN.contains(&key) || NOT_PLAYED.contains(&key) {
        return;
    }
    match (recorded, ours) {
        (Value::Object(old), Value::Object(new)) => {
            for name in old
                .keys()
                .chain(new.keys().filter(|name| !old.contains_key(*name)))
            {
                let below = format!("{place}/{name}");
                match (old.get(name), new.get(name)) {
                    (Some(old), Some(new)) => compare(&below, name, old, new, found),
                    _ if NOT_PLAYED.contains(&name.as_str()) || name.starts_with('_') => {}
                    (Some(_), None) => found.push(format!("{below} is missing")),
                    (None, _) => found.push(format!("{below} is not in the recording")),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            // Lists come in any order: the first recorded one is held against one of its type.
            let alike = |old: &&Value| new.iter().find(|new| new["type"] == old["type"]);
            if let Some((old, new)) = old.first().and_then(|old| Some((old, alike(&old)?))) {
                compare(&format!("{place}/0"), key, old, new, found);
            }
        }
        (Value::Number(_), Value::Number(_)) => {}
        (Value::String(old), Value::String(new)) if !WORDS.contains(&key) => {
            if old.is_empty() != new.is_empty() {
                found.push(format!("{place}: {old:?} and {new:?}"));
            }
        }
        (Value::Null, _) | (_, Value::Null) if MOMENTARY.contains(&key) => {}
        _ if recorded == ours => {}
        _ => found.push(format!("{place}: {recorded} and {ours}")),
    }
}

#[test]
fn a_missing_field_a_wrong_word_and_a_wrong_type_are_noticed() {
    let recorded = serde_json::json!({"state": "Printing", "n": 1, "ok": true});
    let noticed = |ours: Value| !differences(&recorded, &ours).is_empty();
    assert!(!noticed(
        serde_json::json!({"state": "Printing", "n": 2.5, "ok": true})
    ));
    assert!(noticed(
        serde_json::json!({"state": "Busy", "n": 1, "ok": true})
    ));
    assert!(noticed(
        serde_json::json!({"state": "Printing", "n": "1", "ok": true})
    ));
    assert!(noticed(
        serde_json::json!({"state": "Printing", "ok": true})
    ));
    assert!(noticed(
        serde_json::json!({"state": "Printing", "n": 1, "ok": false})
    ));
}
