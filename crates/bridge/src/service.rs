//! The print service over HTTP: one origin, this bridge's token, nothing else.

use crate::credentials::Credentials;
use crate::error::BridgeError;
use crate::limits::{CONNECT_MS, FETCH_SILENCE_MS};
use reqwest::header::HeaderValue;
use reqwest::{Client, RequestBuilder, Url};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;

/// The service at one address.
#[derive(Clone)]
pub struct Service {
    client: Client,
    address: Url,
    credentials: Option<Arc<Credentials>>,
}

impl Service {
    /// The service at `address` (`http` or `https`); without credentials only pairing is possible.
    ///
    /// # Errors
    /// [`BridgeError::Config`] for any other address.
    pub fn new(address: Url, credentials: Option<Arc<Credentials>>) -> Result<Self, BridgeError> {
        let named = address.host_str().is_some_and(|host| !host.is_empty());
        let bare = address.username().is_empty() && address.password().is_none();
        let http = matches!(address.scheme(), "http" | "https");
        if !http || !named || !bare {
            return Err(BridgeError::Config(
                "the address of the print service must look like https://HOST".to_owned(),
            ));
        }
        // A second installation is refused, which is fine: there is one provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            .read_timeout(Duration::from_millis(FETCH_SILENCE_MS))
            .user_agent(concat!("fluxprint-bridge/", env!("CARGO_PKG_VERSION")));
        if address.scheme() == "http" {
            // Plain HTTP must work on a machine without any certificates.
            builder = builder.tls_certs_only(std::iter::empty());
        }
        let client = builder
            .build()
            .map_err(|_| BridgeError::Config("TLS cannot be set up".to_owned()))?;
        Ok(Self {
            client,
            address,
            credentials,
        })
    }

    /// What this bridge shows to the service.
    #[must_use]
    pub fn credentials(&self) -> Option<&Arc<Credentials>> {
        self.credentials.as_ref()
    }

    /// A GET with the token.
    pub fn get(&self, path: &[&str]) -> RequestBuilder {
        let request = self.client.get(self.url(path));
        match self.authorization() {
            Some(token) => request.header(reqwest::header::AUTHORIZATION, token),
            None => request,
        }
    }

    /// A POST without the token.
    pub fn post(&self, path: &[&str]) -> RequestBuilder {
        self.client.post(self.url(path))
    }

    /// The address of the link.
    #[must_use]
    pub fn link_address(&self) -> Url {
        self.socket(&["v1", "bridge"])
    }

    /// The address of the second socket, the one for camera pictures.
    #[must_use]
    pub fn camera_address(&self) -> Url {
        self.socket(&["v1", "bridge", "camera"])
    }

    fn socket(&self, path: &[&str]) -> Url {
        let mut url = self.url(path);
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        // Between the schemes that `new` lets in and these two, a change is always possible.
        let _ = url.set_scheme(scheme);
        url
    }

    /// The header that says who we are.
    #[must_use]
    pub fn authorization(&self) -> Option<HeaderValue> {
        let token = self.credentials.as_ref()?.token()?;
        let text = format!("Bearer {}", token.expose_secret());
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
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
