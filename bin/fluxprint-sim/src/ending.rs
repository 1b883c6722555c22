//! How a verb that runs until it is told to end learns that it is told.

use anyhow::Result;
use tokio::signal::unix::{SignalKind, signal};

/// Returns on Ctrl-C (SIGINT) or SIGTERM.
///
/// # Errors
/// When the signals cannot be listened to.
pub async fn until_told_to_end() -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
