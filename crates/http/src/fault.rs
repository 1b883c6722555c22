//! What a caller can do wrong in the request itself.

use crate::problem::Problem;
use crate::size::size;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

const SHAPE: &str = "Compare the body with the description of this API.";

/// What is wrong with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The caller sends too slowly, or has stopped.
    TooSlow,
    /// The body is larger than this call takes.
    BodyTooLarge {
        /// Bytes it takes.
        max_bytes: u64,
    },
    /// The length of the body was not announced.
    LengthMissing,
    /// The body is of another type.
    NotJson,
    /// The body is no JSON.
    BrokenJson {
        /// Where it breaks: line and column, from 1.
        at: (usize, usize),
    },
    /// The body is JSON, but not of this call's shape.
    OtherShape {
        /// Where: line and column, from 1.
        at: (usize, usize),
    },
    /// The query is not one of this call's.
    BadQuery,
    /// A field says what it cannot say.
    BadField {
        /// Which one.
        field: &'static str,
        /// What it may say.
        rule: &'static str,
    },
    /// The call needs an `Idempotency-Key`.
    KeyMissing,
    /// The key was used before for another body.
    KeyReused,
    /// The file behind a header's condition is another one.
    ConditionFailed,
}

impl Fault {
    /// The words for it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        use StatusCode as S;
        match self {
            Self::BodyTooLarge { max_bytes } => Problem::new(
                S::PAYLOAD_TOO_LARGE,
                "BODY_TOO_LARGE",
                format!("That is larger than the {} allowed here.", size(*max_bytes)),
                "Make the file smaller, for example with fewer triangles.",
            ),
            Self::LengthMissing => Problem::new(
                S::LENGTH_REQUIRED,
                "LENGTH_REQUIRED",
                "The size of the file was not announced.",
                "Send it with a Content-Length.",
            ),
            Self::NotJson => Problem::new(
                S::UNSUPPORTED_MEDIA_TYPE,
                "NOT_JSON",
                "This call takes JSON.",
                "Send it as application/json.",
            ),
            Self::BrokenJson { at: (line, column) } => Problem::new(
                S::BAD_REQUEST,
                "BROKEN_JSON",
                format!("The body is no JSON: it breaks in line {line}, column {column}."),
                SHAPE,
            ),
            Self::OtherShape { at: (line, column) } => Problem::new(
                S::UNPROCESSABLE_ENTITY,
                "VALIDATION_ERROR",
                format!("The body is not what this call takes; see line {line}, column {column}."),
                SHAPE,
            ),
            Self::BadQuery => Problem::new(
                S::BAD_REQUEST,
                "VALIDATION_ERROR",
                "The query is not what this call takes.",
                "Compare it with the description of this API.",
            ),
            Self::BadField { field, rule } => Problem::new(
                S::UNPROCESSABLE_ENTITY,
                "VALIDATION_ERROR",
                format!("The field {field} cannot say that."),
                *rule,
            ),
            Self::KeyMissing => Problem::new(
                S::BAD_REQUEST,
                "IDEMPOTENCY_KEY_MISSING",
                "The call has no Idempotency-Key of 1 to 128 visible characters.",
                "Send one that is new for every new thing and the same when you repeat a call.",
            ),
            Self::KeyReused => Problem::new(
                S::UNPROCESSABLE_ENTITY,
                "IDEMPOTENCY_KEY_REUSED",
                "This Idempotency-Key was used before for something else.",
                "Send a new key for a new thing.",
            ),
            Self::ConditionFailed => Problem::new(
                S::PRECONDITION_FAILED,
                "FILE_CHANGED",
                "The file is not the one that was asked for.",
                "Ask for it from its beginning.",
            ),
            Self::TooSlow => Problem::new(
                S::REQUEST_TIMEOUT,
                "BODY_TOO_SLOW",
                "The data came too slowly, so it was not kept.",
                "Check the connection, then send it again.",
            ),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        self.problem().into_response()
    }
}
