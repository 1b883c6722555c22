//! What every program that serves does: listen, say that it is ready, and end when told to.

use crate::problem::Problem;
use axum::Router;
use std::future::Future;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long open calls and sockets may take to end.
const DRAIN: Duration = Duration::from_secs(10);

/// A place to be called at.
pub struct Port {
    listener: TcpListener,
    /// Where it is, also when the system chose it.
    pub addr: SocketAddr,
}

impl Port {
    /// Takes the address.
    ///
    /// # Errors
    /// When somebody else has it.
    pub async fn open(addr: SocketAddr) -> Result<Self, Problem> {
        let unusable = |error: std::io::Error| Problem::Part {
            part: "the address to listen on",
            why: format!("{addr}: {error}"),
            remedy: "Set FLUXPRINT_ADDR to an address of this machine that nobody else uses",
        };
        let listener = TcpListener::bind(addr).await.map_err(unusable)?;
        let addr = listener.local_addr().map_err(unusable)?;
        Ok(Self { listener, addr })
    }
}

/// What is to end with the program.
pub struct Serving {
    stopping: CancellationToken,
    calls: JoinHandle<()>,
    /// The loops of the rooms.
    pub loops: TaskTracker,
    rooms: Vec<(CancellationToken, TaskTracker)>,
}

impl Serving {
    /// Answers calls from now on, also those that `proxies` bring.
    pub fn begin(port: Port, routes: Router, proxies: Vec<IpAddr>) -> Self {
        let stopping = CancellationToken::new();
        let told = stopping.clone();
        let calls = async move {
            fluxprint_http::serve_behind(&proxies, port.listener, routes, told).await;
        };
        Self {
            stopping,
            calls: tokio::spawn(calls),
            loops: TaskTracker::new(),
            rooms: Vec::new(),
        }
    }

    /// A room ends with the program: its loops and its open sockets.
    pub fn with_room(&mut self, stopping: &CancellationToken, sockets: &TaskTracker) {
        self.rooms.push((stopping.clone(), sockets.clone()));
    }

    /// Serves metrics at an address of their own.
    ///
    /// # Errors
    /// When somebody else has it.
    pub async fn with_metrics(&mut self, addr: SocketAddr, metrics: Router) -> Result<(), Problem> {
        let port = Port::open(addr).await?;
        let serving = fluxprint_http::serve(port.listener, metrics, self.stopping.clone());
        self.loops.spawn(serving);
        Ok(())
    }

    /// Says that it is ready, waits for the word to end, and ends in order.
    pub async fn until_told(self, addr: SocketAddr) {
        announce(addr);
        told_to_end().await;
        tracing::info!("ending: no new calls, open ones are finished");
        self.stopping.cancel();
        self.loops.close();
        for (stopping, sockets) in &self.rooms {
            stopping.cancel();
            sockets.close();
        }
        let _ = tokio::time::timeout(DRAIN, async {
            self.loops.wait().await;
            for (_, sockets) in &self.rooms {
                sockets.wait().await;
            }
            let _ = self.calls.await;
        })
        .await;
    }
}

/// One line of JSON for whoever started us.
fn announce(addr: SocketAddr) {
    let line = serde_json::json!({ "ready": true, "url": format!("http://{addr}") });
    let mut out = std::io::stdout().lock();
    // Nobody reads it: then nobody is missing it.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    tracing::info!(%addr, "ready");
}

fn told_to_end() -> impl Future<Output = ()> {
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let [Ok(mut interrupt), Ok(mut terminate)] = signals else {
            tracing::error!("signals cannot be listened to");
            return;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}
