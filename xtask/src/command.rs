//! Runs a program in the foreground, with its output as it comes.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use nix::sys::signal::SigSet;

/// What cargo tells the programs it runs about their own package.
const TOLD_BY_CARGO: [&str; 4] = [
    "CARGO_PKG_",
    "CARGO_MANIFEST_",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
];

/// The cargo that started us, without what it has told us about ourselves: the build script of
/// `ring` looks at it, so half of the crates would be built anew for each change between `cargo
/// build` and `cargo xtask`. What it builds has the pages inside, never the placeholder for them.
pub fn cargo_command() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.env("FLUXPRINT_REQUIRE_UI", "1");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_told_by_cargo) {
            command.env_remove(name);
        }
    }
    command
}

fn is_told_by_cargo(name: &str) -> bool {
    TOLD_BY_CARGO.iter().any(|told| name.starts_with(told))
}

/// Runs cargo with arguments.
pub fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = cargo_command();
    command.current_dir(root).args(arguments);
    run(command)
}

/// Runs a command; failing is an error that names it.
pub fn run(mut command: Command) -> Result<()> {
    let name = spoken(&command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot run `{name}`"))?;
    ensure!(status.success(), "`{name}` failed ({status})");
    Ok(())
}

/// Starts a program that can be told to end, also while we keep our own signals to ourselves: a child
/// inherits what is blocked. A signal that comes in this very moment ends us the plain way.
pub fn spawn(command: &mut Command) -> Result<Child> {
    let name = spoken(command);
    let spawned = thread::scope(|scope| {
        let started = scope.spawn(|| {
            SigSet::all().thread_unblock()?;
            command.spawn()
        });
        started.join()
    });
    let spawned = spawned.map_err(|_| anyhow!("no thread to start `{name}` from"))?;
    spawned.with_context(|| format!("cannot start `{name}`"))
}

/// Whether a program can be found and says its version.
pub fn is_there(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A command as one would type it.
pub fn spoken(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::signal::Signal;

    #[test]
    fn a_child_can_be_told_to_end_although_we_keep_our_signals_to_ourselves() {
        let kept: SigSet = [Signal::SIGTERM].into_iter().collect();
        kept.thread_block().unwrap();
        let mut sleeper = spawn(Command::new("sleep").arg("600")).unwrap();
        let pid = nix::unistd::Pid::from_raw(i32::try_from(sleeper.id()).unwrap());
        nix::sys::signal::kill(pid, Signal::SIGTERM).unwrap();
        let ended = (0..100).any(|_| {
            thread::sleep(std::time::Duration::from_millis(50));
            sleeper.try_wait().unwrap().is_some()
        });
        let _ = sleeper.kill();
        let _ = sleeper.wait();
        assert!(ended);
    }

    #[test]
    fn cargo_is_not_told_about_our_own_package() {
        // Cargo runs this test, so it has told us.
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
        let command = cargo_command();
        let removed = |name: &str| {
            command
                .get_envs()
                .any(|(n, value)| n == name && value.is_none())
        };
        assert!(removed("CARGO_PKG_NAME") && removed("CARGO_MANIFEST_DIR"));
        assert!(!removed("CARGO_HOME") && !removed("PATH"));
    }
}
