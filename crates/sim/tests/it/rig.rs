//! A virtual OctoPrint on a fake clock, and a caller.

use std::sync::Arc;
use std::time::Duration;

use fluxprint_sim::FakeClock;
use fluxprint_sim::octoprint::machine::State;
use fluxprint_sim::octoprint::{Config, Running, VirtualOctoPrint};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub const KEY: &str = "0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F";
/// A frame that does not come within this time never comes.
const FRAME_WITHIN: Duration = Duration::from_secs(10);

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub struct Rig {
    pub clock: Arc<FakeClock>,
    pub octoprint: Running,
    pub client: Client,
    config: Config,
    _dir: TempDir,
}

impl Rig {
    /// A healthy one, connected to its printer.
    pub fn start() -> Self {
        // Installed once per process; a second time is refused, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = TempDir::new().unwrap();
        let clock = Arc::new(FakeClock::new(1));
        let mut config = Config::new(dir.path(), KEY, clock.clone());
        let octoprint = VirtualOctoPrint::start(config.clone()).unwrap();
        config.port = octoprint.addr().port();
        let client = Client::builder().no_proxy().build().unwrap();
        let rig = Self {
            clock,
            octoprint,
            client,
            config,
            _dir: dir,
        };
        rig.clock.advance_s(1);
        assert_eq!(rig.state(), State::Operational);
        rig
    }

    /// Dies without a word and starts again on the same folder and port.
    pub fn restart(self) -> Self {
        let Self {
            clock,
            octoprint,
            config,
            _dir,
            ..
        } = self;
        octoprint.stop();
        let octoprint = VirtualOctoPrint::start(config.clone()).unwrap();
        clock.advance_s(1);
        // Connections that a client kept are gone.
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            clock,
            octoprint,
            client,
            config,
            _dir,
        }
    }

    pub fn state(&self) -> State {
        self.octoprint.look(|machine| machine.state())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.octoprint.url()))
            .header("X-Api-Key", KEY)
    }

    pub async fn get(&self, path: &str) -> Value {
        self.request(Method::GET, path)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> reqwest::Result<Response> {
        self.request(Method::POST, path).json(&body).send().await
    }

    pub async fn upload(&self, path: &str, gcode: &str, fields: &[(&str, &str)]) -> Response {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut form = Form::new().part(
            "file",
            Part::text(gcode.to_owned()).file_name(name.to_owned()),
        );
        if !folder.is_empty() {
            form = form.text("path", folder.to_owned());
        }
        for (field, value) in fields {
            form = form.text((*field).to_owned(), (*value).to_owned());
        }
        self.request(Method::POST, "/api/files/local")
            .multipart(form)
            .send()
            .await
            .unwrap()
    }

    /// Uploads a file and starts it.
    pub async fn print(&self, path: &str, gcode: &str) -> reqwest::Result<Response> {
        assert_eq!(self.upload(path, gcode, &[]).await.status(), 201);
        self.post(
            &format!("/api/files/local/{path}"),
            json!({"command": "select", "print": true}),
        )
        .await
    }

    /// A socket that has authenticated and heard its `history`.
    pub async fn push(&self) -> Socket {
        let login = self
            .post("/api/login", json!({"passive": true}))
            .await
            .unwrap();
        let login: Value = login.json().await.unwrap();
        let credentials = format!("admin:{}", login["session"].as_str().unwrap());
        let mut socket = connect(&self.octoprint.url()).await;
        assert!(next(&mut socket).await.get("connected").is_some());
        send(&mut socket, json!({"auth": credentials})).await;
        socket
    }
}

/// A print paced by dwells of 0.1 s, with a layer change now and then.
pub fn dwelling(tenths: usize) -> String {
    let mut gcode = "G28\nG1 Z0.2 F6000\n".to_owned();
    gcode.push_str(&"G4 P100\n".repeat(tenths));
    gcode.push_str("G1 X5 Z0.4 E1\n");
    gcode
}

pub async fn connect(url: &str) -> Socket {
    let address = url.replacen("http", "ws", 1) + "/sockjs/websocket";
    connect_async(address).await.unwrap().0
}

pub async fn send(socket: &mut Socket, message: Value) {
    socket
        .send(Message::text(message.to_string()))
        .await
        .unwrap();
}

/// The next frame.
pub async fn next(socket: &mut Socket) -> Value {
    let frame = tokio::time::timeout(FRAME_WITHIN, socket.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    serde_json::from_str(frame.to_text().unwrap()).unwrap()
}

/// Reads frames until one satisfies `wanted`.
pub async fn until(socket: &mut Socket, wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let frame = next(socket).await;
        if wanted(&frame) {
            return frame;
        }
    }
}
