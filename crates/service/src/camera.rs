//! The cameras of connected bridges and whoever looks at them.
//!
//! One [`Feed`] for each camera, found by organisation *and* printer (S-09): its newest picture, and
//! who looks. A picture is in memory while somebody looks and for [`limits::LINGER_MS`] after that;
//! nothing is ever written to a disk. What the bridge is asked for follows from who looks *now*
//! ([`Cameras::wanted`]), so a lost order or a new socket needs no repair.

pub mod limits;
mod socket;
mod viewer;

pub use socket::upgrade;
pub use viewer::{Look, Viewer};

use bytes::Bytes;
use fluxprint_domain::Monotonic;
use fluxprint_domain::id::{BridgeId, OrganisationId, PrinterId};
use fluxprint_http::{Full, Shares};
use fluxprint_link::camera::Trouble;
use limits::{LINGER_MS, VIEWERS_MAX, VIEWERS_OF_ONE_MAX};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore, watch};

/// A picture.
#[derive(Debug)]
pub struct Shot {
    /// The JPEG.
    pub jpeg: Bytes,
    /// When it came in.
    pub at: Monotonic,
}

/// What is seen through a camera now.
#[derive(Clone, Debug, Default)]
pub enum Sight {
    /// Nothing yet.
    #[default]
    Nothing,
    /// The newest picture.
    Picture(Arc<Shot>),
    /// No picture, and why.
    Trouble(Trouble),
}

/// What the bridge is to be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Pictures in a second, the most that any viewer wants; 0 for none.
    pub fps: u8,
    /// The number of the newest single picture that somebody waits for; 0 when nobody does.
    pub glances: u64,
}

/// Where a camera is found: never by the printer alone.
type Key = (OrganisationId, PrinterId);

/// A camera that can be looked through.
#[derive(Debug)]
struct Feed {
    bridge: BridgeId,
    /// The bridge's socket that brings its pictures.
    line: u64,
    bell: Arc<Notify>,
    sight: watch::Sender<Sight>,
    /// What each viewer wants; 0 for a single picture.
    viewers: HashMap<u64, u8>,
    glances: u64,
    /// The rate that was wanted last, and since when it was seen that nobody wants any.
    lingering: Option<(u8, Option<Monotonic>)>,
}

#[derive(Debug, Default)]
struct Inside {
    feeds: HashMap<Key, Feed>,
    /// The number of the newest line or viewer.
    last: u64,
}

/// Every camera that this process can reach.
#[derive(Debug)]
pub struct Cameras {
    inside: Mutex<Inside>,
    shares: Arc<Shares<OrganisationId>>,
    places: Arc<Semaphore>,
}

impl Default for Cameras {
    fn default() -> Self {
        Self {
            inside: Mutex::default(),
            shares: Shares::of(VIEWERS_OF_ONE_MAX),
            places: Arc::new(Semaphore::new(VIEWERS_MAX)),
        }
    }
}

/// Why nobody can look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// There is no such camera now.
    NoCamera,
    /// As many look as may.
    TooMany,
}

impl Cameras {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Every critical section only moves values in and out of maps; a panic in one leaves them whole.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a new socket of a bridge.
    fn line(&self) -> u64 {
        let mut inside = self.inside();
        inside.last += 1;
        inside.last
    }

    /// The cameras that a bridge has now, brought by the socket `line`. Those that it had and does
    /// not name are gone; those that an older socket brought are this one's.
    fn announce(
        &self,
        (organisation, bridge): (OrganisationId, BridgeId),
        (line, bell): (u64, &Arc<Notify>),
        printers: &[PrinterId],
    ) {
        let mut inside = self.inside();
        inside.feeds.retain(|(org, printer), feed| {
            *org != organisation || feed.bridge != bridge || printers.contains(printer)
        });
        for printer in printers {
            let feed = inside.feeds.entry((organisation, *printer));
            let feed = feed.or_insert_with(|| Feed {
                bridge,
                line,
                bell: bell.clone(),
                sight: watch::Sender::new(Sight::Nothing),
                viewers: HashMap::new(),
                glances: 0,
                lingering: None,
            });
            (feed.bridge, feed.line, feed.bell) = (bridge, line, bell.clone());
        }
    }

    /// The socket is closed: its cameras are gone, unless a newer one brings them.
    fn leave(&self, line: u64) {
        self.inside().feeds.retain(|_, feed| feed.line != line);
    }

    /// Takes what the socket `line` of a bridge of this organisation has seen. `false` when that is
    /// not its camera.
    fn publish(&self, key: Key, line: u64, sight: Sight) -> bool {
        let mut inside = self.inside();
        let feed = inside.feeds.get_mut(&key).filter(|feed| feed.line == line);
        let Some(feed) = feed else { return false };
        // What comes when nobody looks is not kept.
        if !feed.viewers.is_empty() || feed.lingering.is_some() {
            feed.sight.send_replace(sight);
        }
        true
    }

    /// What the cameras of the socket `line` are wanted for at `now`.
    fn wanted(&self, line: u64, now: Monotonic) -> HashMap<PrinterId, Want> {
        let mut inside = self.inside();
        let own = inside
            .feeds
            .iter_mut()
            .filter(|(_, feed)| feed.line == line);
        own.map(|((_, printer), feed)| (*printer, feed.want(now)))
            .collect()
    }

    /// Whether there is a camera at this printer of this organisation.
    #[must_use]
    pub fn has(&self, organisation: OrganisationId, printer: PrinterId) -> bool {
        self.inside().feeds.contains_key(&(organisation, printer))
    }

    /// How many look, of all organisations.
    #[must_use]
    pub fn viewers(&self) -> usize {
        VIEWERS_MAX - self.places.available_permits()
    }

    /// Looks through a camera of an organisation, at so many pictures a second, or for a single one
    /// with 0.
    ///
    /// # Errors
    /// [`Unseen`].
    pub fn look(
        self: &Arc<Self>,
        organisation: OrganisationId,
        printer: PrinterId,
        fps: u8,
        now: Monotonic,
    ) -> Result<Viewer, Unseen> {
        let share = self.shares.take(organisation);
        let share = share.map_err(|Full| Unseen::TooMany)?;
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Unseen::TooMany)?;
        let key = (organisation, printer);
        let mut inside = self.inside();
        inside.last += 1;
        let number = inside.last;
        let feed = inside.feeds.get_mut(&key).ok_or(Unseen::NoCamera)?;
        feed.viewers.insert(number, fps);
        feed.glances += u64::from(fps == 0);
        feed.bell.notify_one();
        let sight = feed.sight.subscribe();
        drop(inside);
        let mut viewer = Viewer::new(self.clone(), (key, number), sight, (share, place));
        viewer.begin(fps, now);
        Ok(viewer)
    }

    /// A viewer is gone.
    fn left(&self, key: Key, number: u64) {
        let mut inside = self.inside();
        let Some(feed) = inside.feeds.get_mut(&key) else {
            return;
        };
        let before = feed.fps();
        feed.viewers.remove(&number);
        if before > 0 && feed.fps() == 0 {
            feed.lingering = Some((before, None));
        }
        feed.bell.notify_one();
    }
}

impl Feed {
    fn fps(&self) -> u8 {
        self.viewers.values().copied().max().unwrap_or(0)
    }

    fn is_unseen(&self) -> bool {
        self.viewers.is_empty() && self.lingering.is_none()
    }

    /// What is wanted; forgets the picture when nobody has looked for a while.
    fn want(&mut self, now: Monotonic) -> Want {
        let mut fps = self.fps();
        if let Some((before, since)) = self.lingering {
            let since = since.unwrap_or(now);
            let goes_on = fps == 0 && now.ms_since(since) < LINGER_MS;
            self.lingering = goes_on.then_some((before, Some(since)));
            if goes_on {
                fps = before;
            }
        }
        if self.is_unseen() {
            self.sight.send_replace(Sight::Nothing);
        }
        let glances = self.viewers.values().any(|fps| *fps == 0);
        Want {
            fps,
            glances: if glances { self.glances } else { 0 },
        }
    }
}

#[cfg(test)]
#[path = "camera/tests.rs"]
mod tests;
