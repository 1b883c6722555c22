//! What of the service's words a person may see. The studio listens once for a whole organisation,
//! so what belongs to a project is taken out for those who do not see the project: "another
//! project's job", without name, picture or person (architecture, section 2).

use fluxprint_domain::id::ProjectId;
use fluxprint_domain::role::{Act, Role};
use fluxprint_tokens::Grant;
use serde_json::{Map, Value};

/// What is told of another project's job: that it is there, and how it stands.
const HARMLESS: [&str; 11] = [
    "attempt",
    "place",
    "priority",
    "created_at",
    "state",
    "since",
    "copies",
    "number",
    "printer",
    "printer_id",
    "waits_for",
];

/// Obstacles that speak of printers only; any other reason may speak of the model.
const OF_PRINTERS: [&str; 9] = [
    "BED_NOT_CLEAR",
    "BED_AFTER_PRINT",
    "PRINTER_OFFLINE",
    "PRINTER_BUSY",
    "PRINTER_IN_ERROR",
    "NOT_RECONCILED",
    "NO_PRINTER",
    "ORGANISATION_ON_HOLD",
    "EARLIER_FIRST",
];

/// What the service lets people do, and which act each is: in their own job, in another's.
const ALLOWED: [(&str, Act, Act); 20] = [
    ("cancel", Act::ControlOwnJob, Act::ControlAnyJob),
    ("pause", Act::ControlOwnJob, Act::ControlAnyJob),
    ("resume", Act::ControlOwnJob, Act::ControlAnyJob),
    ("hold", Act::ControlOwnJob, Act::ControlAnyJob),
    ("release", Act::ControlOwnJob, Act::ControlAnyJob),
    ("move", Act::Operate, Act::Operate),
    ("prioritise", Act::Operate, Act::Operate),
    ("reorder", Act::Operate, Act::Operate),
    ("clear", Act::Operate, Act::Operate),
    ("start", Act::Operate, Act::Operate),
    ("settle", Act::Settle, Act::Settle),
    ("clear_bed", Act::ClearBed, Act::ClearBed),
    ("load", Act::Equip, Act::Equip),
    ("emergency_stop", Act::EmergencyStop, Act::EmergencyStop),
    ("heaters_off", Act::Operate, Act::Operate),
    ("preheat", Act::Operate, Act::Operate),
    ("move", Act::Operate, Act::Operate),
    ("connect", Act::Operate, Act::Operate),
    ("refresh", Act::Operate, Act::Operate),
    ("tidy", Act::Operate, Act::Operate),
];

/// `value` as whoever has this `grant` may see it.
#[must_use]
pub fn redacted(value: &Value, grant: &Grant) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| redacted(item, grant)).collect(),
        Value::Object(fields) => match project(fields) {
            Some(project) if !project.is_some_and(|id| sees(grant, id)) => {
                Value::Object(anothers(fields))
            }
            _ => Value::Object(own(fields, grant)),
        },
        other => other.clone(),
    }
}

/// Whether a project is theirs to see.
pub fn sees(grant: &Grant, project: ProjectId) -> bool {
    role_in(grant, Some(project)).is_some()
}

fn role_in(grant: &Grant, project: Option<ProjectId>) -> Option<Role> {
    grant.projects.role_in(project, grant.role)
}

/// The project that an object belongs to; `Some(None)` for one that says so and cannot be read.
fn project(fields: &Map<String, Value>) -> Option<Option<ProjectId>> {
    let named = ["project", "project_id"]
        .iter()
        .find_map(|name| fields.get(*name).filter(|value| !value.is_null()))?;
    Some(named.as_str().and_then(|text| text.parse().ok()))
}

/// Whether any of the entries is another project's job.
fn hides_any(entries: Option<&Value>, grant: &Grant) -> bool {
    let mut entries = entries.and_then(Value::as_array).into_iter().flatten();
    entries.any(|entry| {
        let project = entry.as_object().and_then(project);
        project.is_some_and(|project| !project.is_some_and(|id| sees(grant, id)))
    })
}

fn own(fields: &Map<String, Value>, grant: &Grant) -> Map<String, Value> {
    let field = |(name, value): (&String, &Value)| {
        let value = match (name.as_str(), value) {
            ("allowed", Value::Array(words)) => allowed(words, fields, grant),
            // Sums of all entries would tell what the nameless ones take.
            ("totals", _) if hides_any(fields.get("entries"), grant) => Value::Null,
            _ => redacted(value, grant),
        };
        (name.clone(), value)
    };
    fields.iter().map(field).collect()
}

/// What everybody in the organisation may know. The shape stays: what is taken out is null.
fn anothers(fields: &Map<String, Value>) -> Map<String, Value> {
    let field = |(name, value): (&String, &Value)| {
        let value = match (name.as_str(), value) {
            ("waits_for" | "unknown", value) => obstacle(value),
            (harmless, value) if HARMLESS.contains(&harmless) => bare(value),
            (_, Value::Array(_)) => Value::Array(Vec::new()),
            _ => Value::Null,
        };
        (name.clone(), value)
    };
    let mut kept: Map<String, Value> = fields.iter().map(field).collect();
    kept.insert("other_project".to_owned(), Value::Bool(true));
    kept
}

/// A harmless value; in what is inside it, too, only what is harmless.
fn bare(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(bare).collect(),
        Value::Object(fields) => {
            let mut inside = anothers(fields);
            inside.remove("other_project");
            Value::Object(inside)
        }
        other => other.clone(),
    }
}

fn obstacle(value: &Value) -> Value {
    let code = value.get("code").and_then(Value::as_str);
    match code {
        Some(code) if OF_PRINTERS.contains(&code) => value.clone(),
        _ => Value::Null,
    }
}

/// What the state of a thing allows and the caller's role as well.
fn allowed(words: &[Value], fields: &Map<String, Value>, grant: &Grant) -> Value {
    let role = role_in(grant, project(fields).flatten());
    let who = grant.sub.to_string();
    let person = fields.get("person").and_then(Value::as_str);
    let may = |word: &&Value| {
        let act = ALLOWED
            .iter()
            .find(|(known, ..)| word.as_str() == Some(known));
        let Some((_, in_own, in_any)) = act else {
            return false;
        };
        let act = if person == Some(who.as_str()) {
            in_own
        } else {
            in_any
        };
        // What is done at printers is asked of the role in the organisation.
        let role = match act {
            Act::Operate | Act::Settle => Some(grant.role),
            _ => role,
        };
        role.is_some_and(|role| act.allow(role).is_ok())
    };
    words.iter().filter(may).cloned().collect()
}

#[cfg(test)]
#[path = "redact_tests.rs"]
mod tests;
