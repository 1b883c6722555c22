//! `POST /api/files/local`: a file arrives.

use std::io::Write as _;

use axum::extract::multipart::Field;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::super::answer::{Answer, Refusal, created, percent_decoded, percent_encoded};
use super::super::event::Event;
use super::super::instance::Inside;
use super::super::knobs::{Lie, NextUpload};
use super::super::machine::State as MachineState;
use super::super::stored_files::is_clean;
use super::Shared;
use super::files::origin_of;
use super::job::start_selected;
use super::listing::refs;

/// Endings that OctoPrint takes for G-code, whatever their case.
const GCODE_ENDINGS: [&str; 3] = ["gcode", "gco", "g"];

/// The form as it arrived.
#[derive(Default)]
struct Form {
    file: Option<NamedTempFile>,
    sent_name: String,
    filename: Option<String>,
    folder: String,
    userdata: Option<String>,
    select: bool,
    print: bool,
    no_overwrite: bool,
}

pub(super) async fn receive(
    State(instance): Shared,
    headers: HeaderMap,
    multipart: Multipart,
) -> Answer {
    let arrivals = instance.with(|inside| inside.files.arrivals());
    let form = Form::read(multipart, &arrivals).await?;
    let (body, path, events) = instance.with(|inside| form.store(inside, &origin_of(&headers)))?;
    for event in events {
        instance.announce(event);
    }
    let location = format!(
        "{}/api/files/local/{}",
        origin_of(&headers),
        percent_encoded(&path)
    );
    Ok(created(&location, &body))
}

impl Form {
    async fn read(mut multipart: Multipart, arrivals: &std::path::Path) -> Result<Self, Refusal> {
        let mut form = Self::default();
        let broken = |_| {
            Refusal::bad_request(
                "The browser (or proxy) sent a request that this server could not understand.",
            )
        };
        while let Some(mut field) = multipart.next_field().await.map_err(broken)? {
            if field.name() == Some("file") {
                form.sent_name = sent_name(&field);
                let mut file =
                    NamedTempFile::new_in(arrivals).map_err(|error| Refusal::disk(&error))?;
                while let Some(chunk) = field.chunk().await.map_err(broken)? {
                    file.write_all(&chunk)
                        .map_err(|error| Refusal::disk(&error))?;
                }
                form.file = Some(file);
                continue;
            }
            let name = field.name().unwrap_or_default().to_owned();
            form.take(&name, field.text().await.map_err(broken)?);
        }
        Ok(form)
    }

    fn take(&mut self, name: &str, value: String) {
        let yes = matches!(value.as_str(), "true" | "True" | "yes" | "y" | "1");
        match name {
            "filename" => self.filename = Some(value),
            "path" => self.folder = value.trim_matches('/').to_owned(),
            "userdata" => self.userdata = Some(value),
            "select" => self.select = yes,
            "print" => self.print = yes,
            "noOverwrite" => self.no_overwrite = yes,
            _ => {}
        }
    }

    /// Where the file will live, or why it cannot.
    fn path(&self) -> Result<String, Refusal> {
        let name = cleaned(self.filename.as_deref().unwrap_or(&self.sent_name));
        let path = if self.folder.is_empty() {
            name
        } else {
            format!("{}/{name}", self.folder)
        };
        if !is_clean(&path) || path.contains('\\') {
            return Err(Refusal::bad_request(
                "Can not upload file, invalid file name",
            ));
        }
        Ok(path)
    }

    fn store(
        self,
        inside: &mut Inside,
        origin: &str,
    ) -> Result<(Value, String, Vec<Event>), Refusal> {
        let Some(file) = &self.file else {
            return Err(Refusal::bad_request(
                "No file to upload and no folder to create",
            ));
        };
        let userdata = self
            .userdata
            .as_deref()
            .map(serde_json::from_str::<Value>)
            .transpose();
        let userdata =
            userdata.map_err(|_| Refusal::bad_request("userdata contains invalid JSON"))?;
        let path = self.path()?;
        let selected = inside
            .machine
            .selected()
            .is_some_and(|selected| selected.path == path);
        if selected && inside.machine.state().holds_a_print() {
            return Err(Refusal::conflict(
                "Trying to overwrite file that is currently being printed",
            ));
        }
        if self.no_overwrite && inside.files.has(&path) {
            return Err(Refusal::conflict(
                "File already exists and noOverwrite was set",
            ));
        }
        check_ending(&path)?;
        let cut_short = shorten(file, inside.knobs.next_upload.take())?;
        inside
            .files
            .take_in(file.path(), &path, userdata.clone())
            .map_err(|error| Refusal::disk(&error))?;
        if cut_short {
            let error = "[Errno 28] No space left on device".to_owned();
            return Err(Refusal {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                error,
            });
        }
        let effective = self.select_and_print(inside, &path, selected)?;
        let body = answer(&path, origin, effective);
        Ok((body, path.clone(), self.events(&path, effective, userdata)))
    }

    /// Selecting and printing happen only when the printer is free; otherwise the file is stored
    /// and the answer says `effectivePrint: false`.
    fn select_and_print(
        &self,
        inside: &mut Inside,
        path: &str,
        reselect: bool,
    ) -> Result<(bool, bool), Refusal> {
        let state = inside.machine.state();
        let free = state == MachineState::Operational;
        let (select, print) = (self.select && free, self.print && free);
        if select || print || reselect {
            let file = inside
                .files
                .print_file(path)
                .map_err(|error| Refusal::disk(&error))?;
            inside.machine.select(file);
        }
        if print {
            start_selected(inside)?;
        }
        let lie =
            self.print && state.is_printing() && inside.lies(Lie::EffectivePrintWhilePrinting);
        Ok((select, print || lie))
    }

    fn events(&self, path: &str, effective: (bool, bool), userdata: Option<Value>) -> Vec<Event> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let added = json!({
            "storage": "local", "path": path, "name": name,
            "type": ["machinecode", "gcode"], "operation": "add",
        });
        let mut upload = json!({
            "name": name, "path": path, "target": "local", "select": self.select,
            "print": self.print, "effective_select": effective.0, "effective_print": effective.1,
        });
        if let (Some(fields), Some(userdata)) = (upload.as_object_mut(), userdata) {
            fields.insert("userdata".to_owned(), userdata);
        }
        vec![
            Event::new("FileAdded", added),
            Event::new("UpdatedFiles", json!({"type": "printables"})),
            Event::new("Upload", upload),
        ]
    }
}

fn answer(path: &str, origin: &str, (select, print): (bool, bool)) -> Value {
    let name = path.rsplit('/').next().unwrap_or(path);
    let local = json!({"name": name, "path": path, "origin": "local", "refs": refs(path, origin)});
    json!({"done": true, "files": {"local": local}, "effectiveSelect": select, "effectivePrint": print})
}

/// Plays the knob for this upload; true when the caller is told that the disk is full.
fn shorten(file: &NamedTempFile, knob: Option<NextUpload>) -> Result<bool, Refusal> {
    let (keep, told) = match knob {
        None => return Ok(false),
        Some(NextUpload::DiskFull(keep)) => (keep, true),
        Some(NextUpload::Truncate(keep)) => (keep, false),
    };
    file.as_file()
        .set_len(keep)
        .map_err(|error| Refusal::disk(&error))?;
    Ok(told)
}

fn check_ending(path: &str) -> Result<(), Refusal> {
    let ending = path
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    if ending.is_some_and(|ending| GCODE_ENDINGS.contains(&ending.as_str())) {
        return Ok(());
    }
    let error = "Could not upload file, invalid type".to_owned();
    Err(Refusal {
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        error,
    })
}

/// OctoPrint drops some signs from names, and leading dots and blanks.
fn cleaned(name: &str) -> String {
    let kept: String = name.chars().filter(|sign| !"*:&".contains(*sign)).collect();
    if kept.contains("..") {
        kept
    } else {
        kept.trim_start_matches(['.', ' ']).to_owned()
    }
}

/// The file's name in the form: `filename*=utf-8''...` counts before `filename=`.
fn sent_name(field: &Field<'_>) -> String {
    let disposition = field.headers().get(header::CONTENT_DISPOSITION);
    let disposition = disposition.and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let extended = disposition.and_then(|value| {
        value
            .split(';')
            .find_map(|part| part.trim().strip_prefix("filename*="))
    });
    let extended = extended
        .and_then(|value| value.split("''").nth(1))
        .map(percent_decoded);
    extended.unwrap_or_else(|| field.file_name().unwrap_or_default().to_owned())
}
