//! Looking through cameras: a played bridge on the second socket, viewers over real connections.

use crate::rig::Rig;
use fluxprint_domain::id::{BridgeId, OrganisationId, PrinterId, SessionId};
use fluxprint_domain::role::Role;
use fluxprint_link::camera::{CameraOrder, CameraWord, FrameHead, Trouble};
use fluxprint_service::hub::Entrance;
use fluxprint_sim::camera::{Knobs, picture};
use fluxprint_tokens::Grant;
use futures_util::{FutureExt, SinkExt, StreamExt};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts the HTTP side on a port.
async fn serve(rig: &Rig) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(fluxprint_http::serve(
        listener,
        rig.router.clone(),
        rig.service.stopping.clone(),
    ));
    addr
}

async fn dial(addr: SocketAddr, path: &str, token: &str) -> Result<Socket, Error> {
    let mut request = format!("ws://{addr}{path}").into_client_request().unwrap();
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    connect_async(request).await.map(|(socket, _)| socket)
}

/// A JPEG that says whose it is.
fn jpeg(mark: &str, number: u64) -> Vec<u8> {
    let knobs = Knobs {
        width_px: 64,
        height_px: 48,
        mark: mark.to_owned(),
        ..Knobs::default()
    };
    picture(&knobs, number)
}

fn says(jpeg: &[u8], mark: &str) -> bool {
    jpeg.windows(mark.len()).any(|part| part == mark.as_bytes())
}

/// A bridge with a session and a second socket.
struct PlayedBridge {
    addr: SocketAddr,
    token: String,
    org: OrganisationId,
    bridge: BridgeId,
    printer: PrinterId,
    session: SessionId,
    entrance: Entrance,
    socket: Socket,
    seq: u64,
}

impl PlayedBridge {
    async fn start(rig: &Rig, addr: SocketAddr) -> Self {
        let (bridge, token) = rig.bridge().await;
        let printer = rig.printer_at(bridge, true).await;
        let (session, entrance) = session(rig, rig.org, bridge, printer);
        let socket = dial(addr, "/v1/bridge/camera", &token).await.unwrap();
        let mut played = Self {
            addr,
            token,
            org: rig.org,
            bridge,
            printer,
            session,
            entrance,
            socket,
            seq: 0,
        };
        played.announce().await;
        played
    }

    async fn announce(&mut self) {
        let word = CameraWord::Cameras {
            session: self.session,
            names: vec!["mk4-07".to_owned(), "of nobody".to_owned()],
        };
        self.say(&word).await;
        let known = self.order().await.unwrap();
        let CameraOrder::Known { printers } = known else {
            panic!("{known:?}");
        };
        let ids: Vec<PrinterId> = printers.iter().map(|named| named.id).collect();
        assert_eq!(ids, [self.printer]);
    }

    /// Closes the second socket, or leaves it half dead, and comes back.
    async fn come_back(&mut self, rig: &Rig, other_session: bool) {
        if other_session {
            let (session, entrance) = session(rig, self.org, self.bridge, self.printer);
            (self.session, self.entrance) = (session, entrance);
        }
        self.socket = dial(self.addr, "/v1/bridge/camera", &self.token)
            .await
            .unwrap();
        self.announce().await;
    }

    async fn say(&mut self, word: &CameraWord) {
        let text = serde_json::to_string(word).unwrap();
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next order; `None` when the service has closed.
    async fn order(&mut self) -> Option<CameraOrder> {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.unwrap() {
                Some(Ok(Message::Text(text))) => return CameraOrder::read(&text).ok(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }

    /// The next order that is no acknowledgement.
    async fn asked(&mut self) -> Option<CameraOrder> {
        loop {
            match self.order().await {
                Some(CameraOrder::Taken { .. }) => {}
                order => return order,
            }
        }
    }

    async fn send_of(&mut self, printer: PrinterId, jpeg: &[u8]) {
        self.seq += 1;
        let head = FrameHead {
            printer,
            seq: self.seq,
            at_us: 0,
        };
        let message = [&head.write()[..], jpeg].concat();
        self.socket.send(Message::binary(message)).await.unwrap();
    }

    /// Sends a picture and waits until it was taken.
    async fn send(&mut self, jpeg: &[u8]) {
        self.send_of(self.printer, jpeg).await;
        while !matches!(self.order().await.unwrap(), CameraOrder::Taken { .. }) {}
    }
}

fn session(
    rig: &Rig,
    org: OrganisationId,
    bridge: BridgeId,
    printer: PrinterId,
) -> (SessionId, Entrance) {
    let session = rig.id();
    let entrance = rig.service.hub.enter(org, bridge, session, [printer]);
    rig.service.hub.reconciled(bridge, session);
    (session, entrance)
}

fn stranger(rig: &Rig) -> String {
    let mut grant: Grant = rig.grant(Role::Owner);
    grant.org = rig.id();
    rig.mint(&grant)
}

/// The next picture of a viewer's socket; `None` at its end.
async fn seen(viewer: &mut Socket) -> Option<Vec<u8>> {
    loop {
        match timeout(PATIENCE, viewer.next()).await.unwrap() {
            Some(Ok(Message::Binary(jpeg))) => return Some(jpeg.to_vec()),
            Some(Ok(_)) => {}
            _ => return None,
        }
    }
}

async fn view(played: &PlayedBridge, token: &str, fps: u8) -> Socket {
    let path = format!("/v1/printers/{}/camera?fps={fps}", played.printer);
    dial(played.addr, &path, token).await.unwrap()
}

fn start(printer: PrinterId, fps: u8) -> CameraOrder {
    CameraOrder::Start { printer, fps }
}

#[tokio::test]
async fn ten_viewers_are_one_order_to_the_bridge_and_the_last_one_to_leave_ends_it() {
    let rig = Rig::new().await;
    let addr = serve(&rig).await;
    let mut played = PlayedBridge::start(&rig, addr).await;
    let token = rig.token(Role::Viewer);
    let mut viewers = vec![view(&played, &token, 4).await];
    assert_eq!(played.asked().await, Some(start(played.printer, 4)));
    for _ in 1..10 {
        viewers.push(view(&played, &token, 4).await);
    }
    played.send(&jpeg("one", 1)).await;
    for viewer in &mut viewers {
        assert!(says(&seen(viewer).await.unwrap(), "one"));
    }
    let mut fast = view(&played, &token, 10).await;
    let faster = played.asked().await;
    assert_eq!(
        faster,
        Some(start(played.printer, 10)),
        "nothing in between"
    );
    assert!(seen(&mut fast).await.is_some(), "what the others see");
    drop((fast, viewers));
    assert_eq!(played.asked().await, Some(start(played.printer, 4)));
    rig.clock.advance_s(4);
    let stop = CameraOrder::Stop {
        printer: played.printer,
    };
    assert_eq!(played.asked().await, Some(stop));
    assert_eq!(rig.service.cameras.viewers(), 0);
}

#[tokio::test]
async fn a_single_picture_is_asked_for_once_and_shown_to_all_who_wait_for_it() {
    let rig = Rig::new().await;
    let addr = serve(&rig).await;
    let mut played = PlayedBridge::start(&rig, addr).await;
    let call = format!("GET /v1/printers/{}/camera/snapshot", played.printer);
    let wanted = async { tokio::join!(rig.by(Role::Viewer, &call), rig.by(Role::Owner, &call)) };
    let given = async {
        let snapshot = CameraOrder::Snapshot {
            printer: played.printer,
        };
        assert_eq!(played.asked().await, Some(snapshot));
        while rig.service.cameras.viewers() < 2 {
            tokio::task::yield_now().await;
        }
        played.send(&jpeg("still", 1)).await;
    };
    let ((one, two), ()) = tokio::join!(wanted, given);
    for answer in [one, two] {
        assert_eq!(answer.headers["content-type"], "image/jpeg");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.bytes, jpeg("still", 1));
    }
}

#[tokio::test]
async fn the_stream_is_mjpeg_that_ends_with_its_token() {
    let rig = Rig::new().await;
    let addr = serve(&rig).await;
    let mut played = PlayedBridge::start(&rig, addr).await;
    let token = rig.token(Role::Viewer);
    let mut caller = TcpStream::connect(addr).await.unwrap();
    let request = format!(
        "GET /v1/printers/{}/camera/stream?fps=10 HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n",
        played.printer
    );
    caller.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(played.asked().await, Some(start(played.printer, 10)));
    let mut bytes = Vec::new();
    for number in 1..=2 {
        let picture = jpeg("of the stream", number);
        played.send(&picture).await;
        let whole = |bytes: &[u8]| bytes.windows(picture.len()).any(|part| part == picture);
        while !whole(&bytes) {
            let read = timeout(PATIENCE, caller.read_buf(&mut bytes)).await;
            assert_ne!(read.unwrap().unwrap(), 0);
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("multipart/x-mixed-replace; boundary=frame"));
    assert!(text.contains("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: "));
    rig.clock.advance_s(130);
    let ended = timeout(PATIENCE, caller.read_to_end(&mut bytes)).await;
    assert!(ended.unwrap().is_ok());
    assert_eq!(rig.service.cameras.viewers(), 0);
}

/// Whatever was said to the service before has been heard: it answers in turn.
async fn heard_out(viewer: &mut Socket) {
    let ping = Message::Ping(b"heard?".as_slice().into());
    viewer.send(ping).await.unwrap();
    loop {
        let next = timeout(PATIENCE, viewer.next()).await.unwrap();
        if let Message::Pong(said) = next.unwrap().unwrap()
            && said.as_ref() == b"heard?"
        {
            return;
        }
    }
}

#[tokio::test]
async fn a_viewer_with_a_newer_token_goes_on_and_one_without_ends() {
    let rig = Rig::new().await;
    let addr = serve(&rig).await;
    let mut played = PlayedBridge::start(&rig, addr).await;
    let mut renewing = view(&played, &rig.token(Role::Viewer), 10).await;
    let mut forgetful = view(&played, &rig.token(Role::Editor), 10).await;
    // Whoever is silent for a minute is gone: both answer in between.
    for _ in 0..2 {
        rig.clock.advance_s(50);
        heard_out(&mut renewing).await;
        heard_out(&mut forgetful).await;
    }
    let newer = serde_json::json!({ "token": rig.token(Role::Viewer) });
    renewing
        .send(Message::text(newer.to_string()))
        .await
        .unwrap();
    heard_out(&mut renewing).await;
    rig.clock.advance_s(30);
    played.send(&jpeg("later", 1)).await;
    assert!(says(&seen(&mut renewing).await.unwrap(), "later"));
    while seen(&mut forgetful).await.is_some() {}
}

#[tokio::test]
async fn trouble_is_told_in_words_and_a_camera_that_is_not_there_too() {
    let rig = Rig::new().await;
    let addr = serve(&rig).await;
    let mut played = PlayedBridge::start(&rig, addr).await;
    let printer = played.printer;
    let call = format!("GET /v1/printers/{printer}/camera/snapshot");
    let asked = async {
        played.asked().await;
        let trouble = Trouble::NotACamera;
        played.say(&CameraWord::Trouble { printer, trouble }).await;
    };
    let (answer, ()) = tokio::join!(rig.by(Role::Viewer, &call), asked);
    assert_eq!(answer.status.as_u16(), 502);
    assert_eq!(answer.code(), "PRINTING_CAMERA_STREAM_ERROR");
    let page = format!("GET /v1/printers/{printer}");
    let shown = rig.by(Role::Viewer, &page).await.ok();
    assert_eq!(shown["camera"], true);
    played.socket.close(None).await.unwrap();
    while rig.service.cameras.has(rig.org, printer) {
        tokio::task::yield_now().await;
    }
    let answer = rig.by(Role::Viewer, &call).await;
    assert_eq!(answer.status.as_u16(), 503);
    assert_eq!(answer.code(), "PRINTING_CAMERA_UNAVAILABLE");
    let shown = rig.by(Role::Viewer, &page).await.ok();
    assert_eq!(shown["camera"], false);
}

#[tokio::test]
async fn s_05_another_organisation_does_not_learn_that_there_is_a_camera() {
    let rig = Rig::new().await;
    let addr = serve(&rig).await;
    let played = PlayedBridge::start(&rig, addr).await;
    let nobody = rig.id::<fluxprint_domain::id::Printer>();
    let stranger = stranger(&rig);
    for path in ["snapshot", "stream"] {
        let theirs = format!("GET /v1/printers/{}/camera/{path}", played.printer);
        let none = format!("GET /v1/printers/{nobody}/camera/{path}");
        for call in [theirs, none] {
            let answer = rig.call(&call, &stranger).await;
            assert_eq!(answer.code(), "PRINTER_NOT_FOUND", "{call}");
        }
    }
    let path = format!("/v1/printers/{}/camera", played.printer);
    for (token, status) in [(stranger.as_str(), 404), ("", 401)] {
        let refused = dial(addr, &path, token).await.err();
        let Some(Error::Http(answer)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(answer.status().as_u16(), status);
    }
}

#[tokio::test]
async fn a_bridge_that_sends_pictures_of_a_strange_printer_is_closed_and_nobody_sees_them() {
    let rig = Rig::new().await;
    let addr = serve(&rig).await;
    let mut victim = PlayedBridge::start(&rig, addr).await;
    // Of the same organisation, with a printer of its own.
    let mut rogue = PlayedBridge::start(&rig, addr).await;
    let token = rig.token(Role::Viewer);
    let mut viewer = view(&victim, &token, 10).await;
    victim.asked().await;
    rogue.send_of(victim.printer, &jpeg("forged", 1)).await;
    assert_eq!(rogue.order().await, None, "it is closed");
    victim.send(&jpeg("true", 2)).await;
    assert!(says(&seen(&mut viewer).await.unwrap(), "true"));
}

#[tokio::test]
async fn what_is_no_picture_closes_the_socket() {
    let rig = Rig::new().await;
    let addr = serve(&rig).await;
    let mut played = PlayedBridge::start(&rig, addr).await;
    let page = b"<script>alert(1)</script>".repeat(4);
    let huge = Knobs {
        width_px: 4_104,
        height_px: 8,
        ..Knobs::default()
    };
    for bad in [page, picture(&huge, 1)] {
        played.send_of(played.printer, &bad).await;
        assert_eq!(played.order().await, None);
        played.come_back(&rig, false).await;
    }
}

#[tokio::test]
async fn only_whoever_knows_the_session_gets_a_second_socket_and_it_ends_with_the_session() {
    let rig = Rig::new().await;
    let addr = serve(&rig).await;
    let mut played = PlayedBridge::start(&rig, addr).await;
    let mut thief = dial(addr, "/v1/bridge/camera", &played.token)
        .await
        .unwrap();
    let word = CameraWord::Cameras {
        session: rig.id(),
        names: vec!["mk4-07".to_owned()],
    };
    let text = serde_json::to_string(&word).unwrap();
    thief.send(Message::text(text)).await.unwrap();
    let closed = timeout(PATIENCE, thief.next()).await.unwrap();
    assert!(
        matches!(closed, Some(Ok(Message::Close(Some(close)))) if u16::from(close.code) == 4409)
    );
    rig.service.hub.close(played.bridge);
    assert_eq!(played.asked().await, None, "revoked there is revoked here");
    assert!(played.entrance.closed.is_cancelled());
}

/// A wall that holds while everybody comes and goes in whatever order (I-03).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s_09_a_thousand_shuffled_reconnects_show_nobody_a_strange_picture() {
    let mut rig = Rig::new().await;
    let addr = serve(&rig).await;
    let mut worlds = Vec::new();
    for _ in 0..2 {
        rig.org = rig.id();
        let played = PlayedBridge::start(&rig, addr).await;
        let token = rig.token(Role::Owner);
        let viewer = view(&played, &token, 10).await;
        worlds.push((played, token, viewer));
    }
    let mut chance = 0x2545_F491_4F6C_DD1D_u64;
    for reconnect in 1..=1_000 {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let which = usize::from(chance & 1 == 0);
        let (played, token, viewer) = &mut worlds[which];
        match (chance >> 8) % 4 {
            0 => played.come_back(&rig, false).await,
            1 => played.come_back(&rig, true).await,
            2 => {
                let _ = played.socket.close(None).await;
                played.come_back(&rig, false).await;
            }
            // Only the viewer comes back.
            _ => {}
        }
        while let Some(Some(Ok(late))) = viewer.next().now_or_never() {
            let own = !late.is_binary() || says(&late.into_data(), &mark(which));
            assert!(own, "late, before {reconnect}");
        }
        *viewer = view(played, token, 10).await;
        // Both send at the same moment.
        for (n, (played, ..)) in worlds.iter_mut().enumerate() {
            let picture = jpeg(&mark(n), reconnect);
            played.send_of(played.printer, &picture).await;
        }
        let (_, _, viewer) = &mut worlds[which];
        let picture = seen(viewer).await.unwrap();
        assert!(says(&picture, &mark(which)), "after {reconnect}");
        assert!(!says(&picture, &mark(1 - which)), "after {reconnect}");
    }
}

fn mark(world: usize) -> String {
    format!("the camera of world {world}")
}
