//! A loop that looks at everything may take at most half of a core.

use crate::service::Service;
use fluxprint_domain::Monotonic;
use std::time::Duration;

/// The longest rest, however long the look took.
const REST_MS_MAX: u64 = 1_000;

/// Rests as long as the look that began at `began` took: calls that come meanwhile are answered by
/// one next look instead of one each. A look at a small workshop takes a few milliseconds.
pub async fn rest(service: &Service, began: Monotonic) {
    let took_ms = service.clock.monotonic().ms_since(began);
    tokio::time::sleep(Duration::from_millis(took_ms.min(REST_MS_MAX))).await;
}
