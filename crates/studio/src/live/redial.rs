//! Keeps one stream of the service open for an organisation.

use super::limits::REDIAL_MS;
use super::upstream::Stream;
use crate::studio::Studio;
use fluxprint_domain::id::OrganisationId;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Listens until `enough`, and dials again whenever the stream ends.
pub(super) async fn listen(studio: Arc<Studio>, org: OrganisationId, enough: CancellationToken) {
    let mut pause_ms = REDIAL_MS.0;
    loop {
        let mut stream = Stream::new(&studio, org);
        let ended = tokio::select! {
            () = enough.cancelled() => return,
            ended = stream.follow() => ended,
        };
        tracing::debug!(%org, error = %ended, "the stream of the print service ended");
        if stream.heard {
            pause_ms = REDIAL_MS.0;
        }
        tokio::select! {
            () = enough.cancelled() => return,
            () = back_or_after(&studio, jittered(&studio, pause_ms)) => {}
        }
        pause_ms = pause_ms.saturating_mul(2).min(REDIAL_MS.1);
    }
}

/// Half of the pause to all of it, so that many do not dial at the same moment.
fn jittered(studio: &Studio, pause_ms: u64) -> Duration {
    let half = pause_ms / 2;
    let more = studio.clock.random() % u128::from(half + 1);
    Duration::from_millis(half + u64::try_from(more).unwrap_or(half))
}

/// Waits for so long, but not when the service comes back meanwhile.
async fn back_or_after(studio: &Studio, pause: Duration) {
    let mut reach = studio.gateway.watch();
    let was_up = reach.borrow_and_update().up;
    let back = async {
        if was_up || reach.wait_for(|reach| reach.up).await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = back => {}
        () = tokio::time::sleep(pause) => {}
    }
}
