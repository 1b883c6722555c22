//! What every tus call and answer says.

use super::refusal::Refused;
use crate::http::Failure;
use axum::extract::Request;
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fluxprint_domain::Timestamp;

/// The version of tus that is spoken here.
const VERSION: &str = "1.0.0";
const PATH: &str = "/api/uploads";

pub(super) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const VERSIONS: HeaderName = HeaderName::from_static("tus-version");
pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// The file that an upload has become.
pub(super) const FILE: HeaderName = HeaderName::from_static("x-fluxprint-file");
/// Whether that file, or this version of it, is new.
pub(super) const OUTCOME: HeaderName = HeaderName::from_static("x-fluxprint-outcome");

/// Around all routes: a call under our address has to be of our version, and every answer says
/// which one that is, also the answer of a door that stays closed.
pub(crate) async fn speak(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let ours = path
        .strip_prefix(PATH)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if !ours {
        return next.run(request).await;
    }
    let said = request.headers().get(RESUMABLE);
    let spoken = said.is_some_and(|said| said == VERSION);
    let mut response = if spoken || request.method() == Method::OPTIONS {
        next.run(request).await
    } else {
        let mut refused = Failure::from(Refused::OtherVersion).into_response();
        put(refused.headers_mut(), VERSIONS, VERSION);
        refused
    };
    put(response.headers_mut(), RESUMABLE, VERSION);
    response
}

/// Says which versions there are: for [`super::options`].
pub(super) fn tell_versions(headers: &mut HeaderMap) {
    put(headers, VERSIONS, VERSION);
}

/// A number in a header; `None` for anything else there, or nothing.
pub(super) fn number(headers: &HeaderMap, name: HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Sets a header.
pub(super) fn put(headers: &mut HeaderMap, name: HeaderName, value: impl ToString) {
    if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
        headers.insert(name, value);
    }
}

/// Says until when an upload can be gone on with (RFC 9110, 5.6.7).
pub(super) fn tell_end(headers: &mut HeaderMap, expires_at: Timestamp) {
    let moment = jiff::Timestamp::from_microsecond(expires_at.0);
    if let Ok(moment) = moment {
        let text = moment.strftime("%a, %d %b %Y %H:%M:%S GMT");
        put(headers, EXPIRES, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_digits_and_nothing_else() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            put(&mut headers, OFFSET, text);
            number(&headers, OFFSET)
        };
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("18446744073709551615"), Some(u64::MAX));
        for wrong in [
            "",
            "-1",
            "+1",
            "1.0",
            " 1",
            "1 ",
            "0x1",
            "18446744073709551616",
            "1,2",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
        assert_eq!(number(&HeaderMap::new(), OFFSET), None);
    }

    #[test]
    fn an_end_is_told_as_http_tells_dates() {
        let mut headers = HeaderMap::new();
        tell_end(&mut headers, Timestamp(784_111_777_000_000));
        assert_eq!(headers[EXPIRES], "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
