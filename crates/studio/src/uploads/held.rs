//! One call at a time goes on with an upload, and it is the newest: whoever asks after a cut is the
//! same person on a new connection, while the old one may not know yet that it is dead.

use super::refusal::Refused;
use fluxprint_domain::id::UploadId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, RwLock, watch};

/// How long a holder has to come to an end after it was asked to.
const LET_GO: Duration = Duration::from_secs(5);

/// What this process remembers of uploads. Other processes are kept out by the lock on the draft,
/// and by the row, which is only moved from where one has found it.
#[derive(Debug, Default)]
pub struct Uploads {
    slots: Mutex<HashMap<UploadId, Arc<Slot>>>,
    /// Whoever stores bytes and then notes them reads; whoever removes bytes that nothing refers to
    /// writes: between those two steps bytes must not go.
    pub(crate) bytes: RwLock<()>,
}

#[derive(Debug, Default)]
struct Slot {
    turn: Arc<tokio::sync::Mutex<()>>,
    waiting: watch::Sender<usize>,
}

/// The right to go on with an upload, until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    waiting: watch::Receiver<usize>,
    _turn: OwnedMutexGuard<()>,
    _slot: Arc<Slot>,
}

impl Uploads {
    /// Waits for one's turn; whoever has it is asked to end.
    ///
    /// # Errors
    /// [`Refused::InUse`] when the holder does not end.
    pub(super) async fn hold(&self, upload: UploadId) -> Result<Held, Refused> {
        let slot = self.slot(upload);
        let turn = {
            let _waiting = Waiting::new(&slot.waiting);
            tokio::time::timeout(LET_GO, slot.turn.clone().lock_owned()).await
        };
        Ok(Held {
            waiting: slot.waiting.subscribe(),
            _turn: turn.map_err(|_| Refused::InUse)?,
            _slot: slot,
        })
    }

    fn slot(&self, upload: UploadId) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        slots.entry(upload).or_default().clone()
    }
}

impl Held {
    /// Returns when somebody else waits for this upload.
    pub(super) async fn wanted(&mut self) {
        let asked = self.waiting.wait_for(|waiting| *waiting > 0).await.is_ok();
        if !asked {
            // The other end lives in our own slot.
            std::future::pending().await
        }
    }
}

/// Counts as waiting until it is dropped, also by a caller who hangs up.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting += 1);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::Timestamp;

    fn upload(n: u128) -> UploadId {
        UploadId::new(Timestamp(1), n)
    }

    #[tokio::test]
    async fn the_newest_caller_gets_the_upload_and_the_holder_is_asked_to_let_go() {
        let uploads = Uploads::default();
        let mut held = uploads.hold(upload(1)).await.unwrap();
        let other = uploads.hold(upload(2)).await;
        assert!(other.is_ok(), "another upload is free");
        let newer = uploads.hold(upload(1));
        let holder = async {
            held.wanted().await;
            drop(held);
        };
        let (newer, ()) = tokio::join!(newer, holder);
        let mut newer = newer.unwrap();
        let asked = tokio::time::timeout(Duration::from_millis(20), newer.wanted()).await;
        assert!(asked.is_err(), "nobody waits for the newer one");
    }

    #[tokio::test(start_paused = true)]
    async fn a_holder_that_does_not_end_is_told_to_whoever_waits() {
        let uploads = Uploads::default();
        let held = uploads.hold(upload(1)).await.unwrap();
        assert_eq!(uploads.hold(upload(1)).await.err(), Some(Refused::InUse));
        drop(held);
        assert!(uploads.hold(upload(1)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_stops_waiting_asks_for_nothing_any_more() {
        let uploads = Uploads::default();
        let mut held = uploads.hold(upload(1)).await.unwrap();
        let gave_up = tokio::time::timeout(Duration::from_secs(1), uploads.hold(upload(1))).await;
        assert!(gave_up.is_err());
        let asked = tokio::time::timeout(Duration::from_secs(1), held.wanted()).await;
        assert!(asked.is_err());
    }

    #[tokio::test]
    async fn nothing_is_remembered_of_uploads_that_nobody_holds() {
        let uploads = Uploads::default();
        for n in 0..100 {
            drop(uploads.hold(upload(n)).await.unwrap());
        }
        let _held = uploads.hold(upload(100)).await.unwrap();
        assert_eq!(uploads.slots.lock().unwrap().len(), 1);
    }
}
