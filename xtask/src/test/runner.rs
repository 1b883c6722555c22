//! nextest when it is here, else `cargo test`; with the last words of either kept for the end.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::command::{cargo_command, run};

/// The whole-product tests start real OctoPrints: with `cargo test` they run two at a time.
const WHOLE_PRODUCT: &str = "fluxprint-e2e";

/// A way to run tests, with the environment they find their rigs through.
pub struct Runner {
    root: PathBuf,
    surroundings: Vec<(&'static str, String)>,
    nextest: bool,
}

/// What a command printed that belongs at the end of the run.
type Closing = Arc<Mutex<Vec<String>>>;

impl Runner {
    /// Prefers nextest.
    pub fn choose(root: &Path, surroundings: &[(&'static str, String)]) -> Self {
        let mut nextest = cargo_command();
        nextest
            .args(["nextest", "--version"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self {
            root: root.to_owned(),
            surroundings: surroundings.to_vec(),
            nextest: run(nextest).is_ok(),
        }
    }

    /// The examples in the documentation.
    pub fn documentation(&self) -> Result<()> {
        run(self.cargo(&["test", "--quiet", "--workspace", "--locked", "--doc"]))
    }

    /// Every other test; returns the runner's closing lines.
    pub fn everything(&self) -> Result<Vec<String>> {
        if self.nextest {
            return closing_of(self.cargo(&["nextest", "run", "--workspace", "--locked"]));
        }
        let own = ["--lib", "--bins", "--tests", "--locked"];
        let mut rooms = self.cargo(&["test", "--workspace", "--no-fail-fast", "--exclude"]);
        rooms.arg(WHOLE_PRODUCT).args(own);
        let mut whole = self.cargo(&["test", "--no-fail-fast", "--package", WHOLE_PRODUCT]);
        whole.args(own).args(["--", "--test-threads=2"]);
        let (rooms, whole) = (closing_of(rooms), closing_of(whole));
        Ok([rooms?, whole?].concat())
    }

    /// Some tests of the whole product, with further words in their environment; what they print is
    /// shown.
    pub fn of_the_product(&self, name: &str, more: &[(&str, String)]) -> Result<()> {
        let words: &[&str] = match self.nextest {
            true => &[
                "nextest",
                "run",
                "--locked",
                "--no-capture",
                "--package",
                WHOLE_PRODUCT,
                name,
            ],
            false => &[
                "test",
                "--locked",
                "--package",
                WHOLE_PRODUCT,
                name,
                "--",
                "--nocapture",
            ],
        };
        let mut command = self.cargo(words);
        command.envs(more.iter().map(|(name, value)| (name, value)));
        run(command)
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = cargo_command();
        command
            .current_dir(&self.root)
            .args(arguments)
            .stdin(Stdio::null());
        command.envs(self.surroundings.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Runs a test command, shows its output as it comes and keeps its closing lines.
fn closing_of(mut command: Command) -> Result<Vec<String>> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run the tests")?;
    let closing = Closing::default();
    let stdout = child.stdout.take().context("no output")?;
    let stderr = child.stderr.take().context("no output")?;
    let readers = [
        tee(stdout, std::io::stdout(), &closing),
        tee(stderr, std::io::stderr(), &closing),
    ];
    let status = child.wait()?;
    for reader in readers {
        let _ = reader.join();
    }
    let lines = closing
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    if !status.success() {
        bail!("tests failed\n{}", lines.join("\n"));
    }
    Ok(lines)
}

fn tee(
    from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    closing: &Closing,
) -> thread::JoinHandle<()> {
    let closing = Arc::clone(closing);
    thread::spawn(move || {
        let mut summing_up = false;
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = writeln!(to, "{line}");
            // nextest: everything from its summary on; cargo test: one line per binary.
            summing_up |= line.trim_start().starts_with("Summary [");
            if summing_up || line.starts_with("test result:") {
                closing
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_closing_lines_of_both_runners_are_kept() {
        let nextest = "echo PASS >&2; echo '     Summary [ 1s] 2 tests run' >&2; echo end >&2";
        assert_eq!(
            closing_of(shell(nextest)).unwrap(),
            ["     Summary [ 1s] 2 tests run", "end"]
        );
        let cargo = "echo test a ok; echo 'test result: ok. 1 passed'";
        assert_eq!(
            closing_of(shell(cargo)).unwrap(),
            ["test result: ok. 1 passed"]
        );
    }

    #[test]
    fn a_failed_run_fails_and_says_which() {
        let script = "echo 'Summary [ 1s]' >&2; echo 'FAIL a' >&2; exit 100";
        assert!(
            closing_of(shell(script))
                .unwrap_err()
                .to_string()
                .contains("FAIL a")
        );
    }
}
