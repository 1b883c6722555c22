//! Pairing: this bridge gets a token of its own, which stays in the data folder.
//!
//! Usually the bridge shows a short code, and somebody who manages printers types it into a page
//! ([`by_person`]). Where nobody is there to type, a one-time code that was made before does it
//! ([`by_code`]). Either way the service learns the public half of the bridge's device key.

mod by_code;
mod by_person;

pub use by_code::by_code;
pub use by_person::{Asking, Shown};

use crate::error::BridgeError;
use crate::limits::{PAIRING_ANSWER_BYTES_MAX, PAIRING_MS};
use fluxprint_domain::id::BridgeId;
use reqwest::{RequestBuilder, StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// What pairing gives in the end.
#[derive(Debug, Deserialize)]
struct Paired {
    /// This bridge, as the service knows it from now on.
    bridge: BridgeId,
    /// Its token. Shown to nobody.
    token: SecretString,
}

/// A problem as the service tells it (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

/// Sends a call of pairing: the status and the body of an answer that is no problem.
async fn send(call: RequestBuilder) -> Result<(StatusCode, Vec<u8>), BridgeError> {
    let silent = |_| BridgeError::ServiceSilent;
    let call = call.timeout(Duration::from_millis(PAIRING_MS));
    let mut answer = call.send().await.map_err(silent)?;
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(silent)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > PAIRING_ANSWER_BYTES_MAX {
            return Err(BridgeError::NotAService);
        }
    }
    if status.is_success() {
        return Ok((status, bytes));
    }
    let problem: Problem = understood(&bytes)?;
    let said = problem.detail.or(problem.title);
    let clean: String = said
        .ok_or(BridgeError::NotAService)?
        .chars()
        .filter(|c| !c.is_control())
        .take(300)
        .collect();
    if status.is_server_error() {
        return Err(BridgeError::ServiceSilent);
    }
    Err(BridgeError::PairingRefused(clean))
}

fn understood<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BridgeError> {
    serde_json::from_slice(bytes).map_err(|_| BridgeError::NotAService)
}
