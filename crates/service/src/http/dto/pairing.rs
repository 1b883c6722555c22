//! Pairing by a code that the bridge shows (RFC 8628).

use super::Moment;
use fluxprint_domain::{DeviceKey, Signature};
use fluxprint_store::service::bridge::pairing::Waiting;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A bridge that wants to be paired.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingWanted {
    /// The public half of its Ed25519 device key, in hexadecimal.
    #[schema(value_type = String)]
    pub key: DeviceKey,
    /// What people may call it.
    pub name: String,
    /// The machine it runs on, as that is called in its own network.
    pub host: String,
}

/// The two codes of a pairing. They are shown here and never again.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairingBegun {
    /// What the bridge asks with, to be kept secret.
    pub device_code: String,
    /// What the bridge shows and a person types.
    #[schema(example = "BCDF-GHJK")]
    pub user_code: String,
    /// The page on which the code is typed, where the service knows it.
    pub page: Option<String>,
    /// Seconds until both are worth nothing.
    pub expires_in_s: i64,
    /// Seconds between two questions.
    pub interval_s: u32,
}

/// A bridge that asks whether it was confirmed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenWanted {
    /// What the bridge was given.
    pub device_code: String,
    /// Signature of `fluxprint-bridge-pairing-v1|` and the device code by the device key, in
    /// hexadecimal.
    #[schema(value_type = String)]
    pub proof: Signature,
}

/// Nobody has decided yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairingWaits {
    /// `waiting`, or `slow_down` for a bridge that asked too soon.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// Seconds until it may ask again.
    pub interval_s: u32,
}

/// The bridge that waits under a code, for the person who decides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitingBridge)]
pub struct WaitingShown {
    /// What it calls itself.
    pub name: String,
    /// The machine it runs on, in its own words.
    pub host: String,
    /// Where the call came from.
    pub address: Option<String>,
    /// The first digits of its key, which it shows too.
    pub key: String,
    /// When it asked.
    pub created_at: Moment,
    /// Seconds since it asked.
    pub age_s: i64,
    /// Until when the code is good.
    pub expires_at: Moment,
}

/// Digits of a key by which a person compares two of them.
const KEY_DIGITS: usize = 16;

impl WaitingShown {
    /// A pairing as it stands now.
    #[must_use]
    pub fn new(waiting: Waiting, now: fluxprint_domain::Timestamp) -> Self {
        Self {
            name: waiting.name,
            host: waiting.host,
            address: waiting.address,
            key: waiting
                .device_key
                .to_string()
                .chars()
                .take(KEY_DIGITS)
                .collect(),
            age_s: now.seconds_since(waiting.created_at),
            created_at: Moment(waiting.created_at),
            expires_at: Moment(waiting.expires_at),
        }
    }
}

/// Yes, this is ours.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationSaid {
    /// What people will call the bridge; what it calls itself by default.
    pub name: Option<String>,
}

/// The bridge that was taken in. It fetches its token by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Confirmed {
    /// Which one.
    #[schema(value_type = String)]
    pub bridge: fluxprint_domain::id::BridgeId,
}
