//! One OctoPrint over HTTP: bounded answers, and every refusal in our words.
//!
//! Every call has a connection of its own, so that "could not connect" always means "nothing was
//! sent"; nothing is repeated, no redirect is followed, no proxy of the environment is used.

use super::wire::{CurrentUser, ErrorAnswer};
use crate::error::PrinterError;
use crate::limits::{ANSWER_BYTES_MAX, ANSWER_TIMEOUT, CONNECT_TIMEOUT};
use crate::words;
use reqwest::header::HeaderValue;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The HTTP side of one OctoPrint.
#[derive(Clone)]
pub struct Http {
    client: Client,
    address: Url,
    key: SecretString,
}

impl Http {
    /// For the OctoPrint at `address` (`http` or `https`, perhaps with a path before `/api`).
    pub fn new(address: Url, key: SecretString) -> Result<Self, PrinterError> {
        let named = address.host_str().is_some_and(|host| !host.is_empty());
        let bare = address.username().is_empty() && address.password().is_none();
        if !matches!(address.scheme(), "http" | "https") || !named || !bare {
            return Err(PrinterError::AddressUnusable);
        }
        // A second installation is refused, which is fine: there is one provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .user_agent("fluxprint-bridge");
        if address.scheme() == "http" {
            // Plain HTTP must work on a machine without any certificates.
            builder = builder.tls_certs_only(std::iter::empty());
        }
        let client = builder.build().map_err(|_| PrinterError::AddressUnusable)?;
        Ok(Self {
            client,
            address,
            key,
        })
    }

    /// Where it is.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// The address of the push socket: `sockjs/websocket` beside `api`.
    pub fn push_address(&self) -> Url {
        let mut url = self.url(&["sockjs", "websocket"]);
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        // Between the schemes that `new` lets in and these two, a change is always possible.
        let _ = url.set_scheme(scheme);
        url
    }

    /// GETs JSON from below `/api`.
    pub async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, PrinterError> {
        let answer = self.send(self.request(Method::GET, path)).await?;
        read_json(answer).await
    }

    /// POSTs JSON and takes any success, whatever its body.
    pub async fn post(&self, path: &[&str], body: &impl Serialize) -> Result<(), PrinterError> {
        self.send(self.request(Method::POST, path).json(body))
            .await?;
        Ok(())
    }

    /// POSTs JSON and reads JSON.
    pub async fn post_for<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, PrinterError> {
        let answer = self
            .send(self.request(Method::POST, path).json(body))
            .await?;
        read_json(answer).await
    }

    /// DELETEs.
    pub async fn delete(&self, path: &[&str]) -> Result<(), PrinterError> {
        self.send(self.request(Method::DELETE, path)).await?;
        Ok(())
    }

    /// A request to a path below `/api`, with the key.
    pub fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let below_api: Vec<&str> = std::iter::once("api").chain(path.iter().copied()).collect();
        let request = self.client.request(method, self.url(&below_api));
        match HeaderValue::from_str(self.key.expose_secret()) {
            Ok(mut key) => {
                key.set_sensitive(true);
                request.header("X-Api-Key", key)
            }
            // A key that cannot be in a header is a wrong key; OctoPrint will say so.
            Err(_) => request,
        }
    }

    /// Sends, and turns everything but a success into an error.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, PrinterError> {
        let answer = request.send().await.map_err(|e| transport(&e))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let about_a_file = answer.url().path().contains("/api/files/local/");
        let said = match read_bounded(answer).await {
            Ok(body) => serde_json::from_slice::<ErrorAnswer>(&body)
                .ok()
                .map(|a| a.error),
            Err(_) => None,
        };
        Err(match refusal(status, said.as_deref(), about_a_file) {
            Verdict::Is(error) => error,
            Verdict::KeyInDoubt => self.judge_key().await,
        })
    }

    /// Whether the key is wrong or only not allowed enough: a wrong key is nobody.
    async fn judge_key(&self) -> PrinterError {
        let who = self.request(Method::GET, &["currentuser"]).send().await;
        let user = match who {
            Ok(answer) if answer.status().is_success() => read_json::<CurrentUser>(answer).await,
            _ => return PrinterError::KeyRefused,
        };
        match user {
            Ok(CurrentUser { name: Some(_), .. }) => PrinterError::NotAllowed,
            _ => PrinterError::KeyRefused,
        }
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.address.clone();
        url.set_query(None);
        url.set_fragment(None);
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }
}

enum Verdict {
    Is(PrinterError),
    KeyInDoubt,
}

/// What a status other than success means. A wrong key shows as 403 on GET and as 400 on POST.
fn refusal(status: StatusCode, said: Option<&str>, about_a_file: bool) -> Verdict {
    let has = |words: &str| said.is_some_and(|said| said.contains(words));
    Verdict::Is(match status.as_u16() {
        400 if has("CSRF") => return Verdict::KeyInDoubt,
        401 | 403 => return Verdict::KeyInDoubt,
        404 if about_a_file => PrinterError::FileGone,
        // By hand it may be either: "not operational or currently printing".
        409 if has("not operational") && !has("or currently printing") => {
            PrinterError::NotConnected
        }
        400 | 409 | 413 | 415 => PrinterError::Refused {
            said: said.and_then(words::message),
        },
        429 => PrinterError::SignInBlocked,
        300..=399 => PrinterError::Strange {
            what: "it sends us on to another address",
        },
        500..=599 => PrinterError::Failed {
            status: status.as_u16(),
        },
        _ => PrinterError::Strange {
            what: "its answer is none that OctoPrint gives",
        },
    })
}

/// Connecting and sending are told apart: only the first is certain to have had no effect.
fn transport(error: &reqwest::Error) -> PrinterError {
    if error.is_connect() || error.is_builder() {
        PrinterError::Unreachable
    } else {
        PrinterError::NoAnswer
    }
}

/// Reads a JSON answer of at most [`ANSWER_BYTES_MAX`].
pub async fn read_json<T: DeserializeOwned>(answer: Response) -> Result<T, PrinterError> {
    let body = read_bounded(answer).await?;
    serde_json::from_slice(&body).map_err(|_| PrinterError::Strange {
        what: "its answer cannot be read",
    })
}

async fn read_bounded(mut answer: Response) -> Result<Vec<u8>, PrinterError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| PrinterError::NoAnswer)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(PrinterError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
