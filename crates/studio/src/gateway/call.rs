//! A call to the print service: what of a browser's call goes on, and what never does.

use super::limits::{CALL, HAND_OVER, HAND_OVER_BYTES_PER_S};
use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, IF_MATCH, RANGE};
use axum::http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use std::time::Duration;

/// The only headers of a caller that the service sees. Never among them: cookies, tokens, hop
/// headers, and what proxies add about the caller.
const PASSED_ON: [HeaderName; 5] = [
    CONTENT_TYPE,
    ACCEPT,
    IF_MATCH,
    RANGE,
    HeaderName::from_static("idempotency-key"),
];

/// A call to be sent.
#[derive(Debug)]
pub struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    pub(super) patience: Duration,
    pub(super) urgent: bool,
    pub(super) picture: bool,
}

impl Call {
    /// A call without a body. `path` begins with `/v1/` and may have a query.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: HeaderMap::new(),
            body: Body::empty(),
            patience: CALL,
            urgent: false,
            picture: false,
        }
    }

    /// The call that reads `path`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// With those headers of a caller's call that go on.
    #[must_use]
    pub fn with_headers_of(mut self, caller: &HeaderMap) -> Self {
        for name in PASSED_ON {
            if let Some(value) = caller.get(&name) {
                self.headers.insert(name, value.clone());
            }
        }
        self
    }

    /// With a body in JSON.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        let json = HeaderValue::from_static("application/json");
        self.headers.insert(CONTENT_TYPE, json);
        self.body = Body::from(body.to_string());
        self
    }

    /// With a body that was read before.
    #[must_use]
    pub fn bytes(mut self, body: axum::body::Bytes) -> Self {
        self.body = Body::from(body);
        self
    }

    /// With a file for a body, as it comes; the larger it is the longer it may take.
    #[must_use]
    pub fn file(mut self, body: Body, size_bytes: u64) -> Self {
        self.headers
            .insert(CONTENT_LENGTH, HeaderValue::from(size_bytes));
        self.body = body;
        self.patience = HAND_OVER + Duration::from_secs(size_bytes / HAND_OVER_BYTES_PER_S);
        self
    }

    /// One that makes things safer: it is tried even while the service counts as away.
    #[must_use]
    pub fn urgent(mut self, urgent: bool) -> Self {
        self.urgent = urgent;
        self
    }

    /// One whose answer is a JPEG.
    #[must_use]
    pub fn picture(mut self) -> Self {
        self.picture = true;
        self
    }

    /// One that may take only so long.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_caller_goes_on_but_what_the_call_itself_needs() {
        let mut caller = HeaderMap::new();
        for name in [
            "cookie",
            "authorization",
            "host",
            "origin",
            "referer",
            "connection",
            "upgrade",
            "te",
            "transfer-encoding",
            "content-length",
            "x-forwarded-for",
            "x-forwarded-host",
            "forwarded",
            "x-real-ip",
            "x-csrf",
            "x-request-id",
            "x-anything",
        ] {
            caller.insert(name, HeaderValue::from_static("1"));
        }
        assert!(
            Call::get("/v1/x")
                .with_headers_of(&caller)
                .headers
                .is_empty()
        );
        caller.insert("idempotency-key", HeaderValue::from_static("k"));
        caller.insert("content-type", HeaderValue::from_static("application/json"));
        let passed = Call::get("/v1/x").with_headers_of(&caller).headers;
        let mut names: Vec<&str> = passed.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-type", "idempotency-key"]);
    }

    #[test]
    fn a_larger_file_has_more_time() {
        let of = |size| Call::get("/v1/x").file(Body::empty(), size).patience;
        assert_eq!(of(0), Duration::from_secs(60));
        assert_eq!(of(500 * 1024 * 1024), Duration::from_secs(560));
    }
}
