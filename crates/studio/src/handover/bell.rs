//! Wakes the loop that delivers.

use tokio::sync::Notify;

/// Rung when there is something to deliver.
#[derive(Debug, Default)]
pub struct Bell(Notify);

impl Bell {
    /// There is something to deliver. Everybody who waits is woken; somebody who is at work looks
    /// again soon by itself.
    pub fn ring(&self) {
        self.0.notify_waiters();
    }

    /// Returns at the first ring after this call.
    pub(super) fn rang(&self) -> impl Future<Output = ()> {
        self.0.notified()
    }
}
