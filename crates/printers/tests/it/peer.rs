//! A peer that answers as a test tells it to: for answers that no OctoPrint should ever give.

use futures_util::StreamExt;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `POST /api/job`.
    pub line: String,
    /// The whole head, in lower case.
    pub head: String,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What the peer does with a request.
pub enum Reply {
    Json(u16, Value),
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// A head, and then bytes for as long as anybody reads them.
    Endless,
    /// The end of the connection.
    Cut,
    /// Nothing at all, until the other end gives up.
    Silence,
}

/// What the peer does with the push socket once it is open.
pub type OnPush = Arc<dyn Fn(WebSocketStream<TcpStream>) -> PushTask + Send + Sync>;
/// The running of it.
pub type PushTask = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;
type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A listening peer; ends with the test's runtime.
pub struct Peer {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Peer {
    pub async fn answering(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::with_push(script, None).await
    }

    /// Without `on_push` the push socket is refused as OctoPrint refuses a foreign origin.
    pub async fn with_push(
        script: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
        on_push: Option<OnPush>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(
                    stream,
                    Arc::clone(&script),
                    Arc::clone(&log),
                    on_push.clone(),
                ));
            }
        });
        Self { address, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|a| a.line).collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    script: Arc<Script>,
    log: Arc<Mutex<Vec<Asked>>>,
    on_push: Option<OnPush>,
) {
    let mut start = [0; 64];
    let seen = stream.peek(&mut start).await.unwrap_or(0);
    let is_push = String::from_utf8_lossy(&start[..seen]).contains("/sockjs/websocket");
    if let (true, Some(on_push)) = (is_push, &on_push) {
        if let Some(socket) = upgrade(stream, &log).await {
            on_push(socket).await;
        }
        return;
    }
    let Some(asked) = read(&mut stream).await else {
        return;
    };
    log.lock().unwrap().push(asked.clone());
    if is_push {
        let _ = stream
            .write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            .await;
        return;
    }
    match script(&asked) {
        Reply::Json(status, body) => {
            let body = body.to_string();
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all((head + &body).as_bytes()).await;
        }
        Reply::Raw(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Reply::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n[").await;
            while stream.write_all(&[b' '; 65_536]).await.is_ok() {}
        }
        Reply::Cut => {}
        Reply::Silence => {
            let _ = stream.read(&mut start).await;
        }
    }
}

#[expect(clippy::result_large_err, reason = "the handshake's own type")]
async fn upgrade(
    stream: TcpStream,
    log: &Arc<Mutex<Vec<Asked>>>,
) -> Option<WebSocketStream<TcpStream>> {
    let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let head = format!("{:?}", request.headers()).to_lowercase();
        log.lock().unwrap().push(Asked {
            line: format!("GET {}", request.uri().path()),
            head,
            body: Vec::new(),
        });
        Ok(response)
    };
    tokio_tungstenite::accept_hdr_async(stream, note).await.ok()
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let line = head.lines().next()?.rsplit_once(' ')?.0.to_owned();
    let head = head.to_lowercase();
    let length: usize = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length: "))
        .map_or(0, |l| l.trim().parse().unwrap());
    let mut body = bytes.split_off(end);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Asked { line, head, body })
}

/// What a push socket was told by the driver, up to and with its session.
pub async fn greetings(socket: &mut WebSocketStream<TcpStream>) -> Vec<Value> {
    let mut told = Vec::new();
    while let Some(Ok(message)) = socket.next().await {
        let value: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        let last = value.get("auth").is_some();
        told.push(value);
        if last {
            break;
        }
    }
    told
}

/// A healthy, idle OctoPrint with nothing selected.
pub fn healthy(asked: &Asked) -> Reply {
    let flags = json!({"operational": true, "ready": true});
    let heat =
        json!({"tool0": {"actual": 21.0, "target": 0.0}, "bed": {"actual": 20.0, "target": 0.0}});
    match asked.line.as_str() {
        "GET /api/version" => Reply::Json(200, json!({"server": "1.11.8", "api": "0.1"})),
        "GET /api/currentuser" => Reply::Json(
            200,
            json!({"name": "bridge", "groups": ["users"], "permissions": ["STATUS"]}),
        ),
        "GET /api/connection" => Reply::Json(
            200,
            json!({"current": {"port": "VIRTUAL", "state": "Operational"}}),
        ),
        "GET /api/files" => Reply::Json(200, json!({"files": [], "free": 1_000_000_000})),
        "GET /api/printer" => Reply::Json(
            200,
            json!({"state": {"text": "Operational", "flags": flags}, "temperature": heat}),
        ),
        "GET /api/job" => Reply::Json(
            200,
            json!({"state": "Operational", "job": {"file": {}}, "progress": {}}),
        ),
        "GET /api/settings" => Reply::Json(200, json!({"webcam": {"streamUrl": "/webcam"}})),
        "POST /api/login" => Reply::Json(200, json!({"name": "bridge", "session": "s3ss10n"})),
        line if line.starts_with("GET ") => Reply::Json(404, json!({"error": "not found"})),
        _ => Reply::Raw(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
    }
}
