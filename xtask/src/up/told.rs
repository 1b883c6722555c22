//! Ctrl-C and SIGTERM as a message, so that everything is ended in order.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::{SigSet, Signal};

/// The exit code after Ctrl-C, as shells have it.
pub const INTERRUPTED: u8 = 130;
/// How often those who wait look at other things.
const MOMENT: Duration = Duration::from_millis(200);

/// Somebody who listens for signals.
pub struct Told {
    receiver: Receiver<Signal>,
}

impl Told {
    /// Takes the signals out of the hands of this thread and every one it starts later. Programs are
    /// started by [`crate::command::spawn`], so that they still hear them.
    pub fn listen() -> Result<Self> {
        let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]
            .into_iter()
            .collect();
        signals.thread_block()?;
        let (sender, receiver) = channel();
        thread::spawn(move || {
            while let Ok(signal) = signals.wait() {
                let _ = sender.send(signal);
            }
        });
        Ok(Self { receiver })
    }

    /// Waits a moment; true when we were told to end.
    pub fn within_a_moment(&self) -> bool {
        !matches!(
            self.receiver.recv_timeout(MOMENT),
            Err(RecvTimeoutError::Timeout)
        )
    }
}
