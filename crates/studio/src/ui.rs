//! The pages: embedded by the build, sent as they are, compressed where the browser takes it.

use crate::http::{Failure, Thing};
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// S-20. The one policy of trusted types is the UI framework's own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob: data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    object-src 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

/// For files whose name changes with what is in them.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// For all others: kept, but asked for again each time.
const ASK_AGAIN: &str = "no-cache";
/// The folder of the files whose names change.
const HASHED: &str = "assets/";

/// A file of the UI.
struct Asset {
    path: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    br: Option<&'static [u8]>,
    gz: Option<&'static [u8]>,
}

/// Sorted by path.
static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/ui.rs"));

/// What an address outside the API names: a file, or one of the pages, which are all one file whose
/// script looks at the address.
pub(crate) async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Failure::NotThere(Thing::Page).into_response();
    }
    let Some(asset) = find(uri.path()) else {
        return Failure::NotThere(Thing::Page).into_response();
    };
    let mut answer = asset.answer(&headers);
    if method == Method::HEAD {
        *answer.body_mut() = Body::empty();
    }
    answer
}

fn find(address: &str) -> Option<&'static Asset> {
    let path = address.strip_prefix('/')?;
    let named = |path: &str| ASSETS.iter().find(|asset| asset.path == path);
    if let Some(asset) = named(path) {
        return Some(asset);
    }
    let first = path.split('/').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_page = !matches!(first, "api" | "v1" | "assets" | ".well-known") && !last.contains('.');
    is_page.then(|| named("index.html"))?
}

impl Asset {
    fn answer(&self, asked: &HeaderMap) -> Response {
        let cached = if self.path.starts_with(HASHED) {
            FOR_GOOD
        } else {
            ASK_AGAIN
        };
        let always = [
            (CACHE_CONTROL, cached),
            (ETAG, self.etag),
            (VARY, "accept-encoding"),
            (CONTENT_SECURITY_POLICY, POLICY),
        ];
        if self.is_known(asked) {
            return (StatusCode::NOT_MODIFIED, always).into_response();
        }
        let (encoding, bytes) = self.encoded(asked);
        let mut answer = (always, [(CONTENT_TYPE, kind(self.path))], bytes).into_response();
        let headers = answer.headers_mut();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        answer
    }

    /// The smallest form that the browser takes.
    fn encoded(&self, asked: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
        let forms = [("br", self.br), ("gzip", self.gz)];
        let taken = forms
            .into_iter()
            .filter_map(|(name, bytes)| Some((name, bytes?)))
            .find(|(name, _)| takes(asked, name));
        match taken {
            Some((name, bytes)) => (Some(name), bytes),
            None => (None, self.plain),
        }
    }

    fn is_known(&self, asked: &HeaderMap) -> bool {
        let known = asked.get_all(IF_NONE_MATCH).iter();
        let known = known.filter_map(|value| value.to_str().ok());
        known
            .flat_map(|value| value.split(','))
            .any(|tag| matches!(tag.trim(), "*") || tag.trim() == self.etag)
    }
}

/// Whether a coding is named, and not with a weight of zero (RFC 9110, 12.5.3).
fn takes(asked: &HeaderMap, coding: &str) -> bool {
    let said = asked.get_all(ACCEPT_ENCODING).iter();
    let said = said.filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        named && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|q| q > 0.0))
    })
}

/// The type of a file, by its ending: the files are our own.
fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SCRIPT: Asset = Asset {
        path: "assets/app-1a2b.js",
        etag: "W/\"1\"",
        plain: b"plain",
        br: Some(b"br"),
        gz: Some(b"gz"),
    };

    fn asked(name: &'static str, value: &'static str) -> HeaderMap {
        let name = axum::http::HeaderName::from_static(name);
        [(name, HeaderValue::from_static(value))]
            .into_iter()
            .collect()
    }

    #[test]
    fn a_browser_gets_the_smallest_form_that_it_takes() {
        for (said, form) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip;q=0.5, br;q=0", Some("gzip")),
            ("identity", None),
            ("brotli", None),
        ] {
            let (encoding, _) = SCRIPT.encoded(&asked("accept-encoding", said));
            assert_eq!(encoding, form, "{said}");
        }
        assert_eq!(SCRIPT.encoded(&HeaderMap::new()), (None, &b"plain"[..]));
    }

    #[test]
    fn what_a_browser_has_is_not_sent_again() {
        let again = SCRIPT.answer(&asked("if-none-match", "W/\"0\", W/\"1\""));
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(again.headers()[CACHE_CONTROL], FOR_GOOD);
        let other = SCRIPT.answer(&asked("if-none-match", "W/\"2\""));
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[test]
    fn pages_are_pages_and_nothing_else_is() {
        for page in [
            "/",
            "/sign-in",
            "/projects/prj_1/files/file_1/print",
            "/link",
        ] {
            assert_eq!(
                find(page).map(|asset| asset.path),
                Some("index.html"),
                "{page}"
            );
        }
        for nothing in [
            "/api",
            "/api/nothing",
            "/v1/jobs",
            "/assets/old-1.js",
            "/x.php",
            "/.env",
        ] {
            assert!(find(nothing).is_none(), "{nothing}");
        }
    }
}
