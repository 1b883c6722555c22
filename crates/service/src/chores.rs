//! What has to be done now and then, so that nothing grows without end.

use crate::alerts;
use crate::service::Service;
use fluxprint_store::StoreError;
use std::sync::Arc;
use std::time::Duration;

/// How often.
const EVERY: Duration = Duration::from_secs(3_600);
/// Events and finished tasks are kept so long; history and audit are kept for good.
const KEPT_S: i64 = 7 * 24 * 3_600;
/// Alerts that are over are kept so long.
const ALERTS_KEPT_S: i64 = 90 * 24 * 3_600;
/// An idempotency key is remembered so long: far longer than any caller tries again.
const KEYS_KEPT_S: i64 = 2 * 24 * 3_600;

/// Tidies until the service stops.
pub async fn run(service: Arc<Service>) {
    loop {
        if let Err(error) = tidy(&service).await {
            tracing::warn!(%error, "tidying did not finish; it is tried again in an hour");
        }
        tokio::select! {
            () = service.stopping.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Forgets what is old, in every organisation.
///
/// # Errors
/// Those of the store.
pub async fn tidy(service: &Service) -> Result<(), StoreError> {
    let now = service.clock.now();
    service.store.prune_pairings(now).await?;
    for organisation in service.store.organisations().list().await? {
        let id = organisation.id;
        service.store.events(id).prune(now.plus_s(-KEPT_S)).await?;
        service.store.tasks(id).prune(now.plus_s(-KEPT_S)).await?;
        let alerts = service.store.alerts(id);
        alerts.prune(now.plus_s(-ALERTS_KEPT_S)).await?;
        alerts::look_at_audit(service, id).await?;
        service
            .store
            .jobs(id)
            .prune_keys(now.plus_s(-KEYS_KEPT_S))
            .await?;
    }
    Ok(())
}
