//! Ends what a rig has started even when the rig itself is killed.
//!
//! A leash is a shell that waits on a pipe held by this process. The pipe closes when the rig lets
//! go or when this process dies in any way, SIGKILL included; then the shell runs the last words it
//! was given. It sits in a process group of its own, so a signal to the test's group cannot reach it.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A held pipe; letting go runs the last words.
#[derive(Debug)]
pub(crate) struct Leash {
    shell: Child,
}

impl Leash {
    /// Ties `last_words` (a line of `sh`, with `arguments` as `$1`, `$2`, …) to the life of this process.
    ///
    /// # Errors
    /// When no shell can be started.
    pub(crate) fn tie(
        last_words: &str,
        arguments: &[&str],
        user: Option<(u32, u32)>,
    ) -> Result<Self> {
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", &format!("read -r _; {last_words}"), "leash"])
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        if let Some((uid, gid)) = user {
            shell.uid(uid).gid(gid);
        }
        let shell = shell.spawn().context("cannot start /bin/sh")?;
        Ok(Self { shell })
    }

    /// Drops the leash without its last words.
    pub(crate) fn forget(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_are_spoken_when_the_leash_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let leash = Leash::tie(r#": > "$1""#, &[mark.to_str().unwrap()], None).unwrap();
        assert!(!mark.exists());
        drop(leash);
        assert!(mark.exists());
    }

    #[test]
    fn a_forgotten_leash_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let mut leash = Leash::tie(r#": > "$1""#, &[mark.to_str().unwrap()], None).unwrap();
        leash.forget();
        drop(leash);
        assert!(!mark.exists());
    }
}
