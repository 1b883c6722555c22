//! One stream of the service: keeps the picture of printers and queue, tells the pages, and keeps
//! the prints of files up to date.

use super::limits::{DEAD_MS, LOOKS_APART, RENEW, SNAPSHOT, TOGETHER};
use super::news::{Audience, Event, News};
use super::picture::{Picture, moves};
use super::projection::{Behind, Projection};
use super::said::{Said, moment};
use crate::gateway::{Call, GatewayError, ServiceSocket};
use crate::studio::Studio;
use fluxprint_domain::id::OrganisationId;
use fluxprint_domain::role::Role;
use fluxprint_domain::{Monotonic, Timestamp};
use fluxprint_store::StoreError;
use fluxprint_tokens::{Grant, ProgramId, Projects, Subject};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::time::{Instant, interval, timeout};
use tokio_tungstenite::tungstenite::{self, Message};

/// What the service tells of a printer as it sees it.
const FACTS: [&str; 3] = [
    "printer:temperature",
    "printer:progress",
    "printer:connection",
];
/// The one name under which pages are told of it.
const LOOK: &str = "printer:progress";
/// An alert was raised, seen or is over.
const ALERT: &str = "alert";
/// A job moved on.
const STEP: &str = "print:status-update";

/// Why a stream ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    #[error("{0}")]
    Gateway(#[from] GatewayError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Socket(#[from] tungstenite::Error),
    #[error("the print service fell silent or hung up")]
    Gone,
    #[error("the print service said what makes no sense")]
    Nonsense,
}

impl From<Behind> for Ended {
    fn from(behind: Behind) -> Self {
        match behind {
            Behind::Store(error) => Self::Store(error),
            Behind::Gateway(error) => Self::Gateway(error),
        }
    }
}

/// The token with which the studio itself listens: it sees every project and shows each person
/// only theirs. As an owner, so that it hears what the state of each thing would allow.
fn grant(org: OrganisationId) -> Grant {
    Grant {
        sub: Subject::Program(ProgramId::from_uuid(org.uuid())),
        org,
        role: Role::Owner,
        projects: Projects::All,
    }
}

/// One stream, from dialling to its end.
pub(super) struct Stream<'a> {
    studio: &'a Studio,
    org: OrganisationId,
    projection: Projection<'a>,
    /// The newest change that was heard of.
    seq: i64,
    /// When to ask how things stand: something has changed.
    due: Option<Instant>,
    /// When that was asked last.
    asked_at: Instant,
    heard_at: Monotonic,
    /// Whether the service has told how things stand, and all of it was taken in.
    pub heard: bool,
}

impl<'a> Stream<'a> {
    pub fn new(studio: &'a Studio, org: OrganisationId) -> Self {
        Self {
            studio,
            org,
            projection: Projection::new(studio, org),
            seq: 0,
            due: None,
            asked_at: Instant::now(),
            heard_at: studio.clock.monotonic(),
            heard: false,
        }
    }

    fn token(&self) -> Result<Arc<str>, GatewayError> {
        self.studio.gateway.token(&grant(self.org))
    }

    /// Follows the stream; comes back with the reason of its end.
    pub async fn follow(&mut self) -> Ended {
        match self.try_follow().await {
            Ok(never) => match never {},
            Err(ended) => ended,
        }
    }

    async fn try_follow(&mut self) -> Result<std::convert::Infallible, Ended> {
        let mut socket = self.studio.gateway.dial_events(&self.token()?).await?;
        self.heard_at = self.studio.clock.monotonic();
        let first = timeout(SNAPSHOT, socket.next())
            .await
            .map_err(|_| Ended::Gone)?;
        self.hear(first).await?;
        let mut renew = interval(RENEW);
        renew.tick().await;
        loop {
            let due = self.due;
            let asking = async {
                match due {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                said = socket.next() => self.hear(said).await?,
                () = asking => self.ask().await?,
                _ = renew.tick() => self.renew(&mut socket).await?,
            }
        }
    }

    /// A newer token; also finds out whether the other end is still there.
    async fn renew(&self, socket: &mut ServiceSocket) -> Result<(), Ended> {
        if self.studio.clock.monotonic().ms_since(self.heard_at) >= DEAD_MS {
            return Err(Ended::Gone);
        }
        let newer = json!({ "token": &*self.token()? }).to_string();
        let sent = timeout(SNAPSHOT, socket.send(Message::Text(newer.into()))).await;
        Ok(sent.map_err(|_| Ended::Gone)??)
    }

    async fn hear(
        &mut self,
        said: Option<Result<Message, tungstenite::Error>>,
    ) -> Result<(), Ended> {
        self.heard_at = self.studio.clock.monotonic();
        match said.ok_or(Ended::Gone)?? {
            Message::Text(text) => {
                let said = serde_json::from_str(&text).map_err(|_| Ended::Nonsense)?;
                self.understand(said).await
            }
            Message::Close(_) => Err(Ended::Gone),
            _ => Ok(()),
        }
    }

    async fn understand(&mut self, said: Said) -> Result<(), Ended> {
        match said {
            Said::Snapshot {
                seq,
                printers,
                queue,
            } => {
                (self.seq, self.due) = (seq, None);
                let at = self.studio.clock.now();
                let picture = Picture {
                    printers,
                    queue,
                    at,
                };
                self.studio.live.saw(self.org, picture.clone());
                self.studio.live.tell(self.org, News::Fresh);
                let token = self.token()?;
                self.projection.take_in(&picture, &token, seq).await?;
                match self.projection.catch_up(&token, seq).await {
                    Err(Behind::Gateway(error)) => {
                        tracing::warn!(%error, "the newest jobs could not be asked for");
                    }
                    caught_up => caught_up?,
                }
                self.heard = true;
                Ok(())
            }
            Said::Event {
                seq,
                at,
                name,
                payload,
            } => {
                self.seq = self.seq.max(seq.unwrap_or_default());
                let at = moment(&at).unwrap_or_else(|| self.studio.clock.now());
                if FACTS.contains(&name.as_str()) {
                    self.look(&name, &payload, at);
                    return Ok(());
                }
                let percent = payload.get("progress_pct").and_then(Value::as_f64);
                if let (None, Some(percent), STEP) = (seq, percent, name.as_str()) {
                    self.progress(&payload, percent).await?;
                } else {
                    self.ask_soon();
                }
                if name.starts_with("print:") || name == ALERT {
                    self.pass_on(name, payload, at);
                }
                Ok(())
            }
            Said::Gap | Said::Unknown => Ok(()),
        }
    }

    /// What happened to a job, for those who see its project.
    fn pass_on(&self, name: String, payload: Value, at: Timestamp) {
        let project = payload
            .get("project_id")
            .filter(|project| !project.is_null());
        let audience = match project.map(|project| project.as_str().map(str::parse)) {
            None => Audience::Members,
            Some(Some(Ok(project))) => Audience::Project(project),
            Some(_) => return,
        };
        let name = name.into();
        self.tell(Event {
            at,
            name,
            payload,
            audience,
        });
    }

    fn tell(&self, event: Event) {
        self.studio.live.tell(self.org, News::Event(event));
    }

    /// A look at a printer. Of one that moves, temperatures come with the progress right after.
    fn look(&self, name: &str, facts: &Value, at: Timestamp) {
        let Some(picture) = self.studio.live.picture(self.org) else {
            return;
        };
        let mut newer = Picture::clone(&picture);
        let Some(payload) = newer.update(facts) else {
            return;
        };
        newer.at = self.studio.clock.now();
        self.studio.live.saw(self.org, newer);
        if name == LOOK || !moves(&payload) {
            self.tell(Event {
                at,
                name: LOOK.into(),
                payload,
                audience: Audience::Members,
            });
        }
    }

    async fn progress(&self, payload: &Value, percent: f64) -> Result<(), StoreError> {
        let job = payload.get("job_id").and_then(Value::as_str);
        match job.and_then(|job| job.parse().ok()) {
            Some(job) => self.projection.progress(job, percent).await,
            None => Ok(()),
        }
    }

    fn ask_soon(&mut self) {
        let soon = Instant::now() + TOGETHER;
        self.due
            .get_or_insert(soon.max(self.asked_at + LOOKS_APART));
    }

    /// Asks how things stand after something has changed, and tells what is different.
    async fn ask(&mut self) -> Result<(), Ended> {
        (self.due, self.asked_at) = (None, Instant::now());
        let (token, seq, at) = (self.token()?, self.seq, self.studio.clock.now());
        let gateway = &self.studio.gateway;
        let queue: Value = gateway
            .send(Call::get("/v1/queue"), &token)
            .await?
            .json()
            .await?;
        let printers = gateway.send(Call::get("/v1/printers"), &token).await?;
        let printers: Value = printers.json().await?;
        let now = Picture {
            printers,
            queue,
            at,
        };
        let before = self.studio.live.picture(self.org);
        self.studio.live.saw(self.org, now.clone());
        if let Some(before) = before {
            self.tell_changes(&before, &now);
        }
        Ok(self.projection.take_in(&now, &token, seq).await?)
    }

    fn tell_changes(&self, before: &Picture, now: &Picture) {
        let at = now.at;
        for printer in now.changed_printers(before) {
            self.tell(Event {
                at,
                name: "printer:status".into(),
                payload: json!({ "printer_id": printer.get("id"), "printer": printer }),
                audience: Audience::Members,
            });
        }
        if now.queue != before.queue {
            self.tell(Event {
                at,
                name: "queue:updated".into(),
                payload: json!({ "queue": now.queue }),
                audience: Audience::Members,
            });
        }
    }
}
