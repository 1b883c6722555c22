//! The push socket: `connected` at once, then nothing until the client has authenticated.

mod subscription;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Interval, MissedTickBehavior, interval};

use self::subscription::Subscription;
use super::event::Event;
use super::instance::{Inside, Instance};
use super::{limits, view};

/// `GET /sockjs/websocket`. A foreign `Origin` is refused at the handshake.
pub(super) async fn open(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if instance.with(|inside| inside.knobs.push_closed) || !origin_is_own(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let upgrade = upgrade.max_message_size(limits::PUSH_FRAME_BYTES_MAX);
    upgrade.on_upgrade(|socket| async move {
        // The client going away is the ordinary end of a push socket.
        let _ = Client::new(instance, socket).serve().await;
    })
}

fn origin_is_own(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.strip_prefix("http://") == Some(host),
        (Some(_), None) => false,
    }
}

/// The client is gone.
struct Gone;

struct Client {
    instance: Arc<Instance>,
    socket: WebSocket,
    events: Receiver<Event>,
    current: Interval,
    authenticated: bool,
    subscription: Subscription,
}

impl Client {
    fn new(instance: Arc<Instance>, socket: WebSocket) -> Self {
        let events = instance.listen();
        let subscription = Subscription::default();
        Self {
            instance,
            socket,
            events,
            current: every(1),
            authenticated: false,
            subscription,
        }
    }

    async fn serve(mut self) -> Result<(), Gone> {
        self.send(json!({"connected": {
            "version": "1.11.8", "display_version": "1.11.8", "branch": "HEAD",
            "python_version": "3.11.7", "plugin_hash": "00000000000000000000000000000000",
            "config_hash": "00000000000000000000000000000000", "debug": false,
            "safe_mode": null, "online": true, "permissions": [],
        }}))
        .await?;
        loop {
            tokio::select! {
                event = self.events.recv() => self.pass(event).await?,
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => self.hear(text.as_str()).await?,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone),
                    Some(Ok(_)) => {}
                },
                _ = self.current.tick() => self.tell_current().await?,
            }
        }
    }

    async fn pass(&mut self, event: Result<Event, RecvError>) -> Result<(), Gone> {
        match event {
            Ok(event) if self.authenticated && self.subscription.wants(event.kind) => {
                self.send(event.frame()).await
            }
            Ok(_) | Err(RecvError::Lagged(_)) => Ok(()),
            Err(RecvError::Closed) => Err(Gone),
        }
    }

    /// Garbage and unknown keys are ignored and the socket stays, as on the real one.
    async fn hear(&mut self, text: &str) -> Result<(), Gone> {
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return Ok(());
        };
        if let Some(credentials) = message.get("auth").and_then(Value::as_str) {
            self.authenticate(credentials).await?;
        }
        if let Some(times) = message.get("throttle").and_then(Value::as_u64) {
            self.current = every(times);
        }
        if let Some(wish) = message.get("subscribe") {
            let had_state = self.subscription.state;
            self.subscription = Subscription::read(wish);
            if self.authenticated && self.subscription.state && !had_state {
                self.tell_history().await?;
            }
        }
        Ok(())
    }

    async fn authenticate(&mut self, credentials: &str) -> Result<(), Gone> {
        let session = credentials
            .strip_prefix("admin:")
            .unwrap_or_default()
            .to_owned();
        self.authenticated = self
            .instance
            .with(|inside| inside.sessions.contains(&session));
        if !self.authenticated {
            return self
                .send(json!({"reauthRequired": {"reason": "stale"}}))
                .await;
        }
        self.tell_history().await
    }

    async fn tell_history(&mut self) -> Result<(), Gone> {
        if !self.subscription.state {
            return Ok(());
        }
        let now_s = self.instance.now_s();
        let history = self.instance.with(|inside| frame(inside, now_s));
        self.send(json!({"history": history})).await?;
        self.send(json!({"timelapse": null})).await
    }

    async fn tell_current(&mut self) -> Result<(), Gone> {
        let now_s = self.instance.now_s();
        let (closed, current) = self
            .instance
            .with(|inside| (inside.knobs.push_closed, current(inside, now_s)));
        if closed {
            return Err(Gone);
        }
        if self.authenticated && self.subscription.state {
            self.send(json!({"current": current})).await?;
        }
        Ok(())
    }

    async fn send(&mut self, frame: Value) -> Result<(), Gone> {
        self.socket
            .send(Message::text(frame.to_string()))
            .await
            .map_err(|_| Gone)
    }
}

fn every(times: u64) -> Interval {
    let every =
        Duration::from_millis(limits::CURRENT_EVERY_MS.saturating_mul(times.clamp(1, 1_000)));
    let mut interval = interval(every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval.reset();
    interval
}

fn current(inside: &Inside, now_s: f64) -> Value {
    let machine = &inside.machine;
    let busy = machine
        .selected()
        .filter(|_| machine.state().holds_a_print());
    let busy = busy.map(|file| json!({"origin": "local", "path": file.path}));
    let mut current = frame(inside, now_s);
    if let Some(fields) = current.as_object_mut() {
        fields.insert("busyFiles".to_owned(), busy.into_iter().collect());
    }
    current
}

/// What `current` and `history` frames have in common: all but `busyFiles`.
#[expect(clippy::cast_possible_truncation, reason = "whole seconds are wanted")]
fn frame(inside: &Inside, now_s: f64) -> Value {
    let machine = &inside.machine;
    let heaters = &machine.heaters;
    json!({
        "state": view::state(inside),
        "job": view::job(inside),
        "currentZ": machine.current_z(),
        "progress": view::progress(inside),
        "offsets": {},
        "resends": {"count": 0, "transmitted": 0, "ratio": 0},
        "serverTime": now_s,
        "temps": [{
            "time": now_s as i64,
            "tool0": view::bare_heater(heaters.nozzle),
            "bed": view::bare_heater(heaters.bed),
            "chamber": {"actual": null, "target": null},
        }],
        "markings": [],
        "logs": [],
        "messages": [],
    })
}
