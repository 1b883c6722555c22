//! A loop that looks at everything may take at most half of a core.

use crate::service::Service;
use fluxprint_domain::Monotonic;
use std::time::Duration;

/// The longest rest, however long the look took.
const REST_MS_MAX: u64 = 1_000;

/// The shortest rest: while much is going on, a small workshop is looked at a hundred times a second
/// and not a thousand times. Who calls after a quiet moment is answered at once.
const REST_MS_MIN: u64 = 10;

/// Rests as long as the look that began at `began` took: calls that come meanwhile are answered by
/// one next look instead of one each.
pub async fn rest(service: &Service, began: Monotonic) {
    let took_ms = service.clock.monotonic().ms_since(began);
    tokio::time::sleep(Duration::from_millis(
        took_ms.clamp(REST_MS_MIN, REST_MS_MAX),
    ))
    .await;
}
