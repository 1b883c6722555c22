//! Somebody wants to print now, and does not wait for the loop.

use super::deliver::{Undelivered, deliver};
use crate::http::Failure;
use crate::http::door::Caller;
use crate::studio::Studio;
use fluxprint_domain::id::{ErrandId, OrganisationId};
use fluxprint_store::studio::errand::Errand;
use fluxprint_store::studio::file::Version;

/// Makes sure that the service was told of a version: at once when it was before.
///
/// # Errors
/// Why it could not be told, in words for whoever wants to print.
pub(crate) async fn ready(
    studio: &Studio,
    caller: &Caller,
    version: &Version,
    name: &str,
) -> Result<(), Failure> {
    let known = studio
        .store
        .errands(caller.org)
        .of_model(version.sha256)
        .await?;
    match known {
        Some((_, true)) => Ok(()),
        Some((errand, false)) => at_once(studio, caller.org, &errand).await,
        None => again(studio, caller, version, name).await,
    }
}

/// The service says that it does not have a version, whatever it was told: it is told anew.
///
/// # Errors
/// As [`ready`].
pub(crate) async fn again(
    studio: &Studio,
    caller: &Caller,
    version: &Version,
    name: &str,
) -> Result<(), Failure> {
    let (errands, now) = (studio.store.errands(caller.org), studio.clock.now());
    let id = ErrandId::fresh(studio.clock.as_ref());
    let errand = errands.tell_again(id, version.sha256, name, caller.person, now);
    at_once(studio, caller.org, &errand.await?).await
}

async fn at_once(studio: &Studio, org: OrganisationId, errand: &Errand) -> Result<(), Failure> {
    match deliver(studio, org, errand).await? {
        Ok(()) => Ok(()),
        Err(Undelivered::Gateway(error)) => Err(error.into()),
        Err(Undelivered::Bytes(error)) => Err(error.into()),
    }
}
