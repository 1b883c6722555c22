//! What an OctoPrint says on its own push socket, written down while a test goes on.
//!
//! A listener that has lost its socket, or whose session no longer counts, answers nothing but
//! failures: silence from it is never taken for silence of OctoPrint.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fluxprint_clock::SystemClock;
use fluxprint_sim::octoprint::{Config, VirtualOctoPrint};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A wait for an event ends with a failure after this long: the real one is slow on a busy machine.
const EVENT_WITHIN: Duration = Duration::from_secs(120);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An OctoPrint and the key that opens it.
struct Door {
    client: Client,
    url: String,
    key: String,
}

/// A listener at the push socket.
pub struct Push {
    door: Door,
    heard: watch::Receiver<Vec<Value>>,
    waited: usize,
    taken: usize,
}

impl Push {
    /// Opens the socket, authenticates, and returns once events flow.
    pub async fn open(url: &str, key: &str) -> Result<Self> {
        let door = Door::of(url, key)?;
        let (user, session) = door.log_in().await?;
        let socket = async {
            let mut socket = door.authenticate(&user, &session).await?;
            // Only who has authenticated gets a history.
            while next(&mut socket).await?.get("history").is_none() {}
            anyhow::Ok(socket)
        };
        let socket = timeout(EVENT_WITHIN, socket).await.context("no history")?;
        let (tell, heard) = watch::channel(Vec::new());
        tokio::spawn(write_down(socket?, tell));
        Ok(Self {
            door,
            heard,
            waited: 0,
            taken: 0,
        })
    }

    /// The first frame after the greeting for a session of the caller's choice.
    pub async fn first_answer(url: &str, key: &str, session: &str) -> Result<Value> {
        let door = Door::of(url, key)?;
        let (user, _) = door.log_in().await?;
        frame(&mut door.authenticate(&user, session).await?).await
    }

    /// Waits until every one of `wanted` was heard since the last wait ended, in any order. A
    /// wanted word is an event's type, a type and a file's name, or the `state_id` of a
    /// `PrinterStateChanged`.
    pub async fn wait_for(&mut self, wanted: &[&str]) -> Result<()> {
        let mut missing: Vec<&str> = wanted.to_vec();
        let mut at = self.waited;
        let all = self.heard.wait_for(|events| {
            while let Some(event) = events.get(at).filter(|_| !missing.is_empty()) {
                at += 1;
                if let Some(found) = missing.iter().position(|word| is(event, word)) {
                    missing.remove(found);
                }
            }
            missing.is_empty()
        });
        let waited = timeout(EVENT_WITHIN, all).await.map(|all| all.is_ok());
        match waited {
            Ok(true) => self.waited = at,
            Ok(false) => anyhow::bail!("the push socket ended before it told {missing:?}"),
            Err(_) => anyhow::bail!("waited in vain for {missing:?}"),
        }
        Ok(())
    }

    /// Waits until all that OctoPrint has said so far is heard: a file of this name is stored, and
    /// the word of that comes last.
    pub async fn catch_up(&mut self, name: &str) -> Result<()> {
        self.door.store(name).await?;
        self.wait_for(&[&format!("Upload {name}")]).await
    }

    /// Fails unless the socket is open and the session counts.
    pub fn still_listens(&self) -> Result<()> {
        let open = self.heard.has_changed().is_ok();
        ensure!(open, "the push socket ended while we listened");
        Ok(())
    }

    /// Everything heard since this was last asked.
    pub fn take(&mut self) -> Result<Vec<Value>> {
        self.still_listens()?;
        let events = self.untaken();
        self.taken += events.len();
        self.waited = self.taken;
        Ok(events)
    }

    /// Everything that an OctoPrint which was killed said before its death.
    pub async fn last_words(mut self) -> Result<Vec<Value>> {
        let end = timeout(EVENT_WITHIN, self.heard.wait_for(|_| false));
        let ended = end.await.is_ok();
        ensure!(ended, "the push socket outlives its OctoPrint");
        Ok(self.untaken())
    }

    fn untaken(&self) -> Vec<Value> {
        self.heard
            .borrow()
            .get(self.taken..)
            .unwrap_or_default()
            .to_vec()
    }
}

/// The paths of the files that events of this kind name, in order.
pub fn paths_in(events: &[Value], kind: &str) -> Vec<String> {
    let told = events.iter().filter(|event| event["type"] == kind);
    told.map(|event| event["payload"]["path"].as_str().unwrap_or("?").to_owned())
        .collect()
}

impl Door {
    fn of(url: &str, key: &str) -> Result<Self> {
        Ok(Self {
            client: Client::builder().no_proxy().build()?,
            url: url.to_owned(),
            key: key.to_owned(),
        })
    }

    /// User and session of a passive login.
    async fn log_in(&self) -> Result<(String, String)> {
        let login = self.client.post(format!("{}/api/login", self.url));
        let login = login
            .header("X-Api-Key", &self.key)
            .json(&json!({"passive": true}));
        let login: Value = login.send().await?.error_for_status()?.json().await?;
        let word = |key: &str| login[key].as_str().map(str::to_owned);
        word("name").zip(word("session")).context("no session")
    }

    /// A socket that was greeted and has named its session.
    async fn authenticate(&self, user: &str, session: &str) -> Result<Socket> {
        let address = self.url.replacen("http", "ws", 1) + "/sockjs/websocket";
        let (mut socket, _) = connect_async(address).await?;
        let greeting = frame(&mut socket).await?;
        ensure!(greeting.get("connected").is_some(), "greeted by {greeting}");
        let subscribe = json!({"subscribe": {"state": true, "events": true, "plugins": []}});
        for message in [subscribe, json!({"auth": format!("{user}:{session}")})] {
            socket.send(Message::text(message.to_string())).await?;
        }
        Ok(socket)
    }

    async fn store(&self, name: &str) -> Result<()> {
        let file = Part::text("; nothing\n").file_name(name.to_owned());
        let upload = self.client.post(format!("{}/api/files/local", self.url));
        let upload = upload
            .header("X-Api-Key", &self.key)
            .multipart(Form::new().part("file", file));
        upload.send().await?.error_for_status()?;
        Ok(())
    }
}

/// Writes events down as long as they come and somebody wants them. After its end no listener can
/// wait for more.
async fn write_down(mut socket: Socket, tell: watch::Sender<Vec<Value>>) {
    loop {
        let frame = tokio::select! {
            frame = next(&mut socket) => frame,
            () = tell.closed() => return,
        };
        match frame {
            Ok(mut frame) => {
                if let Some(event) = frame.get_mut("event").map(Value::take) {
                    tell.send_modify(|events| events.push(event));
                }
            }
            Err(why) => return println!("the push socket ended: {why:#}"),
        }
    }
}

/// The next frame of a session that counts.
async fn next(socket: &mut Socket) -> Result<Value> {
    let frame = frame(socket).await?;
    let refused = frame.get("reauthRequired");
    ensure!(refused.is_none(), "the session was refused: {frame}");
    Ok(frame)
}

async fn frame(socket: &mut Socket) -> Result<Value> {
    loop {
        let message = socket.next().await.context("the socket closed")??;
        if let Message::Text(text) = message {
            return serde_json::from_str(&text).context("a frame that is not JSON");
        }
    }
}

fn is(event: &Value, word: &str) -> bool {
    let payload = &event["payload"];
    let named = |(kind, name): (&str, &str)| event["type"] == kind && payload["name"] == name;
    event["type"] == word || payload["state_id"] == word || word.split_once(' ').is_some_and(named)
}

#[tokio::test]
async fn a_listener_that_has_lost_its_octoprint_answers_only_failures() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::TempDir::new().unwrap();
    let config = Config::new(dir.path(), "key", Arc::new(SystemClock::new()));
    let octoprint = VirtualOctoPrint::start(config).unwrap();
    let mut push = Push::open(&octoprint.url(), "key").await.unwrap();
    push.catch_up("a.gcode").await.unwrap();
    assert_eq!(paths_in(&push.take().unwrap(), "Upload"), ["a.gcode"]);
    assert!(Push::open(&octoprint.url(), "another key").await.is_err());
    octoprint.stop();
    assert!(push.wait_for(&["PrintDone"]).await.is_err());
    assert!(push.still_listens().is_err());
    assert!(push.take().is_err());
    assert!(push.last_words().await.unwrap().is_empty());
}
