//! What has to be done now and then, so that nothing grows without end.

use crate::http::Failure;
use crate::http::door::too_old;
use crate::limits::{BROWSER_S, CHORES_EVERY_S, EVENTS_KEPT_S, FAILURES_S, LINKS_KEPT_S};
use crate::studio::Studio;
use crate::uploads::expire;
use fluxprint_domain::id::OrganisationId;
use std::sync::Arc;
use std::time::Duration;

/// Tidies until the studio stops.
pub async fn run(studio: Arc<Studio>) {
    let pause = Duration::from_secs(CHORES_EVERY_S);
    loop {
        if let Err(error) = tidy(&studio).await {
            tracing::warn!(?error, "tidying did not finish; it is tried again later");
        }
        tokio::select! {
            () = studio.stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Forgets what is old.
///
/// # Errors
/// Those of the store.
pub async fn tidy(studio: &Studio) -> Result<(), Failure> {
    let (store, now) = (&studio.store, studio.clock.now());
    store.sessions().prune(too_old(now)).await?;
    let (failed, known) = (now.plus_s(-FAILURES_S), now.plus_s(-BROWSER_S));
    store.sign_ins().prune(failed, known).await?;
    for organisation in store.organisations().await? {
        tidy_one(studio, organisation.id).await?;
    }
    Ok(())
}

async fn tidy_one(studio: &Studio, org: OrganisationId) -> Result<(), Failure> {
    let (store, now) = (&studio.store, studio.clock.now());
    store.links(org).prune(now.plus_s(-LINKS_KEPT_S)).await?;
    store.errands(org).prune(now.plus_s(-EVENTS_KEPT_S)).await?;
    store.prune_events(org, now.plus_s(-EVENTS_KEPT_S)).await?;
    store.print_intents(org).prune(now).await?;
    expire(studio, org).await?;
    Ok(())
}
