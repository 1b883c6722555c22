//! What a script cannot do in a browser, done for it in its world.

use crate::world::World;
use anyhow::{Context, Result, bail};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// Something that happens outside the browser.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
enum Act {
    /// `fluxprint` with these words, and the address of the studio behind them; what it prints.
    Fluxprint { words: Vec<String> },
    /// A program dies as if the power had gone.
    Kill { program: Part },
    /// A dead program is started again.
    Start { program: Part },
    /// What is wrong with the virtual OctoPrint from now on.
    Knobs { knobs: Value },
    /// How often OctoPrint was asked to start a print.
    Starts,
}

/// A program that can die.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Studio,
    Service,
    Bridge,
    Octoprint,
}

type Asked = (Act, oneshot::Sender<Result<Value>>);

/// The address at which a script asks.
pub struct Outside {
    addr: SocketAddr,
    asked: mpsc::Receiver<Asked>,
}

impl Outside {
    /// Listens on this machine.
    pub async fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let (ask, asked) = mpsc::channel(1);
        let routes = Router::new().route("/", post(answer)).with_state(ask);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { addr, asked })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/", self.addr)
    }

    /// Does what is asked for until `end`.
    pub async fn serve<T>(mut self, world: &mut World, end: impl Future<Output = T>) -> T {
        tokio::pin!(end);
        loop {
            tokio::select! {
                ended = &mut end => return ended,
                Some((act, tell)) = self.asked.recv() => {
                    let _ = tell.send(happen(world, act).await);
                }
            }
        }
    }
}

async fn answer(
    State(ask): State<mpsc::Sender<Asked>>,
    Json(act): Json<Act>,
) -> (StatusCode, Json<Value>) {
    let (tell, told) = oneshot::channel();
    let done = async {
        ask.send((act, tell)).await.context("the journey is over")?;
        told.await.context("the journey is over")?
    };
    match done.await {
        Ok(value) => (StatusCode::OK, Json(value)),
        Err(error) => {
            let why = json!({ "error": format!("{error:#}") });
            (StatusCode::INTERNAL_SERVER_ERROR, Json(why))
        }
    }
}

async fn happen(world: &mut World, act: Act) -> Result<Value> {
    match act {
        Act::Fluxprint { words } => {
            let url = world.studio_url();
            let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
            words.extend(["--url", &url]);
            let said = world.fluxprint(&words)?;
            return Ok(json!({ "said": said.trim() }));
        }
        Act::Kill { program } => match program {
            Part::Studio => world.kill_studio(),
            Part::Service => world.kill_service(),
            Part::Bridge => world.kill_bridge(),
            Part::Octoprint => world.kill_octoprint(),
        },
        Act::Start { program } => match program {
            Part::Studio if world.config.split => world.start_studio()?,
            Part::Studio | Part::Service => world.start_service(None)?,
            Part::Bridge => world.start_bridge(None)?,
            Part::Octoprint => world.restart_octoprint()?,
        },
        Act::Knobs { knobs } => {
            let url = format!("{}/sim/knobs", world.octoprint.url());
            let answer = reqwest::Client::new().put(url).json(&knobs).send().await?;
            if !answer.status().is_success() {
                bail!("the printer did not take {knobs}: {}", answer.status());
            }
        }
        Act::Starts => return Ok(json!({ "starts": world.proxy.starts().len() })),
    }
    Ok(Value::Null)
}
