//! Pairing with a code that the bridge shows and a person confirms (the shape of RFC 8628).

use super::{Paired, send, understood};
use crate::error::BridgeError;
use crate::identity::{Identity, store_token};
use crate::limits::PAIRING_POLL_S_MAX;
use crate::service::Service;
use fluxprint_domain::Clock;
use fluxprint_domain::id::BridgeId;
use fluxprint_link::proof;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::path::Path;
use std::time::Duration;

/// What a person has to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The code to be typed.
    pub code: String,
    /// The page to type it on, where the service knows it.
    pub page: Option<String>,
    /// Seconds for which it is good.
    pub expires_in_s: u64,
}

#[derive(Deserialize)]
struct Begun {
    device_code: SecretString,
    user_code: String,
    page: Option<String>,
    expires_in_s: u64,
    interval_s: u64,
}

#[derive(Deserialize)]
struct Waits {
    interval_s: u64,
}

/// A pairing that waits for a person.
pub struct Asking {
    begun: Begun,
}

impl Asking {
    /// Asks the service for a code.
    ///
    /// # Errors
    /// As [`super::by_code`].
    pub async fn begin(
        service: &Service,
        identity: &Identity,
        (name, host): (&str, &str),
    ) -> Result<Self, BridgeError> {
        let body = serde_json::json!({ "key": identity.key(), "name": name, "host": host });
        let call = service.post(&["v1", "pairing", "codes"]).json(&body);
        let (_, bytes) = send(call).await?;
        let begun: Begun = understood(&bytes)?;
        Ok(Self { begun })
    }

    /// What a person has to be shown. What the service said is text and nothing else.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect();
        Shown {
            code: clean(&self.begun.user_code),
            page: self.begun.page.as_deref().map(clean),
            expires_in_s: self.begun.expires_in_s,
        }
    }

    /// Asks again and again until somebody has decided, then stores the token.
    ///
    /// # Errors
    /// [`BridgeError::PairingRefused`] when a person said no or the time is over, and as
    /// [`super::by_code`].
    pub async fn wait(
        self,
        service: &Service,
        (folder, identity): (&Path, &Identity),
        clock: &dyn Clock,
    ) -> Result<BridgeId, BridgeError> {
        let code = self.begun.device_code.expose_secret();
        let signed = identity.sign(&proof::pairing(code));
        let body = serde_json::json!({ "device_code": code, "proof": signed });
        let (began, mut interval_s) = (clock.monotonic(), self.begun.interval_s);
        let patience_ms = self.begun.expires_in_s.saturating_mul(1_000);
        loop {
            let pause = Duration::from_secs(interval_s.min(PAIRING_POLL_S_MAX));
            tokio::time::sleep(pause).await;
            let call = service.post(&["v1", "pairing", "tokens"]).json(&body);
            match send(call).await {
                Ok((StatusCode::ACCEPTED, bytes)) => {
                    interval_s = understood::<Waits>(&bytes)?.interval_s;
                }
                Ok((_, bytes)) => {
                    let paired: Paired = understood(&bytes)?;
                    store_token(folder, &paired.token)?;
                    return Ok(paired.bridge);
                }
                // It may be back before the code is worth nothing.
                Err(BridgeError::ServiceSilent)
                    if clock.monotonic().ms_since(began) < patience_ms => {}
                Err(error) => return Err(error),
            }
        }
    }
}
