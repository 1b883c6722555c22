//! Waiting for something to become true, within bounds.

use anyhow::{Result, bail};
use std::time::Duration;
use tokio::time::Instant;

/// The bound of most waits; long, because two cores are shared by everything that runs.
pub const WAIT: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(50);

/// Looks until `look` finds something.
///
/// # Errors
/// When `within` has passed; `what` says what was waited for.
pub async fn wait_for<T>(
    what: &str,
    within: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let began = Instant::now();
    loop {
        let found = look().await;
        match found {
            Ok(Some(found)) => return Ok(found),
            Ok(None) if began.elapsed() < within => {}
            Err(_) if began.elapsed() < within => {}
            Ok(None) => bail!("waited {} s in vain for: {what}", within.as_secs()),
            Err(error) => return Err(error.context(format!("while waiting for: {what}"))),
        }
        tokio::time::sleep(LOOK).await;
    }
}
