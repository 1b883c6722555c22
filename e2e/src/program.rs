//! A child program with a ready line, a log, and an end.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longest wait for a ready line on a machine that also compiles.
const READY: Duration = Duration::from_secs(120);

/// A running program. Killed when dropped.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    lines: Receiver<String>,
    log: PathBuf,
}

/// Names the folder of the programs to test.
const PROGRAMS_VAR: &str = "FLUXPRINT_BIN_DIR";

/// The folder of the built programs: told by `cargo xtask test`, else the one this test was built into.
///
/// # Panics
/// When the test binary lies somewhere else than cargo puts it.
#[must_use]
pub fn programs_dir() -> PathBuf {
    if let Some(told) = std::env::var_os(PROGRAMS_VAR) {
        return told.into();
    }
    let own = std::env::current_exe().expect("a test knows where it is");
    own.ancestors()
        .nth(2)
        .expect("target/<profile>/deps/<test>")
        .to_owned()
}

impl Program {
    /// Starts `name` with its log at `log`; the command is finished by `with`.
    ///
    /// # Errors
    /// When it is not there: `cargo xtask test` builds the programs before the tests.
    pub fn start(name: &str, log: &Path, with: impl FnOnce(&mut Command)) -> Result<Self> {
        Self::spawn(name, Command::new(programs_dir().join(name)), log, with)
    }

    /// Starts `name` by a command of the caller's.
    ///
    /// # Errors
    /// As [`Program::start`].
    pub fn spawn(
        name: &str,
        mut command: Command,
        log: &Path,
        with: impl FnOnce(&mut Command),
    ) -> Result<Self> {
        command
            .env_clear()
            .envs(std::env::vars().filter(|(key, _)| passes(key)));
        with(&mut command);
        let stderr = File::options().create(true).append(true).open(log)?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .with_context(|| format!("{name} is not built: cargo build --bins"))?;
        let stdout = child.stdout.take().context("no standard output")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self {
            name: name.to_owned(),
            child,
            lines,
            log: log.to_owned(),
        })
    }

    /// Waits for the line of JSON that says it is ready.
    ///
    /// # Errors
    /// When it ends or stays silent first; the end of its log is part of the message.
    pub fn ready(&self) -> Result<Value> {
        match self.lines.recv_timeout(READY) {
            Ok(line) => {
                serde_json::from_str(&line).with_context(|| format!("{}: {line}", self.name))
            }
            Err(_) => bail!("{} did not become ready:\n{}", self.name, self.log_tail()),
        }
    }

    /// Waits until it ends by itself; its exit status and what it printed.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn wait(mut self) -> Result<(ExitStatus, String)> {
        let status = self.child.wait()?;
        let said: Vec<String> = self.lines.iter().collect();
        Ok((status, said.join("\n")))
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// SIGKILL, as if the power had gone.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The last lines of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// Process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A child sees only what every program needs, never settings of whoever runs the tests.
fn passes(key: &str) -> bool {
    matches!(
        key,
        "PATH" | "HOME" | "TMPDIR" | "LANG" | "RUST_LOG" | "RUST_BACKTRACE"
    )
}
