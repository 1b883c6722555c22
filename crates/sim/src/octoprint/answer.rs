//! Answers in OctoPrint's manner: JSON, `204` without body, errors as `{"error": "..."}`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal: a status and OctoPrint's sentence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub status: StatusCode,
    pub error: String,
}

impl Refusal {
    pub fn bad_request(error: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: error.to_owned(),
        }
    }

    pub fn conflict(error: &str) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            error: error.to_owned(),
        }
    }

    pub fn not_found() -> Self {
        let error = "The requested URL was not found on the server. If you entered the URL \
            manually please check your spelling and try again.";
        Self {
            status: StatusCode::NOT_FOUND,
            error: error.to_owned(),
        }
    }

    pub fn not_operational() -> Self {
        Self::conflict("Printer is not operational")
    }

    pub fn internal() -> Self {
        let error = "The server encountered an internal error and was unable to complete your \
            request. Either the server is overloaded or there is an error in the application.";
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: error.to_owned(),
        }
    }

    pub fn disk(error: &std::io::Error) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: error.to_string(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        json_answer(self.status, &json!({"error": self.error}))
    }
}

pub(super) type Answer = Result<Response, Refusal>;

/// A JSON body with the given status.
pub(super) fn json_answer(status: StatusCode, body: &Value) -> Response {
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
}

/// 200 with a JSON body.
pub(super) fn ok(body: &Value) -> Answer {
    Ok(json_answer(StatusCode::OK, body))
}

/// 201 with a JSON body and the place of what was made.
pub(super) fn created(location: &str, body: &Value) -> Response {
    let mut response = json_answer(StatusCode::CREATED, body);
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// 204, unless the planted lie says 200.
pub(super) fn no_content(lie: bool) -> Response {
    if lie {
        json_answer(StatusCode::OK, &json!({}))
    } else {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// The command of a JSON request and the whole request, when it is one of `known`.
pub(super) fn command<'a>(body: &'a Value, known: &[&str]) -> Result<&'a str, Refusal> {
    let command = body.get("command").and_then(Value::as_str);
    let command = command.ok_or_else(|| Refusal::bad_request("command is invalid"))?;
    if known.contains(&command) {
        Ok(command)
    } else {
        Err(Refusal::bad_request("command is invalid"))
    }
}

/// The body as JSON.
pub(super) fn parse(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::bad_request("Malformed JSON body in request"))
}

/// Percent-encodes what does not belong into the path of an address.
pub(super) fn percent_encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
        if plain {
            out.push(char::from(byte))
        } else {
            out.push_str(&format!("%{byte:02X}"))
        }
    }
    out
}

/// Undoes percent-encoding; a lone `%` stays.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let decoded = hex
            .filter(|_| *first == b'%')
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        out.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() {
            tail.get(2..).unwrap_or_default()
        } else {
            tail
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_the_way_through_an_address() {
        let path = "jobs/Würfel größe 3 100%.gcode";
        assert_eq!(percent_encoded("a b/c.gcode"), "a%20b/c.gcode");
        assert_eq!(percent_decoded(&percent_encoded(path)), path);
        assert_eq!(percent_decoded("50%"), "50%");
    }
}
