//! The watching loop: the push socket while there is one, looks at an interval while there is none.

use super::OctoPrint;
use super::push::Push;
use crate::error::PrinterError;
use crate::limits;
use crate::port::Seen;
use fluxprint_domain::Clock;
use fluxprint_domain::printer::Heaters;
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep};

/// How fast a watch looks and tries. The default is for real printers; tests are more impatient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two looks while the push socket is not available.
    pub poll_every: Duration,
    /// Longest pause between two looks at a program that does not answer.
    pub poll_every_max: Duration,
    /// First and longest pause before the push socket is tried again.
    pub socket_retry: (Duration, Duration),
    /// Silence on the push socket after which it is pinged, and after which a ping has failed.
    pub ping_every: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll_every: limits::POLL_EVERY,
            poll_every_max: limits::POLL_EVERY_MAX,
            socket_retry: limits::SOCKET_RETRY,
            ping_every: limits::SOCKET_PING_EVERY,
        }
    }
}

/// Watches until nobody listens any more.
pub async fn watch(octoprint: OctoPrint, out: Sender<Seen>) {
    let pace = octoprint.pace;
    let mut looks = Pauses::between(pace.poll_every, pace.poll_every_max);
    let mut sockets = Pauses::between(pace.socket_retry.0, pace.socket_retry.1);
    let mut socket_due = Instant::now();
    let mut lost: Option<PrinterError> = None;
    loop {
        let heaters = match octoprint.observe().await {
            Ok(seen) => {
                let heaters = seen.heaters;
                if out.send(Seen::Observation(seen)).await.is_err() {
                    return;
                }
                lost = None;
                looks.start_over();
                Some(heaters)
            }
            Err(error) => {
                // Told once, and again when the reason is another one: a person acts on it.
                let new = lost.as_ref() != Some(&error);
                if new && out.send(Seen::Lost(error.clone())).await.is_err() {
                    return;
                }
                lost = Some(error);
                None
            }
        };
        if let Some(heaters) = heaters.filter(|_| Instant::now() >= socket_due) {
            let opened = Instant::now();
            let ended = follow(&octoprint, heaters, &out).await;
            if opened.elapsed() > pace.socket_retry.1 {
                sockets.start_over();
            }
            socket_due = Instant::now() + sockets.next(octoprint.clock.as_ref());
            match ended {
                Ended::NobodyListens => return,
                Ended::WasLive => continue,
                Ended::NeverOpened => {}
            }
        }
        sleep(match lost.is_some() {
            true => looks.next(octoprint.clock.as_ref()),
            false => pace.poll_every,
        })
        .await;
    }
}

enum Ended {
    NobodyListens,
    WasLive,
    NeverOpened,
}

/// Hands on what the push socket tells until it ends, and then says that it has ended.
async fn follow(octoprint: &OctoPrint, heaters: Heaters, out: &Sender<Seen>) -> Ended {
    let mut push = match Push::open(&octoprint.http, heaters, octoprint.pace.ping_every).await {
        Ok(push) => push,
        Err(error) => {
            tracing::info!(code = error.code(), "watching by polling: {error}");
            return Ended::NeverOpened;
        }
    };
    let mut live = false;
    loop {
        let seen = tokio::select! {
            seen = push.next() => seen,
            () = out.closed() => return Ended::NobodyListens,
        };
        match seen {
            Ok(seen) => {
                live = true;
                if out.send(seen).await.is_err() {
                    return Ended::NobodyListens;
                }
            }
            Err(_) if live => {
                return match out.send(Seen::Gap).await {
                    Ok(()) => Ended::WasLive,
                    Err(_) => Ended::NobodyListens,
                };
            }
            Err(_) => return Ended::NeverOpened,
        }
    }
}

/// Growing pauses with full jitter: a pause is anything up to its bound, which doubles.
struct Pauses {
    first: Duration,
    longest: Duration,
    bound: Duration,
}

impl Pauses {
    fn between(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            bound: first,
        }
    }

    fn start_over(&mut self) {
        self.bound = self.first;
    }

    fn next(&mut self, clock: &dyn Clock) -> Duration {
        let bound = self.bound;
        self.bound = (bound * 2).min(self.longest);
        // The top 32 bits of chance as a fraction of 1.
        let fraction = f64::from((clock.random() >> 96) as u32) / f64::from(u32::MAX);
        bound.mul_f64(fraction)
    }
}
