//! Pairing with a one-time code that was made before: for installers and scripts.

use super::{Paired, send, understood};
use crate::error::BridgeError;
use crate::identity::{Identity, store_token};
use crate::service::Service;
use fluxprint_domain::id::BridgeId;
use std::path::Path;

/// Gives the code to the service and stores the token it gives back.
///
/// # Errors
/// [`BridgeError::PairingRefused`] with the service's own words, [`BridgeError::ServiceSilent`],
/// [`BridgeError::NotAService`], or [`BridgeError::Disk`] when the token cannot be stored.
pub async fn by_code(
    service: &Service,
    (folder, identity): (&Path, &Identity),
    code: &str,
    name: &str,
) -> Result<BridgeId, BridgeError> {
    let body = serde_json::json!({ "code": code, "name": name, "key": identity.key() });
    let call = service.post(&["v1", "pairing"]).json(&body);
    let (_, bytes) = send(call).await?;
    let paired: Paired = understood(&bytes)?;
    store_token(folder, &paired.token)?;
    Ok(paired.bridge)
}
