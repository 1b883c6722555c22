//! The whole bridge: its attendants, and sessions one after the other for as long as it lives.

use crate::camera::{self, Cameras};
use crate::desk::Patience;
use crate::dial::{Backoff, DialError, dial};
use crate::error::BridgeError;
use crate::limits::Pace;
use crate::local_limits::LocalLimits;
use crate::service::Service;
use crate::session::{self, Ended, Over, fresh_looks};
use crate::staging::Source;
use crate::steps::Crew;
use fluxprint_domain::Clock;
use fluxprint_domain::id::{BridgeId, SessionId};
use fluxprint_domain::printer::Build;
use fluxprint_printers::Printer;
use futures_util::future::BoxFuture;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A printer of this bridge.
pub struct OwnPrinter {
    /// Name in the local configuration.
    pub name: String,
    /// Its size, and no more heat than the local limits allow.
    pub build: Build,
    /// What is allowed here.
    pub limits: LocalLimits,
    /// Whether the configuration calls it a simulation.
    pub is_virtual: bool,
    /// Its program.
    pub printer: Arc<dyn Printer>,
}

/// A session that is open and has told the whole truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// This bridge, as the service knows it.
    pub bridge: BridgeId,
    /// The session.
    pub session: SessionId,
}

/// The time of this machine.
struct MachineTime;

impl Patience for MachineTime {
    fn wait_ms(&self, ms: u64) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms)))
    }
}

/// A bridge that is ready to run.
pub struct Bridge {
    crew: Crew,
    service: Service,
    cameras: Cameras,
    opened: watch::Sender<Option<Opened>>,
    /// Held as long as the bridge lives.
    _folder: File,
}

/// Takes the folder for this bridge alone.
fn take(folder: &Path) -> Result<File, BridgeError> {
    let file = File::create(folder.join("bridge.lock"));
    let file = file.map_err(BridgeError::disk("The data folder"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BridgeError::FolderInUse),
        Err(TryLockError::Error(error)) => Err(BridgeError::disk("The data folder")(error)),
    }
}

impl Bridge {
    /// Opens the journal and the cache in the data folder and takes up the printers.
    ///
    /// # Errors
    /// [`BridgeError`] when the data folder or the journal cannot be used.
    pub async fn new(
        folder: &Path,
        service: Service,
        printers: Vec<OwnPrinter>,
        clock: Arc<dyn Clock>,
        pace: Pace,
    ) -> Result<Self, BridgeError> {
        std::fs::create_dir_all(folder).map_err(BridgeError::disk("The data folder"))?;
        let folder_lock = take(folder)?;
        let credentials = service.credentials().cloned();
        let own = credentials.ok_or(BridgeError::NotPaired)?;
        let source = (Arc::new(service.clone()) as Arc<dyn Source>, own);
        let waits = (clock, Arc::new(MachineTime) as Arc<dyn Patience>);
        let crew = Crew::open(folder, source, printers, waits, pace).await?;
        Ok(Self {
            crew,
            service,
            cameras: Cameras::default(),
            opened: watch::channel(None).0,
            _folder: folder_lock,
        })
    }

    /// The same with cameras of the local configuration.
    #[must_use]
    pub fn with_cameras(self, cameras: Cameras) -> Self {
        Self { cameras, ..self }
    }

    /// Tells when a session is open.
    #[must_use]
    pub fn opened(&self) -> watch::Receiver<Option<Opened>> {
        self.opened.subscribe()
    }

    /// Runs until `stop`. It never gives up: without a service it watches its printers and dials
    /// again; prints go on whatever happens here.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut working = JoinSet::new();
        for (attendant, orders) in std::mem::take(&mut self.crew.attendants) {
            working.spawn(attendant.work(orders));
        }
        let pictures = camera::run(
            std::mem::take(&mut self.cameras),
            self.crew.desks.clone(),
            self.service.clone(),
            self.crew.office.clock.clone(),
            self.opened.subscribe(),
        );
        working.spawn(pictures);
        // The first hello can then say what the printers are.
        tokio::select! {
            () = fresh_looks(&self.crew.desks) => {}
            () = stop.cancelled() => {}
        }
        let mut backoff = Backoff::new(self.crew.office.pace.dial_ms);
        let mut taken_over = 0;
        while !stop.is_cancelled() {
            let done = match dial(&self.service).await {
                Ok(socket) => {
                    let Crew { office, desks, .. } = &self.crew;
                    Ok(session::run(office, desks, socket, &self.opened, &stop).await)
                }
                Err(error) => Err(error),
            };
            if let Ok(over) = &done
                && matches!(over.ended, Ended::TakenOver)
            {
                taken_over += 1;
            }
            let pause = self.pause_after(&done, &mut backoff, taken_over);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
        working.shutdown().await;
        self.crew.office.journal.close().await;
    }

    /// How long to wait before dialling again; says why in the log.
    fn pause_after(
        &self,
        done: &Result<Over, DialError>,
        backoff: &mut Backoff,
        taken_over: u32,
    ) -> Duration {
        let long = Duration::from_millis(self.crew.office.pace.turned_away_ms);
        match done {
            Ok(over) => {
                if over.was_open {
                    backoff.start_over();
                }
                say_why(&over.ended);
                match over.ended {
                    Ended::Stopped => Duration::ZERO,
                    Ended::Turned(_) => long,
                    Ended::TakenOver => self.crew.office.pace.after_takeover(taken_over),
                    Ended::ShutOut => {
                        self.crew.office.credentials.wipe();
                        long
                    }
                    _ => backoff.next(self.crew.office.clock.as_ref()),
                }
            }
            Err(error @ DialError::TokenRefused) => {
                tracing::error!("{error}; pair this bridge again if it stays so");
                self.crew.office.credentials.look_again();
                long
            }
            Err(error) => {
                tracing::warn!("{error}");
                backoff.next(self.crew.office.clock.as_ref())
            }
        }
    }
}

fn say_why(ended: &Ended) {
    match ended {
        Ended::Stopped => {}
        Ended::Changed => tracing::info!("a printer is announced anew"),
        Ended::Gone => tracing::warn!("the connection to the print service is gone"),
        Ended::Broken(error) => {
            tracing::warn!("the connection to the print service was ended: {error}");
        }
        Ended::TakenOver => tracing::error!(
            code = "BRIDGE_TAKEN_OVER",
            "Another program with this bridge's identity has connected, and this one stands back. \
             End one of them; a copied data folder is no second bridge: pair that one by itself."
        ),
        Ended::ShutOut => tracing::error!(
            code = "BRIDGE_SHUT_OUT",
            "This bridge was shut out and has forgotten its token. Prints go on, nothing is switched \
             off. To use it again, run: fluxprint-bridge pair"
        ),
        Ended::Turned(because) => {
            tracing::error!(
                code = because.code,
                "{} {}",
                because.sentence,
                because.remedy
            );
        }
        Ended::JournalFailed => {
            tracing::error!("the session was ended because the journal cannot be used");
        }
    }
}
