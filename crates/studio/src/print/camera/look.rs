//! One stream of pictures between the service and a page.

use super::ended;
use crate::changes::Change;
use crate::gateway::{ServiceSocket, said_in};
use crate::http::Failure;
use crate::http::door::Caller;
use crate::print::token;
use crate::studio::Studio;
use axum::body::Bytes;
use axum::http::StatusCode;
use fluxprint_domain::role::Act;
use fluxprint_http::mjpeg;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

/// Longest wait for the first picture: a little more than the service waits for it.
const FIRST: Duration = Duration::from_secs(15);
/// How long a stream goes on without a picture, and how long a page may take for one (F-23).
const NO_PICTURE: Duration = Duration::from_secs(15);
const UNTAKEN: Duration = Duration::from_secs(10);
/// How often the session and the rights are read again (S-03: two seconds at most).
const RECHECK: Duration = Duration::from_millis(1_200);
/// How often the service is given a newer token.
const RENEW: Duration = Duration::from_secs(45);

/// Somebody who looks.
pub(super) struct Look {
    studio: Arc<Studio>,
    caller: Caller,
    socket: ServiceSocket,
}

impl Look {
    pub fn new(studio: Arc<Studio>, caller: Caller, socket: ServiceSocket) -> Self {
        Self {
            studio,
            caller,
            socket,
        }
    }

    /// The first picture, or the service's words about why there is none.
    pub async fn first(&mut self) -> Result<Bytes, Failure> {
        let until = Instant::now() + FIRST;
        loop {
            let heard = tokio::time::timeout_at(until, self.socket.next()).await;
            match heard.map_err(|_| ended())? {
                Some(Ok(Message::Binary(jpeg))) => return Ok(jpeg),
                Some(Ok(Message::Text(text))) => {
                    let said = said_in(&text, StatusCode::BAD_GATEWAY);
                    return Err(said.map_or_else(ended, Failure::Said));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return Err(ended()),
            }
        }
    }

    /// Shows until either side has had enough, or the caller may look no more. The newest picture
    /// wins: what the page has not taken when the next one comes is never sent.
    pub async fn show(mut self, first: Bytes, out: mpsc::Sender<Bytes>) {
        self.pass_on(first, &out).await;
        // Whether the service hears it is not ours to know.
        let _ = timeout(UNTAKEN, self.socket.close(None)).await;
    }

    async fn pass_on(&mut self, first: Bytes, out: &mpsc::Sender<Bytes>) -> Option<()> {
        let studio = self.studio.clone();
        let mut changes = studio.changes.subscribe();
        let mut recheck = interval(RECHECK);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut renew = interval(RENEW);
        renew.reset();
        let mut newest = Some(first);
        let (mut no_picture, mut untaken) = deadlines();
        loop {
            tokio::select! {
                () = studio.stopping.cancelled() => return None,
                () = out.closed() => return None,
                () = sleep_until(no_picture) => return None,
                () = sleep_until(untaken), if newest.is_some() => return None,
                change = changes.recv() => {
                    if self.is_concerned(&change) {
                        self.may_still_look().await?;
                    }
                }
                _ = recheck.tick() => self.may_still_look().await?,
                _ = renew.tick() => self.renew().await?,
                place = out.reserve(), if newest.is_some() => {
                    place.ok()?.send(mjpeg::part(&newest.take()?));
                }
                heard = self.socket.next() => match heard {
                    Some(Ok(Message::Binary(jpeg))) => {
                        let waits = newest.replace(jpeg).is_some();
                        let (next_no_picture, next_untaken) = deadlines();
                        no_picture = next_no_picture;
                        if !waits {
                            untaken = next_untaken;
                        }
                    }
                    Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_))) => {}
                    _ => return None,
                },
            }
        }
    }

    fn is_concerned(&self, change: &Result<Change, RecvError>) -> bool {
        match change {
            Ok(Change::SessionEnded(session)) => *session == self.caller.session,
            Ok(Change::MembershipChanged { org, person }) => {
                *org == self.caller.org && *person == self.caller.person
            }
            Err(RecvError::Lagged(_)) => true,
            Err(RecvError::Closed) => false,
        }
    }

    /// Reads the session and the membership again. Nothing when they allow no more.
    async fn may_still_look(&mut self) -> Option<()> {
        let again = self.caller.again(&self.studio).await.ok()?;
        again.may_somewhere(Act::Look).ok()?;
        self.caller = again;
        Some(())
    }

    async fn renew(&mut self) -> Option<()> {
        let token = token(&self.studio, &self.caller).ok()?;
        let newer = Message::text(json!({ "token": &*token }).to_string());
        timeout(UNTAKEN, self.socket.send(newer)).await.ok()?.ok()
    }
}

fn deadlines() -> (Instant, Instant) {
    let now = Instant::now();
    (now + NO_PICTURE, now + UNTAKEN)
}
