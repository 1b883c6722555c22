//! `GET /v1/events`: what changes in an organisation, as it changes.
//!
//! A snapshot first, then changes. A listener that falls behind is told of a gap and gets a new
//! snapshot; one that does not read is dropped. The socket lives as long as the token it was opened
//! with; a message `{"token":"…"}` with a newer one of the same caller keeps it open.

use crate::events::Event;
use crate::http::Failure;
use crate::http::door::Caller;
use crate::http::dto::Moment;
use crate::http::{printers_shown, queue_shown};
use crate::service::Service;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use fluxprint_domain::id::ProjectId;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Bytes of one message from a listener (architecture section 8: text frame).
const HEARD_BYTES_MAX: usize = 64 * 1024;
/// Bytes that may wait for a slow listener.
const WRITE_BUFFER_BYTES: usize = 1024 * 1024;
/// Sockets of listeners open at a time: they must never take the file handles that bridges and
/// stops need. A host holds one for each of its organisations.
pub const LISTENERS_MAX: usize = 256;
/// How often a quiet socket is pinged, and how long it may stay silent (S-24).
const PING: Duration = Duration::from_secs(20);
const DEAD_MS: u64 = 60_000;
/// Longest time one message may take to be written.
const WRITE: Duration = Duration::from_secs(10);

/// The upgrade; the caller was checked at the door.
pub async fn upgrade(
    State(service): State<Arc<Service>>,
    caller: Caller,
    socket: WebSocketUpgrade,
) -> Result<Response, Failure> {
    let Ok(place) = service.listeners.clone().try_acquire_owned() else {
        return Err(Failure::Overloaded);
    };
    let answer = socket
        .max_message_size(HEARD_BYTES_MAX)
        .max_write_buffer_size(WRITE_BUFFER_BYTES)
        .on_upgrade(async move |socket| {
            let tracked = service.sockets.clone();
            tracked.track_future(tell(service, caller, socket)).await;
            drop(place);
        });
    Ok(answer)
}

/// Tells until either side has had enough.
async fn tell(service: Arc<Service>, mut caller: Caller, mut socket: WebSocket) {
    let mut changes = service.events.subscribe(caller.org());
    if snapshot(&service, &caller, &mut socket).await.is_none() {
        return;
    }
    let mut ping = tokio::time::interval(PING);
    let mut heard_at = service.clock.monotonic();
    loop {
        let going_on = tokio::select! {
            () = service.stopping.cancelled() => None,
            change = changes.recv() => pass_on(&service, &caller, &mut socket, change, &mut changes).await,
            heard = socket.recv() => {
                heard_at = service.clock.monotonic();
                listen(&service, &mut caller, heard).await
            }
            _ = ping.tick() => {
                let now = service.clock.monotonic();
                let alive = now.ms_since(heard_at) < DEAD_MS && service.clock.now() < caller.ends_at();
                if alive { send(&mut socket, Message::Ping(Default::default())).await } else { None }
            }
        };
        if going_on.is_none() {
            let _ = tokio::time::timeout(WRITE, socket.send(Message::Close(None))).await;
            return;
        }
    }
}

/// Everything as it is now. Subscribed before: what changes meanwhile comes after it.
async fn snapshot(service: &Service, caller: &Caller, socket: &mut WebSocket) -> Option<()> {
    let seq = service.store.events(caller.org()).latest_seq().await.ok()?;
    let printers = printers_shown(service, caller).await.ok()?;
    let queue = queue_shown(service, caller).await.ok()?;
    say(
        socket,
        &json!({ "type": "snapshot", "seq": seq, "printers": printers, "queue": queue }),
    )
    .await
}

async fn pass_on(
    service: &Service,
    caller: &Caller,
    socket: &mut WebSocket,
    change: Result<Arc<Event>, RecvError>,
    changes: &mut Receiver<Arc<Event>>,
) -> Option<()> {
    match change {
        Ok(event) => say(socket, &shown(&event, caller)).await,
        Err(RecvError::Closed) => None,
        Err(RecvError::Lagged(_)) => {
            say(socket, &json!({ "type": "gap" })).await?;
            *changes = changes.resubscribe();
            snapshot(service, caller, socket).await
        }
    }
}

/// An event as this caller may see it.
fn shown(event: &Event, caller: &Caller) -> Value {
    json!({
        "type": "event",
        "seq": event.seq,
        "at": Moment(event.at),
        "name": event.name,
        "payload": redacted(&event.payload, caller),
    })
}

/// Of another project's job only that something changed; of a printer that prints it, everything
/// but the job.
fn redacted(payload: &Value, caller: &Caller) -> Value {
    let hidden = |project: Option<&Value>| {
        let project = project.and_then(Value::as_str);
        let project: Option<ProjectId> = project.and_then(|text| text.parse().ok());
        caller.role_in(project).is_none()
    };
    if payload.get("job_id").is_some() && hidden(payload.get("project_id")) {
        return json!({ "other_project": true });
    }
    let mut shown = payload.clone();
    if let Some(job) = shown.get_mut("job")
        && hidden(job.get("project"))
    {
        *job = json!({ "other_project": true, "attempt": job.get("attempt") });
    }
    shown
}

/// What a listener says: a newer token, or nothing that matters.
pub(crate) async fn listen(
    service: &Service,
    caller: &mut Caller,
    heard: Option<Result<Message, axum::Error>>,
) -> Option<()> {
    let Some(Ok(message)) = heard else {
        return None;
    };
    match message {
        Message::Text(text) => {
            let said: Value = serde_json::from_str(text.as_str()).ok()?;
            let token = said.get("token").and_then(Value::as_str)?;
            let claims = service.trust.verify(token, &*service.clock).await.ok()?;
            let renewed = Caller::new(Arc::new(claims));
            let same = renewed.org() == caller.org() && renewed.who() == caller.who();
            same.then(|| *caller = renewed)
        }
        Message::Ping(_) | Message::Pong(_) => Some(()),
        Message::Binary(_) | Message::Close(_) => None,
    }
}

async fn say(socket: &mut WebSocket, what: &Value) -> Option<()> {
    send(socket, Message::Text(what.to_string().into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Option<()> {
    match tokio::time::timeout(WRITE, socket.send(message)).await {
        Ok(Ok(())) => Some(()),
        _ => None,
    }
}
