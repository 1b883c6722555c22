//! Bridges and how they are paired.

use super::Moment;
use fluxprint_domain::DeviceKey;
use fluxprint_domain::id::BridgeId;
use fluxprint_store::service::bridge::Bridge;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A bridge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Bridge)]
pub struct BridgeShown {
    /// Which one.
    #[schema(value_type = String, example = "brg_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f")]
    pub id: BridgeId,
    /// Its name.
    pub name: String,
    /// Whether it was paired.
    pub paired: bool,
    /// Until when its pairing code is good.
    pub code_expires_at: Option<Moment>,
    /// Whether it is connected now.
    pub connected: bool,
    /// When it was added.
    pub created_at: Moment,
    /// When it was last heard of.
    pub last_seen_at: Option<Moment>,
    /// When it was shut out.
    pub revoked_at: Option<Moment>,
    /// Its version.
    pub version: Option<String>,
}

impl BridgeShown {
    /// A bridge as it is known now.
    #[must_use]
    pub fn new(bridge: Bridge, connected: bool) -> Self {
        Self {
            id: bridge.id,
            name: bridge.name,
            paired: bridge.paired,
            code_expires_at: bridge.code_expires_at.map(Moment),
            connected,
            created_at: Moment(bridge.created_at),
            last_seen_at: bridge.last_seen_at.map(Moment),
            revoked_at: bridge.revoked_at.map(Moment),
            version: bridge.version,
        }
    }
}

/// A bridge to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBridgeSaid {
    /// What people will call it.
    pub name: String,
}

/// The code a new bridge is paired with. It is shown here and never again.
#[derive(Debug, Serialize, ToSchema)]
pub struct BridgeCode {
    /// The new bridge.
    #[schema(value_type = String)]
    pub id: BridgeId,
    /// The code, good once.
    #[schema(example = "7K2M9-QX4TD")]
    pub code: String,
    /// Until when.
    pub expires_at: Moment,
}

/// A bridge that introduces itself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pairing {
    /// The code as a person typed it.
    pub code: String,
    /// What the bridge calls itself (its host's name); kept in the audit.
    pub name: Option<String>,
    /// The public half of its Ed25519 device key. Without one, the first key that comes with the
    /// token is bound to the bridge.
    #[schema(value_type = Option<String>)]
    pub key: Option<DeviceKey>,
}

/// A paired bridge and its token. The token is shown here and never again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Paired {
    /// The bridge.
    #[schema(value_type = String)]
    pub bridge: BridgeId,
    /// Its token, to be kept secret.
    pub token: String,
}
