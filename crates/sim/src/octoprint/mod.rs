//! A virtual OctoPrint: the routes, bodies, states and push frames of the real OctoPrint 1.11.8,
//! as far as our driver uses them, with a machine that prints in fast time and knobs for failures.
//!
//! ```text
//!  HTTP and push socket      one lock                     pure
//!  door, routes, push  ──►  Instance { files, knobs, Machine::advance(now) }  ──► effects ──► events
//! ```
//!
//! What is simpler than the real one, on purpose: no analysis of uploads, no SD card, no terminal
//! log, one user with every right, and requests are taken one after the other, so that two racing
//! `select, print` cannot both win.

mod answer;
mod control;
mod door;
mod event;
mod instance;
pub mod knobs;
mod limits;
pub mod machine;
mod push;
mod routes;
mod stored_files;
mod view;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fluxprint_domain::Clock;

pub use self::event::Event;
use self::instance::Instance;
pub use self::instance::Start;
use self::knobs::Knobs;
use crate::cuttable::{Connection, CuttableListener};
use crate::own_thread::OwnThread;

/// How a virtual OctoPrint is set up.
#[derive(Clone)]
pub struct Config {
    /// Its base folder; uploads and their history survive a restart in it.
    pub dir: PathBuf,
    /// Port on loopback, 0 for any free one.
    pub port: u16,
    /// The one valid API key.
    pub api_key: String,
    /// Machine seconds per second of the clock.
    pub speed: f64,
    /// How fast heaters change, degrees per machine second (OctoPrint's own virtual printer: 10).
    pub heat_c_per_s: f64,
    /// What goes wrong from the start.
    pub knobs: Knobs,
    /// Where time comes from: a fake clock lets a test decide when the print goes on.
    pub clock: Arc<dyn Clock>,
}

impl Config {
    /// A healthy printer in real time on any free port.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, api_key: &str, clock: Arc<dyn Clock>) -> Self {
        Self {
            dir: dir.into(),
            port: 0,
            api_key: api_key.to_owned(),
            speed: 1.0,
            heat_c_per_s: 10.0,
            knobs: Knobs::default(),
            clock,
        }
    }

    /// The same, `speed` times as fast.
    #[must_use]
    pub fn with_speed(self, speed: f64) -> Self {
        Self { speed, ..self }
    }

    /// The same on this port.
    #[must_use]
    pub fn with_port(self, port: u16) -> Self {
        Self { port, ..self }
    }
}

/// The virtual OctoPrint; [`VirtualOctoPrint::start`] makes it run.
#[derive(Clone, Copy, Debug)]
pub struct VirtualOctoPrint;

impl VirtualOctoPrint {
    /// Starts it on a thread of its own; it connects to its printer by itself within 50 ms of
    /// machine time.
    ///
    /// # Errors
    /// When the folder cannot be used or the port is taken.
    pub fn start(config: Config) -> io::Result<Running> {
        let api_key = config.api_key.clone();
        let port = config.port;
        let instance = Arc::new(Instance::open(config)?);
        let service =
            door::router(Arc::clone(&instance)).into_make_service_with_connect_info::<Connection>();
        let own = OwnThread::start("virtual-octoprint")?;
        let listener = own.listen(port)?;
        let addr = listener.local_addr()?;
        own.spawn(async move {
            // `serve` only returns when it is dropped.
            let _ = axum::serve(CuttableListener(listener), service).await;
        });
        let ticking = Arc::clone(&instance);
        own.spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(limits::TICK_MS)).await;
                ticking.with(|_| ());
            }
        });
        Ok(Running {
            addr,
            api_key,
            instance,
            own,
        })
    }
}

/// A running virtual OctoPrint; it ends when dropped.
pub struct Running {
    addr: SocketAddr,
    api_key: String,
    instance: Arc<Instance>,
    own: OwnThread,
}

impl Running {
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

    /// The valid API key.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Every start so far, oldest first.
    #[must_use]
    pub fn starts(&self) -> Vec<Start> {
        self.instance.with(|inside| inside.starts_so_far())
    }

    /// Turns knobs.
    pub fn turn(&self, change: impl FnOnce(&mut Knobs)) {
        self.instance.with(|inside| change(&mut inside.knobs));
    }

    /// Plays a fault by its verb, for example `drop_connection` or `trigger_fatal_error_marlin`.
    pub fn debug(&self, verb: &str) {
        self.instance
            .with(|inside| inside.machine.type_in(&format!("!!DEBUG:{verb}")));
    }

    /// Somebody turns the nozzle's heater on at the machine's own buttons.
    pub fn heat_nozzle(&self, target_c: f64) {
        self.instance.with(|inside| {
            inside
                .machine
                .heaters
                .set_target(machine::Heater::Nozzle, target_c)
        });
    }

    /// Looks at the machine as it is now.
    pub fn look<T>(&self, at: impl FnOnce(&machine::Machine) -> T) -> T {
        self.instance.with(|inside| at(&inside.machine))
    }

    /// Everything announced from now on.
    #[must_use]
    pub fn events(&self) -> tokio::sync::broadcast::Receiver<Event> {
        self.instance.listen()
    }

    /// Ends it at once, as `kill -9` would: open connections break, a print is lost without a
    /// record. The port is free when this returns.
    pub fn stop(self) {
        self.own.stop();
    }
}
