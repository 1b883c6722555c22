//! Whose tokens are believed: the studio's published keys and, where it is set, a shared secret.

use crate::limits::{KEYS_READ_S, KEYS_WAIT_S};
use fluxprint_domain::{Clock, Monotonic};
use fluxprint_tokens::{Claims, Jwks, TokenError, Verifier, limits::JWKS_BYTES_MAX};
use futures_util::StreamExt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// The keys that are believed now and where newer ones are published.
#[derive(Debug)]
pub struct Trust {
    verifier: RwLock<Arc<Verifier>>,
    published: Option<Published>,
}

#[derive(Debug)]
struct Published {
    url: reqwest::Url,
    client: reqwest::Client,
    /// When the document was last asked for. Held while it is: others wait for the same answer.
    asked_at: Mutex<Option<Monotonic>>,
}

impl Trust {
    /// Believes what `verifier` believes, for good.
    #[must_use]
    pub fn fixed(verifier: Verifier) -> Self {
        Self {
            verifier: RwLock::new(Arc::new(verifier)),
            published: None,
        }
    }

    /// Believes also the keys published at `url`, which the operator has set. They are read when a
    /// token names an unknown one. `client` follows no redirects.
    #[must_use]
    pub fn published(verifier: Verifier, url: reqwest::Url, client: reqwest::Client) -> Self {
        let published = Published {
            url,
            client,
            asked_at: Mutex::new(None),
        };
        Self {
            published: Some(published),
            ..Self::fixed(verifier)
        }
    }

    /// The claims of a token that is believed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn verify(&self, token: &str, clock: &dyn Clock) -> Result<Claims, TokenError> {
        let verdict = self.now().verify(token, clock.now());
        match &self.published {
            Some(published) if verdict == Err(TokenError::UnknownKey) => {
                self.read(published, clock).await;
                self.now().verify(token, clock.now())
            }
            _ => verdict,
        }
    }

    fn now(&self) -> Arc<Verifier> {
        self.verifier
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads the published keys, at most once in [`KEYS_READ_S`]. When they cannot be read, those
    /// that are known stay in force.
    async fn read(&self, published: &Published, clock: &dyn Clock) {
        let mut asked_at = published.asked_at.lock().await;
        let now = clock.monotonic();
        if asked_at.is_some_and(|at| now.ms_since(at) < KEYS_READ_S * 1_000) {
            return;
        }
        *asked_at = Some(now);
        let wait = Duration::from_secs(KEYS_WAIT_S);
        match tokio::time::timeout(wait, published.fetch()).await {
            Ok(Some(keys)) => {
                let newer = Verifier::clone(&self.now()).with_jwks(&keys);
                *self
                    .verifier
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = Arc::new(newer);
            }
            Ok(None) | Err(_) => tracing::warn!("the studio's keys cannot be read"),
        }
    }
}

impl Published {
    async fn fetch(&self) -> Option<Jwks> {
        let answer = self.client.get(self.url.clone()).send().await.ok()?;
        let answer = answer.error_for_status().ok()?;
        let mut document = Vec::new();
        let mut chunks = answer.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            document.extend_from_slice(&chunk.ok()?);
            if document.len() > JWKS_BYTES_MAX {
                return None;
            }
        }
        Jwks::parse(&document).ok()
    }
}
