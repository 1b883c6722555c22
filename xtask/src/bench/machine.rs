//! On what the figures were measured.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde::Serialize;

use crate::up::answer;

/// The machine.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// Cores this program may use.
    pub cores: usize,
    /// The name of the processor.
    pub cpu: String,
    /// Memory.
    pub memory_mb: u64,
    /// Version of the kernel.
    pub kernel: String,
    /// File system of the data folder.
    pub data_disk: String,
    /// File system of the folder for temporary files, where the PostgreSQL cluster is.
    pub temporary_disk: String,
}

impl Machine {
    /// This one.
    pub fn here(root: &Path) -> Self {
        let cpu_info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            cpu: value_of(&cpu_info, "model name")
                .unwrap_or("unknown")
                .to_owned(),
            memory_mb: value_of(&memory, "MemTotal").map_or(0, megabytes),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")
                .map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned()),
            data_disk: disk(root),
            temporary_disk: disk(&std::env::temp_dir()),
        }
    }
}

fn disk(folder: &Path) -> String {
    let mut stat = Command::new("stat");
    stat.args(["--file-system", "--format=%T"]).arg(folder);
    answer(stat).unwrap_or_else(|_| "unknown".to_owned())
}

/// What follows `name:` on the first line that begins with it.
fn value_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then_some(value.trim())
    })
}

fn megabytes(kibibytes: &str) -> u64 {
    let number = kibibytes.split_whitespace().next();
    number.and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) * 1024 / 1_000_000
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Source {
    /// The commit that was checked out.
    pub commit: String,
    /// Whether files differed from it.
    pub changed: bool,
    /// The compiler.
    pub rustc: String,
    /// The crate that brings SQLite.
    pub libsqlite3_sys: String,
}

impl Source {
    /// This checkout.
    pub fn here(root: &Path) -> Result<Self> {
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.current_dir(root).args(arguments);
            answer(git)
        };
        let mut rustc = Command::new("rustc");
        rustc.current_dir(root).arg("--version");
        let lock = fs::read_to_string(root.join("Cargo.lock"))?;
        Ok(Self {
            commit: git(&["rev-parse", "--short=12", "HEAD"])?,
            changed: !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty(),
            rustc: answer(rustc)?,
            libsqlite3_sys: locked(&lock, "libsqlite3-sys")
                .unwrap_or("unknown")
                .to_owned(),
        })
    }
}

/// The version of a crate in a lock file.
fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    lock.split_once(&entry)?.1.split('"').next()
}

/// Now, for people and file names: `2026-01-31T12:00:00Z`.
pub fn date() -> Result<String> {
    let mut date = Command::new("date");
    date.args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]);
    answer(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_tables_are_read() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nmodel name\t: other\n";
        assert_eq!(value_of(text, "model name"), Some("Some CPU @ 2 GHz"));
        assert_eq!(value_of(text, "MemTotal"), None);
        assert_eq!(megabytes("2000000 kB"), 2_048);
    }

    #[test]
    fn a_locked_version_is_found() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"aa\"\nversion = \"4\"\n";
        assert_eq!(locked(lock, "a"), Some("1.2.3"));
        assert_eq!(locked(lock, "b"), None);
    }
}
