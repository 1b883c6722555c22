//! Finds PostgreSQL's programs and runs them as a user they accept.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// Where Debian puts them; `PATH` comes after.
const DEBIAN_DIR: &str = "/usr/lib/postgresql/15/bin";

/// The programs of one PostgreSQL installation.
#[derive(Debug)]
pub(super) struct Programs {
    dir: PathBuf,
    user: Option<(u32, u32)>,
}

impl Programs {
    pub(super) fn find() -> Result<Self> {
        Ok(Self {
            dir: find_dir()?,
            user: user_for(nix::unistd::geteuid().is_root())?,
        })
    }

    /// The user and group that the programs run as; `None` means as ourselves.
    pub(super) fn user(&self) -> Option<(u32, u32)> {
        self.user
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.dir.join(program)
    }

    pub(super) fn run(&self, program: &str, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(self.path(program));
        command.args(arguments);
        self.finish(command)
            .with_context(|| format!("cannot run {program}"))
    }

    /// Whether the user that the programs run as may write into a folder.
    pub(super) fn can_write(&self, folder: &Path) -> Result<bool> {
        let mut command = Command::new("test");
        command
            .arg("-w")
            .arg(folder)
            .arg("-a")
            .arg("-x")
            .arg(folder);
        Ok(self.finish(command)?.status.success())
    }

    fn finish(&self, mut command: Command) -> Result<Output> {
        // A fixed language keeps messages readable by the code that looks at them, and a variable
        // of the person's own PostgreSQL must not redirect a test.
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LC_ALL", "C.UTF-8");
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        Ok(command.output()?)
    }
}

fn find_dir() -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::iter::once(PathBuf::from(DEBIAN_DIR))
        .chain(std::env::split_paths(&path))
        .find(|dir| {
            ["initdb", "pg_ctl", "postgres", "psql"]
                .iter()
                .all(|p| dir.join(p).exists())
        })
        .context("PostgreSQL is not installed; on Debian: apt-get install postgresql")
}

fn user_for(root: bool) -> Result<Option<(u32, u32)>> {
    if !root {
        return Ok(None);
    }
    match nix::unistd::User::from_name("postgres")? {
        Some(user) => Ok(Some((user.uid.as_raw(), user.gid.as_raw()))),
        None => bail!("PostgreSQL refuses to run as root, and there is no user `postgres`"),
    }
}
