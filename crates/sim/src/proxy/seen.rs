//! What was asked, and whether it could start a print.

use serde::Serialize;
use serde_json::Value;

/// One request that passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestSeen {
    /// `GET`, `POST`, ...
    pub method: String,
    /// Path and query; the API key in a query is not kept.
    pub path: String,
    /// What kind of body it carried.
    pub body: BodyKind,
    /// `command` of a JSON body, or the G-code line typed.
    pub command: Option<String>,
    /// What it would start.
    pub start: Option<StartKind>,
    /// The upstream's status; `None` while it waits or when no answer came.
    pub status: Option<u16>,
    /// The caller never got the answer.
    pub lost: bool,
}

/// The kind of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// None.
    Empty,
    /// JSON.
    Json,
    /// A form with files.
    Multipart,
    /// Anything else.
    Other,
    /// An upgrade to a WebSocket.
    Socket,
}

/// The ways to start a print through OctoPrint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StartKind {
    /// `select` with `print: true`.
    SelectAndPrint,
    /// An upload with `print=true`.
    UploadAndPrint,
    /// Job command `start`.
    JobStart,
    /// Job command `restart`.
    JobRestart,
    /// `M24` or `M32` typed as a command.
    TypedCommand,
}

/// A request that asked for a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StartSeen {
    /// How.
    pub kind: StartKind,
    /// The request's path; for `select` it ends in the file's path.
    pub path: String,
    /// The upstream's status, when it answered.
    pub status: Option<u16>,
    /// The caller never got the answer.
    pub lost: bool,
}

impl RequestSeen {
    /// Reads a request.
    #[must_use]
    pub fn read(method: &str, path: &str, content_type: &str, body: &[u8]) -> Self {
        let kind = kind_of(content_type, body);
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let json = if kind == BodyKind::Json {
            json
        } else {
            Value::Null
        };
        let plain_path = path.split('?').next().unwrap_or_default();
        let start = if method == "POST" {
            start_of(plain_path, content_type, &json, body)
        } else {
            None
        };
        let command = json
            .get("command")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let path = without_key(path);
        Self {
            method: method.to_owned(),
            path,
            body: kind,
            command,
            start,
            status: None,
            lost: false,
        }
    }

    /// This request as a start, when it is one.
    #[must_use]
    pub fn as_start(&self) -> Option<StartSeen> {
        let (path, status, lost) = (self.path.clone(), self.status, self.lost);
        self.start.map(|kind| StartSeen {
            kind,
            path,
            status,
            lost,
        })
    }
}

fn kind_of(content_type: &str, body: &[u8]) -> BodyKind {
    if body.is_empty() {
        BodyKind::Empty
    } else if content_type.starts_with("application/json") {
        BodyKind::Json
    } else if content_type.starts_with("multipart/form-data") {
        BodyKind::Multipart
    } else {
        BodyKind::Other
    }
}

fn without_key(path: &str) -> String {
    match path.split_once('?') {
        Some((plain, query)) if query.split('&').any(|pair| pair.starts_with("apikey=")) => {
            plain.to_owned()
        }
        _ => path.to_owned(),
    }
}

fn start_of(path: &str, content_type: &str, json: &Value, body: &[u8]) -> Option<StartKind> {
    let command = json
        .get("command")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match path {
        "/api/job" if command == "start" => Some(StartKind::JobStart),
        "/api/job" if command == "restart" => Some(StartKind::JobRestart),
        "/api/printer/command" => starts_by_gcode(json).then_some(StartKind::TypedCommand),
        "/api/files/local" | "/api/files/sdcard" => {
            prints_after_upload(content_type, body).then_some(StartKind::UploadAndPrint)
        }
        _ if path.starts_with("/api/files/") && command == "select" => json
            .get("print")
            .is_some_and(is_true)
            .then_some(StartKind::SelectAndPrint),
        _ => None,
    }
}

/// What OctoPrint takes for true.
fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true)
        || *value == 1
        || value
            .as_str()
            .is_some_and(|text| matches!(text, "true" | "True" | "yes" | "y" | "1"))
}

fn starts_by_gcode(json: &Value) -> bool {
    let one = json.get("command").and_then(Value::as_str);
    let many = json.get("commands").and_then(Value::as_array);
    let mut lines = one
        .into_iter()
        .chain(many.into_iter().flatten().filter_map(Value::as_str));
    lines.any(|line| {
        let code: String = line.trim().to_ascii_uppercase();
        ["M24", "M32"].iter().any(|start| {
            code.strip_prefix(start)
                .is_some_and(|rest| !rest.starts_with(|sign: char| sign.is_ascii_digit()))
        })
    })
}

/// Whether the form has a field `print` that is true. Looks at the fields' heads only, so that
/// G-code which happens to contain such words does not count.
fn prints_after_upload(content_type: &str, body: &[u8]) -> bool {
    let Some(boundary) = content_type.split("boundary=").nth(1) else {
        return false;
    };
    let boundary = format!(
        "--{}",
        boundary
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches('"')
    );
    let body = String::from_utf8_lossy(body);
    body.split(boundary.as_str()).any(|part| {
        let Some((head, value)) = part.split_once("\r\n\r\n") else {
            return false;
        };
        head.contains("name=\"print\"") && is_true(&Value::from(value.trim_end_matches("\r\n")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(path: &str, body: &str) -> Option<StartKind> {
        RequestSeen::read("POST", path, "application/json", body.as_bytes()).start
    }

    #[test]
    fn every_way_to_start_a_print_is_counted() {
        assert_eq!(
            seen("/api/job", r#"{"command":"start"}"#),
            Some(StartKind::JobStart)
        );
        assert_eq!(
            seen("/api/job", r#"{"command":"restart"}"#),
            Some(StartKind::JobRestart)
        );
        let select = r#"{"command":"select","print":true}"#;
        assert_eq!(
            seen("/api/files/local/a.gcode", select),
            Some(StartKind::SelectAndPrint)
        );
        let typed = r#"{"commands":["M23 a.gco","m24"]}"#;
        assert_eq!(
            seen("/api/printer/command?x=1", typed),
            Some(StartKind::TypedCommand)
        );
    }

    #[test]
    fn what_starts_nothing_is_not_counted() {
        assert_eq!(seen("/api/job", r#"{"command":"cancel"}"#), None);
        assert_eq!(
            seen("/api/files/local/a.gcode", r#"{"command":"select"}"#),
            None
        );
        assert_eq!(seen("/api/printer/command", r#"{"command":"M240"}"#), None);
        assert_eq!(RequestSeen::read("GET", "/api/job", "", b"").start, None);
    }

    #[test]
    fn an_upload_counts_only_when_its_own_field_says_print() {
        let form = |print: &str, gcode: &str| {
            let body = format!(
                "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.gcode\"\r\n\r\n{gcode}\r\n\
                 --XX\r\nContent-Disposition: form-data; name=\"print\"\r\n\r\n{print}\r\n--XX--\r\n"
            );
            RequestSeen::read(
                "POST",
                "/api/files/local",
                "multipart/form-data; boundary=XX",
                body.as_bytes(),
            )
            .start
        };
        assert_eq!(form("true", "G28"), Some(StartKind::UploadAndPrint));
        assert_eq!(form("false", "; name=\"print\" true"), None);
    }

    #[test]
    fn a_key_in_the_address_is_not_kept() {
        assert_eq!(
            RequestSeen::read("GET", "/api/job?apikey=SECRET", "", b"").path,
            "/api/job"
        );
    }
}
