//! A camera: an HTTP server that answers as MJPEG programs do (mjpg-streamer, ustreamer), and that
//! can be made to misbehave in each way a bridge has to survive.
//!
//! `?action=snapshot` gives one JPEG; every other address gives the stream.

mod picture;
mod serve;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

pub use self::picture::picture;
use crate::own_thread::OwnThread;

/// What a camera does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Pictures in a second.
    pub fps: u32,
    /// Pixels across, a multiple of 8 up to 65,528.
    pub width_px: u16,
    /// Pixels down, a multiple of 8 up to 65,528.
    pub height_px: u16,
    /// Bytes of a picture; shorter ones are padded with a comment.
    pub frame_bytes: usize,
    /// Words that stand in every picture as a comment, to tell whose it is.
    pub mark: String,
    /// What is wrong with it.
    pub mood: Mood,
}

/// What can be wrong with a camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// Nothing.
    #[default]
    Healthy,
    /// Its parts have no `Content-Length`, as some cameras send them.
    NoLength,
    /// Its type names no boundary.
    NoBoundary,
    /// The headers of its first part never end.
    EndlessHeader,
    /// It says that a part has 2^60 bytes.
    LyingLength,
    /// Bytes without any meaning, for ever.
    Garbage,
    /// A byte now and then.
    Slow,
    /// It accepts and says nothing.
    Silent,
    /// It sends on to another address, which is counted in [`Running::led_astray`].
    Redirect,
    /// It closes after every picture.
    Closes,
    /// It answers 500.
    Fails,
    /// It answers with a page.
    Page,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            fps: 10,
            width_px: 640,
            height_px: 480,
            frame_bytes: 0,
            mark: "camera".to_owned(),
            mood: Mood::Healthy,
        }
    }
}

/// What was asked of a camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Streams begun.
    pub streams: usize,
    /// Streams open now.
    pub open: usize,
    /// Most streams that were open at once.
    pub most_open: usize,
    /// Single pictures.
    pub snapshots: usize,
    /// Calls at the address that [`Mood::Redirect`] leads to.
    pub led_astray: usize,
    /// Pictures sent in streams.
    pub pictures: usize,
}

/// What all connections share.
#[derive(Debug, Default)]
struct Inside {
    knobs: Mutex<Knobs>,
    asked: Mutex<Asked>,
}

impl Inside {
    fn knobs(&self) -> Knobs {
        lock(&self.knobs).clone()
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        lock(&self.asked)
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A camera; [`Camera::start`] makes it run.
#[derive(Clone, Copy, Debug)]
pub struct Camera;

impl Camera {
    /// Listens on loopback; port 0 takes any free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(port: u16, knobs: Knobs) -> io::Result<Running> {
        let inside = Arc::new(Inside {
            knobs: Mutex::new(knobs),
            asked: Mutex::default(),
        });
        let own = OwnThread::start("camera")?;
        let listener = own.listen(port)?;
        let addr = listener.local_addr()?;
        let served = Arc::clone(&inside);
        own.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve::serve(Arc::clone(&served), stream));
            }
        });
        Ok(Running { addr, inside, own })
    }
}

/// A running camera; it ends when dropped.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    inside: Arc<Inside>,
    own: OwnThread,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address of its stream.
    #[must_use]
    pub fn stream_url(&self) -> String {
        format!("http://{}/?action=stream", self.addr)
    }

    /// The address of its single picture.
    #[must_use]
    pub fn snapshot_url(&self) -> String {
        format!("http://{}/?action=snapshot", self.addr)
    }

    /// What was asked of it so far.
    #[must_use]
    pub fn asked(&self) -> Asked {
        *self.inside.asked()
    }

    /// How often its redirect was followed.
    #[must_use]
    pub fn led_astray(&self) -> usize {
        self.asked().led_astray
    }

    /// Turns knobs; open streams notice with their next picture.
    pub fn turn(&self, change: impl FnOnce(&mut Knobs)) {
        change(&mut lock(&self.inside.knobs));
    }

    /// Ends it at once. The port is free when this returns.
    pub fn stop(self) {
        self.own.stop();
    }
}
