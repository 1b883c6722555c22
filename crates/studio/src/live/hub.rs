//! The open pages of this process, organisation by organisation.

use super::limits::{DOUBT_MS, HUBS_KEPT_MAX, NEWS_WAITING_MAX, SOCKETS_MAX, SOCKETS_PER_PERSON};
use super::news::{Event, News};
use super::picture::Picture;
use fluxprint_domain::Monotonic;
use fluxprint_domain::id::{OrganisationId, PersonId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, broadcast, watch};

/// What one organisation's pages listen to.
struct Hub {
    news: broadcast::Sender<Arc<News>>,
    /// The newest row of the outbox that was told, or that was there before anybody listened.
    told_to: i64,
    picture: watch::Sender<Option<Arc<Picture>>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            news: broadcast::Sender::new(NEWS_WAITING_MAX),
            told_to: 0,
            picture: watch::Sender::new(None),
        }
    }
}

/// Every hub, and who sits at them.
#[derive(Default)]
pub struct Live {
    hubs: Mutex<HashMap<OrganisationId, Hub>>,
    seats: Arc<Mutex<HashMap<PersonId, usize>>>,
    poked: Notify,
    /// Somebody has begun to listen, or made a job: there is something to listen to.
    wanted: Notify,
    /// Since when an organisation may have a job that the studio has not heard of.
    doubted: Mutex<HashMap<OrganisationId, Monotonic>>,
}

/// What a page hears with.
pub(super) struct Ear {
    pub news: broadcast::Receiver<Arc<News>>,
    pub picture: watch::Receiver<Option<Arc<Picture>>>,
}

/// A place for one page; free again when dropped.
pub(super) struct Seat {
    person: PersonId,
    seats: Arc<Mutex<HashMap<PersonId, usize>>>,
}

impl Live {
    fn hubs(&self) -> MutexGuard<'_, HashMap<OrganisationId, Hub>> {
        // Values are moved in and out only: a panic leaves them whole.
        self.hubs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells that rows were added to the outbox.
    pub fn poke(&self) {
        self.poked.notify_one();
    }

    pub(super) async fn poked(&self) {
        self.poked.notified().await;
    }

    /// Tells that there is something new to listen to.
    pub(crate) fn want(&self) {
        self.wanted.notify_one();
    }

    /// Tells that an organisation may have a job that the studio has not heard of.
    pub(crate) fn doubt(&self, org: OrganisationId, now: Monotonic) {
        let mut doubted = self.doubted.lock().unwrap_or_else(PoisonError::into_inner);
        doubted.insert(org, now);
        drop(doubted);
        self.want();
    }

    /// The organisations of which that was told not long ago.
    pub(super) fn doubted(&self, now: Monotonic) -> Vec<OrganisationId> {
        let mut doubted = self.doubted.lock().unwrap_or_else(PoisonError::into_inner);
        doubted.retain(|_, since| now.ms_since(*since) < DOUBT_MS);
        doubted.keys().copied().collect()
    }

    pub(super) async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// Begins to listen to an organisation whose outbox stands at `outbox`.
    pub(super) fn listen(&self, org: OrganisationId, outbox: i64) -> Ear {
        let mut hubs = self.hubs();
        let hub = hubs.entry(org).or_default();
        if hub.news.receiver_count() == 0 {
            hub.told_to = outbox;
        }
        let ear = Ear {
            news: hub.news.subscribe(),
            picture: hub.picture.subscribe(),
        };
        drop(hubs);
        self.want();
        ear
    }

    /// The organisations somebody listens to, and up to which row of the outbox they were told.
    /// What was last seen of the others is kept for their next page, as long as they are few.
    pub(super) fn heard(&self) -> Vec<(OrganisationId, i64)> {
        let mut hubs = self.hubs();
        if hubs.len() > HUBS_KEPT_MAX {
            hubs.retain(|_, hub| hub.news.receiver_count() > 0);
        }
        let heard = hubs.iter().filter(|(_, hub)| hub.news.receiver_count() > 0);
        heard.map(|(org, hub)| (*org, hub.told_to)).collect()
    }

    /// Notes up to which row the listeners of an organisation were told.
    pub(super) fn told(&self, org: OrganisationId, seq: i64) {
        if let Some(hub) = self.hubs().get_mut(&org) {
            hub.told_to = hub.told_to.max(seq);
        }
    }

    /// Tells those who listen to an organisation.
    pub(super) fn tell(&self, org: OrganisationId, news: News) {
        if let Some(hub) = self.hubs().get(&org) {
            // Nobody listens: then nobody has to be told.
            let _ = hub.news.send(Arc::new(news));
        }
    }

    /// Tells everybody.
    pub(super) fn tell_all(&self, event: &Event) {
        for hub in self.hubs().values() {
            let _ = hub.news.send(Arc::new(News::Event(event.clone())));
        }
    }

    /// What was last seen of an organisation.
    pub(super) fn picture(&self, org: OrganisationId) -> Option<Arc<Picture>> {
        let hubs = self.hubs();
        let picture = hubs.get(&org)?.picture.borrow();
        picture.clone()
    }

    /// Keeps what is seen now.
    pub(super) fn saw(&self, org: OrganisationId, picture: Picture) {
        let mut hubs = self.hubs();
        let hub = hubs.entry(org).or_default();
        hub.picture.send_replace(Some(Arc::new(picture)));
    }

    /// A place for one more page of `person`, if there is any.
    pub(super) fn seat(&self, person: PersonId) -> Option<Seat> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.values().sum::<usize>() >= SOCKETS_MAX {
            return None;
        }
        let taken = seats.entry(person).or_default();
        if *taken >= SOCKETS_PER_PERSON {
            return None;
        }
        *taken += 1;
        Some(Seat {
            person,
            seats: self.seats.clone(),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = seats.get_mut(&self.person) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.person);
            }
        }
    }
}
