//! What the print service answered: held to its shape before anything of it is believed.

use super::error::GatewayError;
use super::limits::{
    ANSWER_BYTES_MAX, CODE_CHARS_MAX, COME_BACK_S_MAX, PICTURE_BYTES_MAX, PROBLEM_BYTES_MAX,
    SENTENCE_CHARS_MAX,
};
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderName, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode, response};
use axum::response::{IntoResponse, Response};
use fluxprint_http::Problem;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::time::Instant;

/// The headers of the service that callers see, beside those that begin with [`PACE`].
const PASSED_BACK: [HeaderName; 3] = [CONTENT_TYPE, ETAG, RETRY_AFTER];
/// How much of a budget is left (IETF draft "RateLimit header fields for HTTP").
const PACE: &str = "ratelimit";
/// Where the service's addresses begin, and where they are reached through the studio.
const THERE: &str = "/v1/";
const HERE: &str = "/api/print/";

/// The type of a picture.
const JPEG: &str = "image/jpeg";

/// A success.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Those of its headers that may be shown.
    pub headers: HeaderMap,
    body: Body,
    until: Instant,
}

/// A problem of the service, as far as it is read.
#[derive(serde::Deserialize)]
struct Said {
    code: String,
    detail: String,
    remedy: String,
}

/// Reads the head of an answer; of one that says why not, all of it. It has to be over at `until`,
/// and to be a JPEG where a `picture` was asked for.
pub(super) async fn read(
    head: response::Parts,
    body: Body,
    until: Instant,
    picture: bool,
) -> Result<Answer, GatewayError> {
    let status = head.status;
    if status.is_client_error() || status.is_server_error() {
        return Err(refused(&head, body, until).await);
    }
    let fits = match picture {
        true => is(&head.headers, JPEG),
        false => is_bare(&head.headers) || is(&head.headers, "application/json"),
    };
    if !status.is_success() || !fits {
        let what = format!("status {} of another type", status.as_u16());
        return Err(GatewayError::Nonsense(what));
    }
    Ok(Answer {
        status,
        headers: passed_back(&head.headers),
        body,
        until,
    })
}

impl Answer {
    /// Its body, which is JSON or nothing.
    ///
    /// # Errors
    /// [`GatewayError::Slow`], or [`GatewayError::Nonsense`] for a body that is cut off, endless or
    /// no JSON.
    pub async fn bytes(self) -> Result<Bytes, GatewayError> {
        let bytes = whole(self.body, ANSWER_BYTES_MAX, self.until).await?;
        let reads = match is_bare(&self.headers) {
            true => bytes.is_empty(),
            false => serde_json::from_slice::<IgnoredAny>(&bytes).is_ok(),
        };
        if reads {
            Ok(bytes)
        } else {
            Err(GatewayError::Nonsense("no JSON".to_owned()))
        }
    }

    /// Its body, which is a picture.
    ///
    /// # Errors
    /// [`GatewayError::Slow`], or [`GatewayError::Nonsense`] for one that is cut off or endless.
    pub async fn picture(self) -> Result<Bytes, GatewayError> {
        whole(self.body, PICTURE_BYTES_MAX, self.until).await
    }

    /// Its body.
    ///
    /// # Errors
    /// As [`Answer::bytes`], also for JSON of another shape.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, GatewayError> {
        let bytes = self.bytes().await?;
        serde_json::from_slice(&bytes).map_err(|error| GatewayError::Nonsense(error.to_string()))
    }

    /// The same answer for the caller of the studio.
    ///
    /// # Errors
    /// As [`Answer::bytes`].
    pub async fn pass_back(self) -> Result<Response, GatewayError> {
        let (status, headers) = (self.status, self.headers.clone());
        let body = Body::from(self.bytes().await?);
        Ok((status, headers, body).into_response())
    }
}

/// Whether there is nothing to read: said and done, as with 202 and 204.
fn is_bare(headers: &HeaderMap) -> bool {
    !headers.contains_key(CONTENT_TYPE)
}

fn is(headers: &HeaderMap, kind: &str) -> bool {
    let said = headers
        .get(CONTENT_TYPE)
        .and_then(|said| said.to_str().ok());
    said.and_then(|said| said.split(';').next())
        .is_some_and(|said| said.trim().eq_ignore_ascii_case(kind))
}

fn passed_back(headers: &HeaderMap) -> HeaderMap {
    let shown = |name: &HeaderName| PASSED_BACK.contains(name) || name.as_str().starts_with(PACE);
    let mut passed: HeaderMap = headers
        .iter()
        .filter(|(name, _)| shown(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if let Some(place) = headers.get(LOCATION).and_then(here) {
        passed.insert(LOCATION, place);
    }
    passed
}

/// An address of the service as callers of the studio reach it (S-29: never another host's).
fn here(location: &HeaderValue) -> Option<HeaderValue> {
    let rest = location.to_str().ok()?.strip_prefix(THERE)?;
    HeaderValue::from_str(&format!("{HERE}{rest}")).ok()
}

async fn whole(body: Body, bytes_max: usize, until: Instant) -> Result<Bytes, GatewayError> {
    let read = tokio::time::timeout_at(until, Limited::new(body, bytes_max).collect()).await;
    match read {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(GatewayError::Nonsense("larger than any answer".to_owned()))
        }
        Ok(Err(error)) => Err(GatewayError::Nonsense(format!("cut off: {error}"))),
        Err(_) => Err(GatewayError::Slow),
    }
}

/// A problem that the service has said in a message of its own, if it is one.
pub(crate) fn said_in(message: &str, status: StatusCode) -> Option<Problem> {
    let said: Said = serde_json::from_str(message).ok()?;
    is_readable(&said).then(|| Problem::new(status, said.code, said.detail, said.remedy))
}

/// The service's own words, if they are words. That it does not believe our token is no matter of
/// the caller, who is signed in.
async fn refused(head: &response::Parts, body: Body, until: Instant) -> GatewayError {
    let nonsense = || GatewayError::Nonsense(format!("status {}", head.status.as_u16()));
    if head.status == StatusCode::UNAUTHORIZED || !is(&head.headers, "application/problem+json") {
        return nonsense();
    }
    let bytes = match whole(body, PROBLEM_BYTES_MAX, until).await {
        Ok(bytes) => bytes,
        Err(error) => return error,
    };
    match serde_json::from_slice(&bytes) {
        Ok(said) if is_readable(&said) => GatewayError::Said(problem(head, said)),
        _ => nonsense(),
    }
}

fn is_readable(said: &Said) -> bool {
    let code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let words = |text: &str| {
        let length = text.chars().count();
        (1..=SENTENCE_CHARS_MAX).contains(&length) && !text.chars().any(char::is_control)
    };
    (1..=CODE_CHARS_MAX).contains(&said.code.len())
        && said.code.chars().all(code)
        && words(&said.detail)
        && words(&said.remedy)
}

fn problem(head: &response::Parts, said: Said) -> Problem {
    let problem = Problem::new(head.status, said.code, said.detail, said.remedy);
    let seconds = head.headers.get(RETRY_AFTER);
    let seconds = seconds.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
    match seconds {
        Some(seconds) if (0..=COME_BACK_S_MAX).contains(&seconds) => problem.retry_after(seconds),
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_service_are_passed_back_and_as_ours() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(LOCATION, HeaderValue::from_static(text));
            let passed = passed_back(&headers);
            passed
                .get(LOCATION)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(
            of("/v1/jobs/job_1").as_deref(),
            Some("/api/print/jobs/job_1")
        );
        assert_eq!(of("https://elsewhere/v1/jobs/job_1"), None);
        assert_eq!(of("//elsewhere/v1/"), None);
    }

    #[test]
    fn headers_of_the_service_stay_behind_but_for_a_few() {
        let mut headers = HeaderMap::new();
        for name in [
            "set-cookie",
            "server",
            "x-request-id",
            "connection",
            "etag",
            "ratelimit",
            "ratelimit-policy",
        ] {
            headers.insert(name, HeaderValue::from_static("1"));
        }
        let passed = passed_back(&headers);
        let mut names: Vec<&str> = passed.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["etag", "ratelimit", "ratelimit-policy"]);
    }
}
