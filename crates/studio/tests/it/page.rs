//! An open page: the browser's end of `GET /api/live`, over a real socket.

use crate::rig::{Rig, Seat, URL};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async};

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Number of the last message.
    n: u64,
    /// Beats that were heard.
    pub beats: u32,
}

/// What a page heard.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Message(Value),
    /// The end, with the code of its close frame.
    Closed(Option<u16>),
}

/// Serves the rig's studio; gives its address.
pub async fn serve(rig: &Rig) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/api/live", listener.local_addr().unwrap());
    let stopping = rig.studio.stopping.clone();
    tokio::spawn(fluxprint_http::serve(
        listener,
        rig.router.clone(),
        stopping,
    ));
    url
}

impl Page {
    /// A page of ours in the browser of `seat`.
    pub async fn open(url: &str, seat: &Seat) -> Self {
        Self::from(url, &seat.cookie, Some(URL)).await.unwrap()
    }

    /// A page of `origin` in a browser with this cookie; the status when it is refused.
    pub async fn from(url: &str, cookie: &str, origin: Option<&str>) -> Result<Self, u16> {
        Self::through(TcpSocket::new_v4().unwrap(), url, cookie, origin).await
    }

    /// A page of ours on a line that holds next to nothing of what is not read.
    pub async fn on_a_short_line(url: &str, seat: &Seat) -> Self {
        let line = TcpSocket::new_v4().unwrap();
        line.set_recv_buffer_size(4_096).unwrap();
        let page = Self::through(line, url, &seat.cookie, Some(URL));
        page.await.unwrap()
    }

    async fn through(
        line: TcpSocket,
        url: &str,
        cookie: &str,
        origin: Option<&str>,
    ) -> Result<Self, u16> {
        let mut request = url.into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("cookie", cookie.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        let uri = request.uri();
        let addr = format!("{}:{}", uri.host().unwrap(), uri.port_u16().unwrap());
        let stream = line.connect(addr.parse().unwrap()).await.unwrap();
        match client_async(request, MaybeTlsStream::Plain(stream)).await {
            Ok((socket, _)) => Ok(Self {
                socket,
                n: 0,
                beats: 0,
            }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    /// The next message; its number is the next one.
    pub async fn next(&mut self) -> Heard {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .unwrap()
            {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message == json!({ "type": "beat" }) {
                        self.beats += 1;
                        continue;
                    }
                    self.n += 1;
                    assert_eq!(message["n"], self.n, "{message}");
                    return Heard::Message(message);
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map(|frame| frame.code.into()));
                }
                _ => return Heard::Closed(None),
            }
        }
    }

    /// The next message of which this is true; those before it are passed over.
    pub async fn until(&mut self, is: impl Fn(&Value) -> bool) -> Value {
        loop {
            match self.next().await {
                Heard::Message(message) if is(&message) => return message,
                Heard::Message(_) => {}
                Heard::Closed(code) => panic!("closed: {code:?}"),
            }
        }
    }

    /// The next snapshot.
    pub async fn snapshot(&mut self) -> Value {
        self.until(|message| message["type"] == "snapshot").await
    }

    /// The payload of the next event of this name.
    pub async fn event(&mut self, name: &str) -> Value {
        let event = self.until(|message| message["name"] == name).await;
        event["payload"].clone()
    }

    /// The code with which it is closed; what comes before is passed over.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Heard::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Says something; whether it could.
    pub async fn say(&mut self, text: String) -> bool {
        self.socket.send(Message::Text(text.into())).await.is_ok()
    }
}
