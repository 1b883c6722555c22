//! `GET /api/live`: one open page.
//!
//! A snapshot first, then what changes, each message with its number. A page that falls behind is
//! told of a gap and gets a new snapshot; one that does not read is dropped. A page cannot see the
//! socket's own pings, so it is told a beat beside each, and as the answer to whatever it says: a page
//! that hears nothing for long dials anew. Who the page speaks for
//! is read again every second, so a session that ends or a role that is lost is lost here too (S-03).

use super::hub::{Ear, Seat};
use super::limits::{
    DEAD_MS, FIRST_WORD, GAPS_PER_MINUTE, HEARD_BYTES_MAX, HEARD_PER_MINUTE, PING, RECHECK, WRITE,
    WRITE_BUFFER_BYTES,
};
use super::news::News;
use super::picture::Picture;
use super::snapshot::snapshot;
use crate::changes::Change;
use crate::http::door::Caller;
use crate::http::shown::Moment;
use crate::http::{Failure, Thing};
use crate::studio::Studio;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use axum::response::{IntoResponse, Response};
use fluxprint_domain::Monotonic;
use fluxprint_tokens::Grant;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Why a socket is closed, in the numbers that are an application's own (RFC 6455, 7.4.2).
const SIGNED_OUT: u16 = 4401;
const NO_MEMBER: u16 = 4403;
const TOO_MANY: u16 = 4429;
/// What is said when there is nothing to say.
const BEAT: &str = r#"{"type":"beat"}"#;
/// The end that goes away by itself (RFC 6455, 7.4.1).
const GOING_AWAY: u16 = 1001;

/// The upgrade; the caller was checked at the door.
pub(super) async fn upgrade(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    let mut said = headers.get_all(ORIGIN).iter();
    let origin = match (said.next(), said.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    };
    if !origin.is_some_and(|origin| studio.settings.is_own_origin(origin)) {
        return Failure::NotFromOurPage.into_response();
    }
    let seat = studio.live.seat(caller.person);
    socket
        .max_message_size(HEARD_BYTES_MAX)
        .max_write_buffer_size(WRITE_BUFFER_BYTES)
        .on_upgrade(async move |socket| {
            let tracked = studio.sockets.clone();
            tracked
                .track_future(tell(studio, caller, socket, seat))
                .await;
        })
}

/// Why the telling ends.
enum End {
    /// The page is gone, or does not read.
    Gone,
    /// We say so.
    Close(u16, &'static str),
}

/// One open page.
struct Page {
    studio: Arc<Studio>,
    caller: Caller,
    /// What they may see, as it was last read.
    grant: Grant,
    socket: WebSocket,
    /// What the last snapshot showed of printers and queue.
    shown: Option<Arc<Picture>>,
    /// The number of the last message.
    n: u64,
    heard_at: Monotonic,
    /// Beginning of the running minute, and what was counted in it.
    minute: Monotonic,
    gaps: u32,
    heard: u32,
}

async fn tell(studio: Arc<Studio>, caller: Caller, socket: WebSocket, seat: Option<Seat>) {
    let now = studio.clock.monotonic();
    let mut page = Page {
        studio,
        grant: caller.grant(),
        caller,
        socket,
        shown: None,
        n: 0,
        heard_at: now,
        minute: now,
        gaps: 0,
        heard: 0,
    };
    let end = match seat {
        Some(_) => page.run().await,
        None => End::Close(TOO_MANY, "too many pages are open"),
    };
    if let End::Close(code, reason) = end {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        page.say_raw(Message::Close(Some(frame))).await;
    }
}

impl Page {
    async fn run(&mut self) -> End {
        match self.try_run().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn try_run(&mut self) -> Result<std::convert::Infallible, End> {
        let studio = self.studio.clone();
        let mut changes = studio.changes.subscribe();
        let outbox = studio.store.latest_event(self.caller.org).await;
        let mut ear = studio
            .live
            .listen(self.caller.org, outbox.map_err(|_| End::Gone)?);
        if studio.gateway.reach().up && ear.picture.borrow().is_none() {
            // Whatever comes of it: then the page is told what is known.
            let _ = timeout(FIRST_WORD, ear.picture.wait_for(Option::is_some)).await;
        }
        self.snapshot(&ear).await?;
        let mut ping = interval(PING);
        // The first comes at once; the snapshot has just shown that the line is alive.
        ping.tick().await;
        let mut recheck = interval(RECHECK);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = studio.stopping.cancelled() => {
                    return Err(End::Close(GOING_AWAY, "the studio stops"));
                }
                news = ear.news.recv() => self.pass_on(news, &mut ear).await?,
                change = changes.recv() => {
                    if self.is_concerned(&change) {
                        self.recheck(&ear).await?;
                    }
                }
                _ = recheck.tick() => self.recheck(&ear).await?,
                heard = self.socket.recv() => self.listen(heard).await?,
                _ = ping.tick() => self.ping().await?,
            }
        }
    }

    fn is_concerned(&self, change: &Result<Change, RecvError>) -> bool {
        match change {
            Ok(Change::SessionEnded(session)) => *session == self.caller.session,
            Ok(Change::MembershipChanged { org, person }) => {
                *org == self.caller.org && *person == self.caller.person
            }
            Err(broadcast::error::RecvError::Lagged(_)) => true,
            Err(broadcast::error::RecvError::Closed) => false,
        }
    }

    async fn pass_on(
        &mut self,
        news: Result<Arc<News>, RecvError>,
        ear: &mut Ear,
    ) -> Result<(), End> {
        match news.as_deref() {
            Ok(News::Event(event)) => match event.shown(&self.grant) {
                Some(message) => self.say(message).await,
                None => Ok(()),
            },
            Ok(News::Fresh) if self.has_shown(ear) => Ok(()),
            Ok(News::Fresh) => self.snapshot(ear).await,
            Err(RecvError::Lagged(_)) => {
                self.count();
                self.gaps += 1;
                if self.gaps > GAPS_PER_MINUTE {
                    return Err(End::Gone);
                }
                ear.news = ear.news.resubscribe();
                self.begin_anew(ear).await
            }
            Err(RecvError::Closed) => Err(End::Close(GOING_AWAY, "the studio stops")),
        }
    }

    /// Whether the page began with this very picture.
    fn has_shown(&self, ear: &Ear) -> bool {
        match (&self.shown, ear.picture.borrow().as_ref()) {
            (Some(shown), Some(now)) => Arc::ptr_eq(shown, now),
            _ => false,
        }
    }

    async fn begin_anew(&mut self, ear: &Ear) -> Result<(), End> {
        self.say(json!({ "type": "gap" })).await?;
        self.snapshot(ear).await
    }

    /// Reads the session and the membership again.
    async fn recheck(&mut self, ear: &Ear) -> Result<(), End> {
        let again = match self.caller.again(&self.studio).await {
            Ok(again) => again,
            Err(Failure::NotSignedIn) => {
                self.event("session:ended").await?;
                return Err(End::Close(SIGNED_OUT, "the session has ended"));
            }
            Err(Failure::NotThere(Thing::Organisation) | Failure::NoOrganisation) => {
                self.event("me:changed").await?;
                return Err(End::Close(NO_MEMBER, "no member any more"));
            }
            Err(error) => {
                // Who may see what cannot be said: then nothing is shown.
                tracing::warn!(?error, "a page's rights could not be read");
                return Err(End::Close(GOING_AWAY, "try again"));
            }
        };
        let grant = again.grant();
        self.caller = again;
        if grant == self.grant {
            return Ok(());
        }
        self.grant = grant;
        self.event("me:changed").await?;
        self.begin_anew(ear).await
    }

    /// Everything as it is now.
    async fn snapshot(&mut self, ear: &Ear) -> Result<(), End> {
        self.shown = ear.picture.borrow().clone();
        let (picture, grant) = (self.shown.as_deref(), &self.grant);
        let now = snapshot(&self.studio, grant, picture).await;
        self.say(now.map_err(|_| End::Gone)?).await
    }

    async fn event(&mut self, name: &str) -> Result<(), End> {
        let at = Moment(self.studio.clock.now());
        self.say(json!({ "type": "event", "at": at, "name": name, "payload": {} }))
            .await
    }

    /// What a page says does not matter; how much it says does.
    async fn listen(&mut self, heard: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.heard_at = self.studio.clock.monotonic();
        match heard {
            Some(Ok(Message::Text(_) | Message::Ping(_))) => {
                self.count();
                self.heard += 1;
                if self.heard > HEARD_PER_MINUTE {
                    return Err(End::Close(TOO_MANY, "too many messages"));
                }
                self.beat().await
            }
            Some(Ok(Message::Pong(_))) => Ok(()),
            _ => Err(End::Gone),
        }
    }

    /// Begins a new minute of counting when the last one is over.
    fn count(&mut self) {
        let now = self.studio.clock.monotonic();
        if now.ms_since(self.minute) >= 60_000 {
            (self.minute, self.gaps, self.heard) = (now, 0, 0);
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        let now = self.studio.clock.monotonic();
        if now.ms_since(self.heard_at) >= DEAD_MS {
            return Err(End::Gone);
        }
        self.send(Message::Ping(Default::default())).await?;
        self.beat().await
    }

    /// Shows that the line is alive. It counts for nothing: nothing is missed with it.
    async fn beat(&mut self) -> Result<(), End> {
        self.send(Message::Text(BEAT.into())).await
    }

    async fn say(&mut self, mut message: Value) -> Result<(), End> {
        self.n += 1;
        if let Some(fields) = message.as_object_mut() {
            fields.insert("n".to_owned(), self.n.into());
        }
        self.send(Message::Text(message.to_string().into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(WRITE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }

    /// The last message; whether it arrives is not ours to know.
    async fn say_raw(&mut self, message: Message) {
        let _ = timeout(WRITE, self.socket.send(message)).await;
    }
}
