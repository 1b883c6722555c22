//! Somebody who looks through a camera.

use super::limits::{FIRST_PICTURE, FRESH_MS};
use super::{Cameras, Key, Shot, Sight};
use fluxprint_domain::Monotonic;
use fluxprint_domain::id::OrganisationId;
use fluxprint_http::Share;
use fluxprint_link::camera::Trouble;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// What a viewer sees next.
#[derive(Clone, Debug)]
pub enum Look {
    /// A picture that was not seen before.
    Picture(Arc<Shot>),
    /// There is none, and why.
    Trouble(Trouble),
    /// The camera is gone.
    Gone,
}

/// Counts as looking until it is dropped.
#[derive(Debug)]
pub struct Viewer {
    cameras: Arc<Cameras>,
    key: Key,
    number: u64,
    sight: watch::Receiver<Sight>,
    pause: Duration,
    due: Instant,
    _place: (Share<OrganisationId>, OwnedSemaphorePermit),
}

impl Viewer {
    pub(super) fn new(
        cameras: Arc<Cameras>,
        (key, number): (Key, u64),
        sight: watch::Receiver<Sight>,
        place: (Share<OrganisationId>, OwnedSemaphorePermit),
    ) -> Self {
        Self {
            cameras,
            key,
            number,
            sight,
            pause: Duration::ZERO,
            due: Instant::now(),
            _place: place,
        }
    }

    /// Sets the pace. What others see at this moment is the first thing that is seen here.
    pub(super) fn begin(&mut self, fps: u8, now: Monotonic) {
        self.pause = Duration::from_secs(1) / u32::from(fps.max(1));
        let is_now = match &*self.sight.borrow() {
            Sight::Nothing => false,
            Sight::Picture(shot) => now.ms_since(shot.at) < FRESH_MS,
            Sight::Trouble(_) => true,
        };
        if is_now {
            self.sight.mark_changed();
        }
    }

    /// What is seen next, at this viewer's own pace: the newest, whatever was missed. Cancel safe.
    pub async fn next(&mut self) -> Look {
        sleep_until(self.due).await;
        loop {
            if self.sight.changed().await.is_err() {
                return Look::Gone;
            }
            match &*self.sight.borrow_and_update() {
                Sight::Nothing => {}
                Sight::Trouble(trouble) => return Look::Trouble(*trouble),
                Sight::Picture(shot) => {
                    // A little early counts as due: ten a second are ten, not five.
                    let now = Instant::now();
                    self.due = (self.due + self.pause).max(now + self.pause / 2);
                    return Look::Picture(shot.clone());
                }
            }
        }
    }

    /// The first picture, or why there is none.
    pub async fn first(&mut self) -> Look {
        let first = timeout(FIRST_PICTURE, self.next()).await;
        first.unwrap_or(Look::Trouble(Trouble::Silent))
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.cameras.left(self.key, self.number);
    }
}
