//! Whether a bridge is the one whose token it shows: its device key must have signed the challenge
//! of this very session (B-02).

use super::conversation::{Conversation, End, Peer};
use crate::alerts;
use crate::service::Service;
use fluxprint_domain::Nonce;
use fluxprint_domain::alert::AlertKind;
use fluxprint_http::Pace;
use fluxprint_link::{Hello, Refused, proof};
use fluxprint_store::StoreError;
use fluxprint_store::service::alert::Cause;
use fluxprint_tokens::device;
use serde_json::{Value, json};

/// A stranger who knocks again and again with a copied token is written down this often.
const WRITTEN_DOWN: Pace = Pace {
    count: 1,
    window_s: 600,
    burst: 1,
};

/// Chance for one challenge.
pub(super) fn nonce(service: &Service) -> Nonce {
    let mut bytes = [0; 32];
    for half in bytes.chunks_exact_mut(16) {
        half.copy_from_slice(&service.clock.random().to_be_bytes());
    }
    fluxprint_domain::octets::Octets(bytes)
}

/// Lets the holder of the key pass. A bridge without a key gets the first one that comes with its
/// token; a token that it was given anew is its only one from now on.
///
/// # Errors
/// `Ok(Err(_))` for somebody else with a copied token; [`End`] when nothing can be written down.
pub(super) async fn check(talk: &Conversation, hello: &Hello) -> Result<Result<(), Refused>, End> {
    let (service, peer) = (&talk.service, talk.peer);
    let text = proof::session(&talk.nonce, &peer.token);
    let signed = device::has_signed(&hello.key, &text, &hello.proof);
    let bridges = service.store.bridges(peer.organisation);
    let now = service.clock.now();
    let bound = match peer.key {
        Some(key) => signed && key == hello.key,
        None if signed => match bridges.bind_key(peer.bridge, hello.key, now).await {
            Ok(()) => true,
            // Another one was faster.
            Err(StoreError::Stale) => false,
            Err(error) => return Err(error.into()),
        },
        None => false,
    };
    if !bound {
        let facts = json!({ "key": hello.key, "signed": signed });
        alarm(service, peer, "token shown without its device key", &facts).await?;
        return Ok(Err(not_its_own()));
    }
    match bridges.token_used(peer.bridge, peer.token, now).await {
        // Most come with the token they always had.
        Ok(()) | Err(StoreError::Stale) => Ok(Ok(())),
        Err(error) => Err(error.into()),
    }
}

/// Another program with this identity was connected, and is no more: people should know.
pub(super) async fn taken_over(service: &Service, peer: Peer) -> Result<(), StoreError> {
    let what = "bridge taken over by another program";
    alarm(service, peer, what, &json!({})).await?;
    let cause = Cause::bridge(AlertKind::BridgeTakenOver, peer.bridge);
    alerts::raise(service, peer.organisation, &cause).await;
    Ok(())
}

async fn alarm(
    service: &Service,
    peer: Peer,
    what: &'static str,
    facts: &Value,
) -> Result<(), StoreError> {
    tracing::warn!(bridge = %peer.bridge, "{what}");
    let who = (peer.organisation, peer.bridge.to_string(), what);
    let paces = &service.gate.callers;
    if paces
        .hit(who, WRITTEN_DOWN, service.clock.monotonic())
        .is_err()
    {
        return Ok(());
    }
    let bridges = service.store.bridges(peer.organisation);
    let who = format!("bridge:{}", peer.bridge);
    let said = (who.as_str(), what);
    bridges
        .note(peer.bridge, said, facts, service.clock.now())
        .await
}

fn not_its_own() -> Refused {
    Refused {
        code: "BRIDGE_KEY_WRONG".to_owned(),
        sentence: "This token belongs to a bridge with another device key.".to_owned(),
        remedy: "A token cannot be copied to another machine. Pair this bridge by itself: fluxprint-bridge pair"
            .to_owned(),
    }
}
