//! One camera while it is wanted: at most one pull at a time, begun anew after a pause when it
//! fails.

use super::newest::Newest;
use super::pull::{Goal, Pull};
use super::{Room, Sources};
use crate::dial::Backoff;
use fluxprint_domain::id::PrinterId;
use fluxprint_printers::Webcam;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

/// What the service wants of a camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Want {
    /// Pictures in a second; 0 for none.
    fps: u8,
    /// A single picture, asked for and not yet given.
    glance: bool,
}

impl Want {
    fn goal(self) -> Option<Goal> {
        match self {
            Self { fps: 0, glance } => glance.then_some(Goal::One),
            Self { fps, .. } => Some(Goal::Many(fps)),
        }
    }
}

/// A camera that somebody has asked for; dropping it ends its pull.
pub(super) struct Eye {
    want: Arc<watch::Sender<Want>>,
    _looking: AbortOnDropHandle<()>,
}

impl Eye {
    /// The camera of the printer that is called `name` here.
    pub fn new(
        room: Arc<Room>,
        (printer, name): (PrinterId, String),
        sources: watch::Receiver<Sources>,
        newest: Arc<Newest>,
    ) -> Self {
        let want = Arc::new(watch::Sender::new(Want::default()));
        let look = Look {
            room,
            printer,
            name,
            sources,
            newest,
            want: want.clone(),
        };
        let looking = AbortOnDropHandle::new(tokio::spawn(look.run()));
        Self {
            want,
            _looking: looking,
        }
    }

    /// Send pictures at this rate; 0 ends it.
    pub fn watch(&self, fps: u8) {
        self.want.send_if_modified(|want| {
            let other = want.fps != fps;
            want.fps = fps;
            other
        });
    }

    /// Send one picture.
    pub fn glance(&self) {
        self.want.send_if_modified(|want| {
            let other = !want.glance;
            want.glance = true;
            other
        });
    }
}

struct Look {
    room: Arc<Room>,
    printer: PrinterId,
    name: String,
    sources: watch::Receiver<Sources>,
    newest: Arc<Newest>,
    want: Arc<watch::Sender<Want>>,
}

impl Look {
    async fn run(self) {
        let mut sources = self.sources.clone();
        let mut wanted = self.want.subscribe();
        let mut backoff = Backoff::new(self.room.cameras.pace.retry_ms);
        loop {
            let Some(goal) = wanted.borrow_and_update().goal() else {
                if wanted.changed().await.is_err() {
                    return;
                }
                continue;
            };
            let camera = camera_of(&mut sources, &self.name);
            let pull = Pull {
                client: &self.room.client,
                camera: &camera,
                patience: Duration::from_millis(self.room.cameras.pace.picture_ms),
                take: &|picture| self.take(picture),
            };
            let ended = tokio::select! {
                ended = pull.run(goal) => ended,
                // Another rate, or nobody any more; or the camera is somewhere else now.
                changed = other_goal(&mut wanted, goal) => match changed {
                    Some(()) => continue,
                    None => return,
                },
                () = moved(&mut sources, &self.name, &camera) => continue,
            };
            let Err(trouble) = ended else { continue };
            tracing::debug!(printer = self.name, ?trouble, "a camera gives no picture");
            self.newest.trouble(self.printer, trouble);
            self.served();
            tokio::select! {
                () = tokio::time::sleep(backoff.next(self.room.clock.as_ref())) => {}
                changed = wanted.changed() => if changed.is_err() { return },
            }
        }
    }

    fn take(&self, picture: Vec<u8>) {
        let at_us = self.room.clock.now().0;
        self.newest.put(self.printer, at_us, picture);
        self.served();
    }

    /// Whoever asked for one picture has an answer.
    fn served(&self) {
        self.want.send_if_modified(|want| {
            want.glance = false;
            false
        });
    }
}

fn camera_of(sources: &mut watch::Receiver<Sources>, name: &str) -> Webcam {
    let known = sources.borrow_and_update();
    known.get(name).cloned().unwrap_or_default()
}

/// Ends when the camera is somewhere else.
async fn moved(sources: &mut watch::Receiver<Sources>, name: &str, from: &Webcam) {
    let elsewhere = |known: &Sources| known.get(name).is_none_or(|now| now != from);
    if sources.wait_for(elsewhere).await.is_err() {
        // Whoever finds cameras is gone: this one stays where it is.
        std::future::pending::<()>().await;
    }
}

/// Ends when something else is wanted; with nothing when nobody can want anything any more.
async fn other_goal(wanted: &mut watch::Receiver<Want>, now: Goal) -> Option<()> {
    loop {
        wanted.changed().await.ok()?;
        let goal = wanted.borrow_and_update().goal();
        if goal != Some(now) {
            return Some(());
        }
    }
}
