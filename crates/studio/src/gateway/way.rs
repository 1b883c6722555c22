//! The two ways to the print service: a router in this process, or HTTP to another one.

use super::error::GatewayError;
use super::limits::CONNECT;
use axum::Router;
use axum::body::Body;
use axum::body::HttpBody;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderValue, Request, Response, Uri};
use reqwest::redirect::Policy;
use std::error::Error;
use tower::ServiceExt;
use url::Url;

/// How the service is reached.
pub(super) enum Way {
    /// It is in this process.
    Inside(Router),
    /// It is another process, perhaps on another machine.
    Outside {
        /// Follows no redirects and asks no proxy.
        http: reqwest::Client,
        /// Where its addresses begin.
        base: Url,
    },
}

/// The address of the service is none, or no client could be made for it.
#[derive(Debug, thiserror::Error)]
#[error("the print service cannot be called at this address: {0}")]
pub struct NoWay(String);

impl Way {
    pub fn outside(base: Url) -> Result<Self, NoWay> {
        let usable = matches!(base.scheme(), "http" | "https") && base.has_host();
        if !usable {
            return Err(NoWay("it has to begin with http:// or https://".to_owned()));
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .no_proxy()
            .build();
        let http = http.map_err(|error| NoWay(error.to_string()))?;
        Ok(Self::Outside { http, base })
    }

    /// Sends a request whose address is a path, and waits for the head of the answer.
    pub async fn exchange(&self, request: Request<Body>) -> Result<Response<Body>, GatewayError> {
        match self {
            Self::Inside(router) => {
                let Ok(answer) = router.clone().oneshot(request).await;
                Ok(answer)
            }
            Self::Outside { http, base } => {
                let answer = http.execute(abroad(request, base)?).await;
                let answer: Response<reqwest::Body> = answer.map_err(lost)?.into();
                Ok(answer.map(Body::new))
            }
        }
    }
}

/// The same request for another process.
fn abroad(request: Request<Body>, base: &Url) -> Result<reqwest::Request, GatewayError> {
    let (mut head, body) = request.into_parts();
    head.uri = address(base, &head.uri)?;
    if let Some(length) = body.size_hint().exact().filter(|length| *length > 0) {
        head.headers
            .entry(CONTENT_LENGTH)
            .or_insert(HeaderValue::from(length));
    }
    let body = if body.is_end_stream() {
        reqwest::Body::from("")
    } else {
        reqwest::Body::wrap_stream(body.into_data_stream())
    };
    reqwest::Request::try_from(Request::from_parts(head, body)).map_err(lost)
}

/// `path` behind the service's base address, which may have a path itself.
pub(super) fn address(base: &Url, path: &Uri) -> Result<Uri, GatewayError> {
    let text = format!("{}{path}", base.as_str().trim_end_matches('/'));
    text.parse()
        .map_err(|_| GatewayError::Nonsense("no address".to_owned()))
}

/// Why there was no answer. A half-sent head or one of another protocol is nonsense; a connection
/// that was refused or closed means that the service is away.
fn lost(error: reqwest::Error) -> GatewayError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && (error.is_parse() || error.is_parse_too_large())
        {
            return GatewayError::Nonsense(error.to_string());
        }
        cause = error.source();
    }
    GatewayError::Away(chain(&error.without_url()))
}

/// An error with its causes, for the log.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
