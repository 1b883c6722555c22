//! A TCP line with faults that can be switched while it is used: late, slow, cut into pieces, silent,
//! reset, down. Between a bridge and its service, or a driver and its OctoPrint.
//!
//! The same seed delays and slices alike. Faults hold for open connections as for new ones.

mod faults;
mod pump;

pub use faults::{Faults, Latency, Passes, Slices};

use crate::FakeClock;
use crate::own_thread::OwnThread;
use pump::{Pump, pump};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// One of the two directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From whoever dialled to whoever listens.
    Up,
    /// Back.
    Down,
}

/// A line to one address; it ends when dropped.
#[derive(Debug)]
pub struct Wire {
    addr: SocketAddr,
    line: Arc<Line>,
    _own: OwnThread,
}

/// What the connections of a wire share.
#[derive(Debug)]
struct Line {
    to: SocketAddr,
    up: watch::Sender<Faults>,
    down: watch::Sender<Faults>,
    ends: watch::Sender<Ends>,
    chance: FakeClock,
    open: AtomicUsize,
    passed: [AtomicU64; 2],
}

/// How often everything that was open has been ended, and how the last time.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    times: u64,
    by_reset: bool,
    is_down: bool,
}

impl Wire {
    /// A good line to `to` on a free port of loopback.
    ///
    /// # Errors
    /// When no socket can be had.
    pub fn lay(to: SocketAddr, seed: u64) -> io::Result<Self> {
        let own = OwnThread::start("wire")?;
        let listener = own.listen(0)?;
        let addr = listener.local_addr()?;
        let line = Arc::new(Line {
            to,
            up: watch::Sender::default(),
            down: watch::Sender::default(),
            ends: watch::Sender::default(),
            chance: FakeClock::new(seed),
            open: AtomicUsize::default(),
            passed: Default::default(),
        });
        own.spawn(accept(listener, line.clone()));
        Ok(Self {
            addr,
            line,
            _own: own,
        })
    }

    /// Where it begins.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What is wrong with a direction from now on.
    pub fn set(&self, direction: Direction, faults: Faults) {
        self.line.faults(direction).send_replace(faults);
    }

    /// The same for both directions.
    pub fn set_both(&self, faults: Faults) {
        for direction in [Direction::Up, Direction::Down] {
            self.set(direction, faults);
        }
    }

    /// Nothing is wrong any more. What was kept comes now.
    pub fn heal(&self) {
        self.line.ends.send_modify(|ends| ends.is_down = false);
        self.set_both(Faults::default());
    }

    /// Closes every open connection, as a program does that ends in order.
    pub fn cut(&self) {
        self.end(false, false);
    }

    /// Resets every open connection.
    pub fn reset(&self) {
        self.end(true, false);
    }

    /// Resets every open connection, and lets no new one through until [`Wire::heal`].
    pub fn go_down(&self) {
        self.end(true, true);
    }

    fn end(&self, by_reset: bool, is_down: bool) {
        self.line.ends.send_modify(|ends| {
            ends.times += 1;
            (ends.by_reset, ends.is_down) = (by_reset, is_down);
        });
    }

    /// Connections that are open now.
    #[must_use]
    pub fn open(&self) -> usize {
        self.line.open.load(Ordering::Acquire)
    }

    /// Bytes that have come through in a direction so far.
    #[must_use]
    pub fn passed_bytes(&self, direction: Direction) -> u64 {
        self.line.passed(direction).load(Ordering::Acquire)
    }
}

impl Line {
    fn faults(&self, direction: Direction) -> &watch::Sender<Faults> {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }

    fn passed(&self, direction: Direction) -> &AtomicU64 {
        let [up, down] = &self.passed;
        match direction {
            Direction::Up => up,
            Direction::Down => down,
        }
    }
}

async fn accept(listener: TcpListener, line: Arc<Line>) {
    loop {
        let Ok((caller, _)) = listener.accept().await else {
            continue;
        };
        let line = line.clone();
        tokio::spawn(async move {
            line.open.fetch_add(1, Ordering::AcqRel);
            connect(&line, caller).await;
            line.open.fetch_sub(1, Ordering::AcqRel);
        });
    }
}

/// One connection, from its beginning to its end.
async fn connect(line: &Arc<Line>, caller: TcpStream) {
    let mut ends = line.ends.subscribe();
    let Ends { times, is_down, .. } = *ends.borrow_and_update();
    if is_down {
        let _ = caller.set_zero_linger();
        return;
    }
    let Ok(callee) = TcpStream::connect(line.to).await else {
        let _ = caller.set_zero_linger();
        return;
    };
    for end in [&caller, &callee] {
        let _ = end.set_nodelay(true);
    }
    let (from_caller, mut to_caller) = caller.into_split();
    let (from_callee, mut to_callee) = callee.into_split();
    let both = async {
        let up = pump(Pump::of(line, Direction::Up), from_caller, &mut to_callee);
        let down = pump(Pump::of(line, Direction::Down), from_callee, &mut to_caller);
        tokio::join!(up, down)
    };
    tokio::select! {
        _ = both => {}
        ended = ends.wait_for(|now| now.times != times) => {
            if ended.is_ok_and(|now| now.by_reset) {
                for end in [&to_caller, &to_callee] {
                    let _ = end.as_ref().set_zero_linger();
                }
                // Without the farewell that dropping a half would send first.
                to_caller.forget();
                to_callee.forget();
            }
        }
    }
}
