//! A recording reverse proxy in front of an OctoPrint, real or virtual.
//!
//! It passes everything on, writes down every request, and counts whatever can start a print. It
//! can also lose an answer: the request reaches OctoPrint and is obeyed, the caller sees a broken
//! connection.

mod forward;
mod seen;
mod socket;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{any, get, post};
use serde::Deserialize;

pub use self::seen::{BodyKind, RequestSeen, StartKind, StartSeen};
use crate::cuttable::{Connection, CuttableListener, cut_marked_answers};
use crate::own_thread::OwnThread;

/// Decides whether the answer to this request is lost.
type Matcher = Box<dyn Fn(&RequestSeen) -> bool + Send>;

/// A proxy that writes down what passes; [`RecordingProxy::start`] makes it run.
#[derive(Clone, Copy, Debug)]
pub struct RecordingProxy;

impl RecordingProxy {
    /// Listens on a free port of loopback, in front of `upstream` (`http://127.0.0.1:5000`).
    ///
    /// # Errors
    /// When no socket can be had.
    pub fn start(upstream: &str) -> io::Result<Proxy> {
        Self::start_on(0, upstream)
    }

    /// The same on a given port.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start_on(port: u16, upstream: &str) -> io::Result<Proxy> {
        let recorder = Arc::new(Recorder::new(upstream)?);
        let own = OwnThread::start("recording-proxy")?;
        let listener = own.listen(port)?;
        let addr = listener.local_addr()?;
        let service =
            router(Arc::clone(&recorder)).into_make_service_with_connect_info::<Connection>();
        own.spawn(async move {
            // `serve` only returns when it is dropped.
            let _ = axum::serve(CuttableListener(listener), service).await;
        });
        Ok(Proxy {
            addr,
            recorder,
            own,
        })
    }
}

/// A running proxy; it ends when dropped.
pub struct Proxy {
    addr: SocketAddr,
    recorder: Arc<Recorder>,
    own: OwnThread,
}

impl Proxy {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its address as a URL without a closing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Every request so far, in the order of their arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestSeen> {
        self.recorder.seen().clone()
    }

    /// Every request that asked for a print to start, refused ones too.
    #[must_use]
    pub fn starts(&self) -> Vec<StartSeen> {
        self.recorder.starts()
    }

    /// Loses the answer of the next request that `matches`: it is passed on, the upstream's answer
    /// is read, and the caller's connection is cut.
    pub fn drop_next_answer_matching(
        &self,
        matches: impl Fn(&RequestSeen) -> bool + Send + 'static,
    ) {
        self.recorder.lose_next(Box::new(matches));
    }

    /// Points the proxy at another OctoPrint, or at the same one on a new port.
    pub fn set_upstream(&self, upstream: &str) {
        self.recorder.set_upstream(upstream);
    }

    /// Ends it; open connections break.
    pub fn stop(self) {
        self.own.stop();
    }
}

/// What the proxy knows.
pub(crate) struct Recorder {
    upstream: Mutex<String>,
    client: reqwest::Client,
    seen: Mutex<Vec<RequestSeen>>,
    lose: Mutex<Option<Matcher>>,
}

impl Recorder {
    fn new(upstream: &str) -> io::Result<Self> {
        // reqwest wants a provider even for plain HTTP; a second installation is refused, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        Ok(Self {
            upstream: Mutex::new(upstream.trim_end_matches('/').to_owned()),
            client: client.build().map_err(io::Error::other)?,
            seen: Mutex::default(),
            lose: Mutex::default(),
        })
    }

    fn seen(&self) -> MutexGuard<'_, Vec<RequestSeen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn starts(&self) -> Vec<StartSeen> {
        self.seen()
            .iter()
            .filter_map(RequestSeen::as_start)
            .collect()
    }

    fn upstream(&self) -> String {
        self.upstream
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_upstream(&self, upstream: &str) {
        let upstream = upstream.trim_end_matches('/');
        upstream.clone_into(&mut self.upstream.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn lose_next(&self, matcher: Matcher) {
        *self.lose.lock().unwrap_or_else(PoisonError::into_inner) = Some(matcher);
    }

    /// Writes a request down before it is passed on; returns its number.
    fn note(&self, request: RequestSeen) -> usize {
        let mut seen = self.seen();
        seen.push(request);
        seen.len() - 1
    }

    fn note_answer(&self, number: usize, status: Option<u16>) {
        if let Some(request) = self.seen().get_mut(number) {
            request.status = status;
        }
    }

    /// Whether this answer is to be lost; the wish is used up by the first match.
    fn loses(&self, request: &RequestSeen) -> bool {
        let mut lose = self.lose.lock().unwrap_or_else(PoisonError::into_inner);
        lose.take_if(|matches| matches(request)).is_some()
    }
}

fn router(recorder: Arc<Recorder>) -> Router {
    Router::new()
        .route("/sockjs/websocket", any(socket::open))
        .route("/recording-proxy/requests", get(requests))
        .route("/recording-proxy/starts", get(starts))
        .route("/recording-proxy/lost-answer", post(lose_answer))
        .fallback(forward::forward)
        .layer(middleware::from_fn(cut_marked_answers))
        .with_state(recorder)
}

async fn requests(State(recorder): State<Arc<Recorder>>) -> Json<Vec<RequestSeen>> {
    Json(recorder.seen().clone())
}

async fn starts(State(recorder): State<Arc<Recorder>>) -> Json<Vec<StartSeen>> {
    Json(recorder.starts())
}

/// Which answer the program form of the proxy loses next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Lose {
    /// The next request that asks for a start.
    Start,
    /// The next request with this method and beginning of the path.
    Request { method: String, path: String },
}

async fn lose_answer(State(recorder): State<Arc<Recorder>>, Json(lose): Json<Lose>) -> StatusCode {
    recorder.lose_next(match lose {
        Lose::Start => Box::new(|request| request.start.is_some()),
        Lose::Request { method, path } => {
            Box::new(move |request| request.method == method && request.path.starts_with(&path))
        }
    });
    StatusCode::NO_CONTENT
}
