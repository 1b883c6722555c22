//! A new token for a bridge (B-03): handed to it over its own session, which its device key has
//! proved. The old one is good until the new one is used.

use crate::service::Service;
use fluxprint_domain::id::{BridgeId, OrganisationId};
use fluxprint_link::{Command, NewToken, SafeAnswer};
use fluxprint_store::StoreError;
use fluxprint_tokens::bearer::{self, Bearer};
use std::sync::Arc;

/// Begins to hand a new token to a bridge that is connected. When that does not work, its next
/// session does it.
pub fn begin(service: &Arc<Service>, organisation: OrganisationId, bridge: BridgeId) {
    let work = service.clone();
    service.sockets.spawn(async move {
        if let Err(error) = hand_over(&work, organisation, bridge).await {
            tracing::warn!(%bridge, %error, "a new token could not be handed over");
        }
    });
}

async fn hand_over(
    service: &Service,
    organisation: OrganisationId,
    bridge: BridgeId,
) -> Result<(), StoreError> {
    let bridges = service.store.bridges(organisation);
    let token = Bearer::mint(bearer::BRIDGE, service.clock.as_ref());
    let hash = bearer::hash(token.text());
    bridges.hand_over_token(bridge, hash).await?;
    let token = NewToken(token.text().to_owned());
    let Ok(answer) = service.hub.ask_bridge(bridge, Command::TakeToken { token }) else {
        return Ok(());
    };
    let now = || service.clock.now();
    let noted = match answer.await {
        Ok(SafeAnswer::Given) => bridges.token_kept(bridge, hash, now()).await,
        Ok(SafeAnswer::Refused(_)) => bridges.token_dropped(bridge, hash, now()).await,
        // Nobody knows whether the bridge has it: both are good until it comes with one of them.
        Ok(SafeAnswer::Unknown(_)) | Err(_) => Ok(()),
    };
    match noted {
        // It came with the new one before this was written.
        Err(StoreError::Stale) => Ok(()),
        done => done,
    }
}
