//! One OctoPrint process: spawned on a leash, asked to end, or killed.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::LOOK_PERIOD;
use crate::leash::Leash;

/// Looks until a polite stop turns into a kill: it takes about 2 s on an idle machine.
const STOP_LOOKS: u32 = 100;

/// A process and its leash.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    leash: Leash,
}

impl Running {
    /// Starts it; its output goes to `stdout.log` in its base folder.
    pub(super) fn spawn(program: &Path, basedir: &Path, port: u16) -> Result<Self> {
        let log = File::create(basedir.join("stdout.log"))?;
        let mut command = Command::new(program);
        command.arg("serve");
        if nix::unistd::geteuid().is_root() {
            command.arg("--iknowwhatimdoing");
        }
        let child = command
            .arg("--basedir")
            .arg(basedir)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let leash = Leash::tie(r#"kill -9 "$1""#, &[&child.id().to_string()], None)?;
        Ok(Self { child, leash })
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub(super) fn exited(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Asks it to end and waits; kills it when it does not.
    pub(super) fn stop(mut self) {
        if let Ok(pid) = i32::try_from(self.child.id()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        for _ in 0..STOP_LOOKS {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            sleep(LOOK_PERIOD);
        }
        self.end();
    }

    /// Kills and reaps. The leash goes first: once reaped, the number may belong to somebody else.
    pub(super) fn end(mut self) {
        self.leash.forget();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
