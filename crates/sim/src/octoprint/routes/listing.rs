//! Files and folders as `/api/files` shows them.

use std::io;

use serde_json::{Map, Value, json};

use super::super::answer::percent_encoded;
use super::super::stored_files::{Prints, StoredFiles};

/// One stored file. Fields that OctoPrint leaves out while it knows nothing are left out here too.
pub(super) fn file_entry(files: &StoredFiles, path: &str, origin: &str) -> io::Result<Value> {
    let file = files.print_file(path)?;
    let remembered = files.remembered(path);
    let mut entry = json!({
        "name": file.name(), "display": file.name(), "path": path, "origin": "local",
        "type": "machinecode", "typePath": ["machinecode", "gcode"], "user": "admin",
        "size": file.size_bytes, "date": file.date_s, "hash": remembered.sha1,
        "refs": refs(path, origin),
    });
    if let Some(fields) = entry.as_object_mut() {
        if let Some(userdata) = remembered.userdata {
            fields.insert("userdata".to_owned(), userdata);
        }
        if let Some(prints) = remembered.prints {
            add_history(fields, &prints);
        }
    }
    Ok(entry)
}

/// The addresses of a stored file.
pub(super) fn refs(path: &str, origin: &str) -> Value {
    let path = percent_encoded(path);
    json!({
        "resource": format!("{origin}/api/files/local/{path}"),
        "download": format!("{origin}/downloads/files/local/{path}"),
    })
}

fn add_history(fields: &mut Map<String, Value>, prints: &Prints) {
    let mut shown = json!({"success": prints.success, "failure": prints.failure});
    if let (Some(last), Some(shown)) = (&prints.last, shown.as_object_mut()) {
        let mut told = json!({"date": last.date_s, "success": last.success});
        if let (Some(print_time_s), Some(told)) = (last.print_time_s, told.as_object_mut()) {
            told.insert("printTime".to_owned(), json!(print_time_s));
        }
        shown.insert("last".to_owned(), told);
    }
    fields.insert("prints".to_owned(), shown);
    let statistics = match prints.times_s() {
        Some((average, last)) => {
            json!({"averagePrintTime": {"_default": average}, "lastPrintTime": {"_default": last}})
        }
        None => json!({"averagePrintTime": {}, "lastPrintTime": {}}),
    };
    fields.insert("statistics".to_owned(), statistics);
}

/// What is in a folder; sub-folders show their children only when `recursive`.
pub(super) fn entries(
    files: &StoredFiles,
    folder: &str,
    origin: &str,
    recursive: bool,
) -> io::Result<Vec<Value>> {
    let mut entries = Vec::new();
    for name in files.names(folder)? {
        let path = if folder.is_empty() {
            name
        } else {
            format!("{folder}/{name}")
        };
        entries.push(match path.strip_suffix('/') {
            Some(path) => folder_entry(files, path, origin, recursive)?,
            None => file_entry(files, &path, origin)?,
        });
    }
    Ok(entries)
}

/// A folder sums up what lies below it, and lists it when `recursive`.
pub(super) fn folder_entry(
    files: &StoredFiles,
    path: &str,
    origin: &str,
    recursive: bool,
) -> io::Result<Value> {
    let children = entries(files, path, origin, recursive)?;
    let sum = |pointer: &str| -> u64 {
        children
            .iter()
            .filter_map(|child| child.pointer(pointer)?.as_u64())
            .sum()
    };
    let prints: Vec<&Value> = children
        .iter()
        .filter_map(|child| child.get("prints"))
        .collect();
    let last = prints.iter().filter_map(|prints| prints.get("last"));
    let date = |last: &Value| last.get("date").and_then(Value::as_f64).unwrap_or_default();
    let last = last.max_by(|one, other| date(one).total_cmp(&date(other)));
    let mut counted = json!({"success": sum("/prints/success"), "failure": sum("/prints/failure")});
    if let (Some(last), Some(counted)) = (last, counted.as_object_mut()) {
        counted.insert("last".to_owned(), last.clone());
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let shown = if recursive { children.as_slice() } else { &[] };
    Ok(json!({
        "name": name, "display": name, "path": path, "origin": "local", "type": "folder",
        "typePath": ["folder"], "size": sum("/size"), "date": files.date_s(path)?,
        "prints": counted,
        "refs": {"resource": format!("{origin}/api/files/local/{}", percent_encoded(path))},
        "children": shown,
    }))
}
