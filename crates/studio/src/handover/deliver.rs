//! One delivery.

use super::pace::next_try;
use crate::gateway::{Call, GatewayError};
use crate::limits::{ERRAND_TRIES_MAX, FILE_CHUNK_BYTES};
use crate::studio::Studio;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use fluxprint_blobs::BlobError;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{ErrandId, OrganisationId};
use fluxprint_domain::role::Role;
use fluxprint_store::StoreError;
use fluxprint_store::studio::errand::{Errand, Message};
use fluxprint_tokens::{Grant, ProgramId, Projects, Subject};
use tokio_util::io::ReaderStream;

/// Why a delivery did not work.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undelivered {
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error(transparent)]
    Bytes(#[from] BlobError),
}

/// Delivers an errand and notes how it went; the inner result says it too.
pub(super) async fn deliver(
    studio: &Studio,
    org: OrganisationId,
    errand: &Errand,
) -> Result<Result<(), Undelivered>, StoreError> {
    let told = tell(studio, org, errand).await;
    let errands = studio.store.errands(org);
    match &told {
        Ok(()) => {
            errands.done(errand.id, studio.clock.now()).await?;
            if let Message::Hold(hold) = errand.message {
                is_still_so(studio, org, errand, hold).await?;
            }
        }
        Err(why) => note(studio, org, errand, why).await?,
    }
    Ok(told)
}

/// Another process may have delivered a newer word while this older one was on its way, and nobody
/// knows which of them came last: then the newer one is told once more.
async fn is_still_so(
    studio: &Studio,
    org: OrganisationId,
    errand: &Errand,
    hold: bool,
) -> Result<(), StoreError> {
    let on = studio.store.flag(org).get().await?.on;
    if on != hold {
        return Ok(());
    }
    let id = ErrandId::fresh(studio.clock.as_ref());
    let (errands, now) = (studio.store.errands(org), studio.clock.now());
    errands.hold(id, !on, errand.person, now).await
}

async fn note(
    studio: &Studio,
    org: OrganisationId,
    errand: &Errand,
    why: &Undelivered,
) -> Result<(), StoreError> {
    let (errands, now) = (studio.store.errands(org), studio.clock.now());
    if gives_up(errand, why) {
        tracing::warn!(errand = %errand.id, error = %why, "the print service would not take a file");
        errands.failed(errand.id, now, &words(why)).await
    } else {
        tracing::debug!(errand = %errand.id, error = %why, "the print service is told again later");
        let due_at = next_try(errand.tries, studio.clock.as_ref());
        errands.later(errand.id, due_at, &words(why)).await
    }
}

/// A hold is never given up. A model is when its bytes are gone, when the service has said no for
/// good, or when it has been saying so for very long; but not while it is away.
fn gives_up(errand: &Errand, why: &Undelivered) -> bool {
    match (&errand.message, why) {
        (Message::Hold(_), _) => false,
        (_, Undelivered::Bytes(error)) => matches!(error, BlobError::NotFound),
        (_, Undelivered::Gateway(GatewayError::Away(_) | GatewayError::Slow)) => false,
        (_, Undelivered::Gateway(error)) => !error.may_pass() || errand.tries >= ERRAND_TRIES_MAX,
    }
}

/// For people: the service's own words where it has said any.
fn words(why: &Undelivered) -> String {
    match why {
        Undelivered::Gateway(error) => error.problem().sentence.into_owned(),
        Undelivered::Bytes(error) => error.sentence().to_owned(),
    }
}

async fn tell(studio: &Studio, org: OrganisationId, errand: &Errand) -> Result<(), Undelivered> {
    let sub = match errand.person {
        Some(person) => Subject::Person(person),
        None => Subject::Program(ProgramId::fresh(studio.clock.as_ref())),
    };
    // The least role that the service asks for; whether the person was allowed to cause this, our
    // own door has looked at.
    let role = match errand.message {
        Message::Hold(_) => Role::Owner,
        Message::Model { .. } => Role::Editor,
    };
    let grant = Grant {
        sub,
        org,
        role,
        projects: Projects::All,
    };
    let token = studio.gateway.token(&grant)?;
    match &errand.message {
        Message::Hold(hold) => {
            let method = if *hold { Method::PUT } else { Method::DELETE };
            let call = Call::new(method, "/v1/hold").urgent(true);
            studio.gateway.send(call, &token).await?;
            Ok(())
        }
        Message::Model { sha256, name } => {
            if is_there(studio, *sha256, &token).await? {
                return Ok(());
            }
            bring(studio, org, *sha256, name, &token).await
        }
    }
}

/// Whether the service has a model that need not be sent again. One that it has refused is: the
/// reason may be gone.
async fn is_there(studio: &Studio, sha256: Sha256, token: &str) -> Result<bool, GatewayError> {
    #[derive(serde::Deserialize)]
    struct Model {
        state: String,
    }
    let call = Call::get(format!("/v1/models/{sha256}"));
    match studio.gateway.send(call, token).await {
        Ok(answer) => Ok(answer.json::<Model>().await?.state != "refused"),
        Err(GatewayError::Said(problem)) if problem.status == StatusCode::NOT_FOUND => Ok(false),
        Err(error) => Err(error),
    }
}

async fn bring(
    studio: &Studio,
    org: OrganisationId,
    sha256: Sha256,
    name: &str,
    token: &str,
) -> Result<(), Undelivered> {
    let opened = studio.blobs.open(org, sha256, None).await?;
    let size_bytes = opened.size_bytes;
    let bytes = ReaderStream::with_capacity(opened.bytes, FILE_CHUNK_BYTES);
    let query = {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("name", name).finish()
    };
    let call = Call::new(Method::PUT, format!("/v1/models/{sha256}?{query}"));
    let call = call.file(Body::from_stream(bytes), size_bytes);
    studio.gateway.send(call, token).await?;
    Ok(())
}
