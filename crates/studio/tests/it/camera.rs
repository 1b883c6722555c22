//! Cameras through the studio: the same pictures whether the service is in this process or another,
//! and none for whoever may look no more.

use crate::rig::{Engine, Rig, Seat, settings};
use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fluxprint_domain::Clock;
use fluxprint_domain::role::Role;
use fluxprint_studio::Gateway;
use futures_util::StreamExt;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};
use tower::ServiceExt;

const PRINTER: &str = "prn_0192f0c1a4b37e0c8d1f2a3b4c5d6e7f";
const OTHER: &str = "prn_00000000000000000000000000000000";
const JPEG: &[u8] = b"\xFF\xD8 as good as a JPEG \xFF\xD9";
const PATIENCE: Duration = Duration::from_secs(20);

/// A print service with one camera.
#[derive(Clone, Default)]
struct Cameras {
    /// Who looks at the moment.
    viewers: Arc<AtomicUsize>,
    tokens: Arc<AtomicUsize>,
    wished: Arc<Mutex<Vec<String>>>,
    /// The camera gives no picture.
    dark: bool,
}

impl Cameras {
    fn router(&self) -> Router {
        Router::new()
            .route("/v1/printers/{printer}/camera", get(watch))
            .route("/v1/printers/{printer}/camera/snapshot", get(snapshot))
            .with_state(self.clone())
    }

    fn viewers(&self) -> usize {
        self.viewers.load(Ordering::SeqCst)
    }

    async fn until_viewers(&self, count: usize) {
        let wait = async {
            while self.viewers() != count {
                tokio::task::yield_now().await;
            }
        };
        assert!(timeout(PATIENCE, wait).await.is_ok(), "{}", self.viewers());
    }
}

fn refused(status: StatusCode, code: &str) -> Response {
    let problem = json!({ "code": code, "detail": "It does not go.", "remedy": "Wait." });
    let kind = [("content-type", "application/problem+json")];
    (status, kind, problem.to_string()).into_response()
}

async fn snapshot(State(cameras): State<Cameras>, Path(printer): Path<String>) -> Response {
    if printer != PRINTER {
        return refused(StatusCode::NOT_FOUND, "PRINTER_NOT_FOUND");
    }
    if cameras.dark {
        return refused(StatusCode::BAD_GATEWAY, "PRINTING_CAMERA_STREAM_ERROR");
    }
    ([("content-type", "image/jpeg")], JPEG).into_response()
}

async fn watch(
    State(cameras): State<Cameras>,
    Path(printer): Path<String>,
    RawQuery(query): RawQuery,
    socket: WebSocketUpgrade,
) -> Response {
    if printer != PRINTER {
        return refused(StatusCode::NOT_FOUND, "PRINTER_NOT_FOUND");
    }
    cameras.wished.lock().unwrap().extend(query);
    socket.on_upgrade(async move |socket| show(cameras, socket).await)
}

async fn show(cameras: Cameras, mut socket: WebSocket) {
    cameras.viewers.fetch_add(1, Ordering::SeqCst);
    let mut due = tokio::time::interval(Duration::from_millis(50));
    loop {
        tokio::select! {
            _ = due.tick() => {
                let message = if cameras.dark {
                    let trouble = json!({ "type": "trouble", "code": "PRINTING_CAMERA_STREAM_ERROR",
                        "detail": "The camera has stopped.", "remedy": "Start it." });
                    Message::Text(trouble.to_string().into())
                } else {
                    Message::Binary(JPEG.into())
                };
                if socket.send(message).await.is_err() { break }
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => {
                    assert!(text.as_str().contains("\"token\""));
                    cameras.tokens.fetch_add(1, Ordering::SeqCst);
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => break,
            },
        }
    }
    cameras.viewers.fetch_sub(1, Ordering::SeqCst);
}

async fn inside(cameras: &Cameras) -> Rig {
    Rig::with(Engine::Sqlite, settings(), cameras.router()).await
}

async fn outside(cameras: &Cameras) -> Rig {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = cameras.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let way = move |minter, clock| Gateway::outside(base.parse().unwrap(), minter, clock).unwrap();
    Rig::before(Engine::Sqlite, settings(), Box::new(way)).await
}

fn address(printer: &str, what: &str) -> String {
    format!("GET /api/print/printers/{printer}/camera/{what}")
}

/// A stream as a page gets it.
struct Stream {
    body: BodyDataStream,
    bytes: Vec<u8>,
}

impl Stream {
    async fn open(rig: &Rig, seat: &Seat) -> Self {
        let request = rig.request(&address(PRINTER, "stream?fps=7"), seat);
        let request = request.body(Body::empty()).unwrap();
        let answer = rig.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let kind = &answer.headers()["content-type"];
        assert_eq!(kind, "multipart/x-mixed-replace; boundary=frame");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        Self {
            body: answer.into_body().into_data_stream(),
            bytes: Vec::new(),
        }
    }

    /// Reads until so many whole pictures have come.
    async fn pictures(&mut self, count: usize) {
        while self.seen() < count {
            let next = timeout(PATIENCE, self.body.next()).await.unwrap();
            self.bytes.extend(next.unwrap().unwrap());
        }
    }

    fn seen(&self) -> usize {
        let whole = |part: &&[u8]| *part == JPEG;
        self.bytes.windows(JPEG.len()).filter(whole).count()
    }

    /// Reads until the end; how long that took.
    async fn ended(mut self) -> Duration {
        let began = Instant::now();
        let end = async { while self.body.next().await.is_some() {} };
        assert!(timeout(PATIENCE, end).await.is_ok(), "it goes on");
        began.elapsed()
    }
}

#[tokio::test]
async fn pictures_come_through_both_ways_to_the_service() {
    for way in 0..2 {
        let cameras = Cameras::default();
        let rig = match way {
            0 => inside(&cameras).await,
            _ => outside(&cameras).await,
        };
        let seat = rig.seat(Role::Viewer).await;
        let mut stream = Stream::open(&rig, &seat).await;
        stream.pictures(3).await;
        let text = String::from_utf8_lossy(&stream.bytes).into_owned();
        assert!(text.starts_with("--frame\r\nContent-Type: image/jpeg\r\n"));
        assert_eq!(*cameras.wished.lock().unwrap(), ["fps=7"]);
        let still = rig.call(&address(PRINTER, "snapshot"), &seat).await;
        assert_eq!(still.headers["content-type"], "image/jpeg");
        assert_eq!(still.bytes, JPEG);
        drop(stream);
        cameras.until_viewers(0).await;
    }
}

#[tokio::test]
async fn f_32_whoever_may_look_no_more_sees_nothing_within_two_seconds() {
    let cameras = Cameras::default();
    let rig = inside(&cameras).await;
    let owner = rig.seat(Role::Owner).await;
    for how in ["signs out", "is removed", "is taken out behind our back"] {
        let seat = rig.seat(Role::Viewer).await;
        let mut stream = Stream::open(&rig, &seat).await;
        stream.pictures(1).await;
        match how {
            "signs out" => drop(rig.call("DELETE /api/session", &seat).await.ok()),
            "is removed" => {
                let member = format!("/api/organisations/{}/members/{}", rig.org, seat.person);
                drop(rig.call(&format!("DELETE {member}"), &owner).await.ok());
            }
            _ => {
                // As another process of the studio would: nobody tells this one.
                let sessions = rig.studio.store.sessions();
                let ended = sessions.end(rig.org, seat.person, seat.session, rig.clock.now());
                ended.await.unwrap();
            }
        }
        let took = stream.ended().await;
        assert!(took < Duration::from_secs(2), "{how}: {took:?}");
        cameras.until_viewers(0).await;
    }
}

#[tokio::test]
async fn why_there_is_no_picture_is_told_in_the_services_words() {
    let dark = Cameras {
        dark: true,
        ..Cameras::default()
    };
    for cameras in [Cameras::default(), dark] {
        let rig = outside(&cameras).await;
        let seat = rig.seat(Role::Viewer).await;
        for what in ["stream", "snapshot"] {
            let nobody = rig.call(&address(OTHER, what), &seat).await;
            assert_eq!(
                nobody.problem(),
                (404, "PRINTER_NOT_FOUND".into()),
                "{what}"
            );
            if cameras.dark {
                let dark = rig.call(&address(PRINTER, what), &seat).await;
                let code = "PRINTING_CAMERA_STREAM_ERROR".to_owned();
                assert_eq!(dark.problem(), (502, code), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn a_person_has_so_many_pictures_open_and_others_have_theirs() {
    let cameras = Cameras::default();
    let rig = inside(&cameras).await;
    let (ada, olu) = (rig.seat(Role::Viewer).await, rig.seat(Role::Viewer).await);
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(Stream::open(&rig, &ada).await);
    }
    let more = rig.call(&address(PRINTER, "stream"), &ada).await;
    assert_eq!(more.problem(), (429, "TOO_MANY_CAMERA_VIEWERS".into()));
    drop(Stream::open(&rig, &olu).await);
    drop(open);
    cameras.until_viewers(0).await;
    Stream::open(&rig, &ada).await.pictures(1).await;
}

#[tokio::test]
async fn f_23_a_page_that_takes_nothing_holds_nothing_up_and_gets_the_newest() {
    let cameras = Cameras::default();
    let rig = inside(&cameras).await;
    let seat = rig.seat(Role::Viewer).await;
    let slow = Stream::open(&rig, &seat).await;
    let mut fast = Stream::open(&rig, &seat).await;
    fast.pictures(10).await;
    assert_eq!(cameras.viewers(), 2, "the slow one may still come round");
    let took = timeout(PATIENCE, cameras.until_viewers(1)).await;
    assert!(took.is_ok(), "ten seconds are its bound");
    drop(slow);
}
