//! The body of every answer that is no success: problem+json (RFC 9457).

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;
use utoipa::ToSchema;

/// A problem before it has the request's id. It travels in the answer's extensions to the
/// outermost layer, which writes the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// The stable code.
    pub code: Cow<'static, str>,
    /// What happened.
    pub sentence: Cow<'static, str>,
    /// What to do.
    pub remedy: Cow<'static, str>,
    /// Seconds until it makes sense to try again.
    pub retry_after_s: Option<i64>,
}

/// A problem document.
#[derive(Debug, serde::Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// A name for this kind of problem: `urn:fluxprint:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: &'a str,
    /// The status.
    status: u16,
    /// What happened, for people.
    detail: &'a str,
    /// What happened, for programs; stable.
    code: &'a str,
    /// What to do.
    remedy: &'a str,
    /// The id under which our log knows this call.
    request_id: &'a str,
}

impl Problem {
    /// A problem.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        sentence: impl Into<Cow<'static, str>>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            sentence: sentence.into(),
            remedy: remedy.into(),
            retry_after_s: None,
        }
    }

    /// The same, to be tried again in so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: i64) -> Self {
        Self {
            retry_after_s: Some(seconds),
            ..self
        }
    }

    /// The body, under the request's id.
    #[must_use]
    pub fn body(&self, request_id: &str) -> Vec<u8> {
        let document = ProblemDocument {
            kind: format!("urn:fluxprint:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.sentence,
            code: &self.code,
            remedy: &self.remedy,
            request_id,
        };
        serde_json::to_vec(&document).unwrap_or_default()
    }
}

impl Problem {
    /// The answer; one that is our fault goes to the log with its `cause`, which nobody outside sees.
    pub fn answer(self, cause: &dyn std::fmt::Debug) -> Response {
        if self.status.is_server_error() {
            tracing::error!(code = %self.code, error = ?cause, "a call failed");
        }
        self.into_response()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response.extensions_mut().insert(self);
        response
    }
}
