//! A program together with the shared libraries it needs, and nothing more: what the sandbox shows.

use crate::error::SliceError;
use crate::limits::PROBE_WALL;
use crate::programs;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// A program that can run in the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    libraries: BTreeSet<PathBuf>,
}

impl Program {
    /// Asks the system's loader (`ldd`) once which libraries `path` needs.
    ///
    /// # Errors
    /// [`SliceError::SlicerMissing`] if it is no program, or one of its libraries is not installed.
    pub async fn resolve(path: &Path) -> Result<Self, SliceError> {
        let missing = |why: String| SliceError::SlicerMissing {
            detail: format!("{}: {why}", path.display()),
        };
        if !path.is_absolute() || !programs::is_program(path) {
            return Err(missing("not the absolute path of a program".to_owned()));
        }
        let ldd =
            programs::find("ldd").ok_or_else(|| missing("ldd is not installed".to_owned()))?;
        let asked = Command::new(ldd)
            .arg(path)
            .env_clear()
            .env("LC_ALL", "C")
            .env("PATH", "/usr/bin:/bin")
            .kill_on_drop(true)
            .output();
        let answer = tokio::time::timeout(PROBE_WALL, asked)
            .await
            .map_err(|_| missing("ldd does not answer".to_owned()))?
            .map_err(|error| missing(error.to_string()))?;
        let text = String::from_utf8_lossy(&answer.stdout);
        let libraries = if answer.status.success() {
            libraries_in(&text).map_err(missing)?
        } else if is_static(&String::from_utf8_lossy(&answer.stderr)) {
            BTreeSet::new()
        } else {
            return Err(missing(
                String::from_utf8_lossy(&answer.stderr).into_owned(),
            ));
        };
        Ok(Self {
            path: path.to_owned(),
            libraries,
        })
    }

    /// Where the program is outside the sandbox.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The libraries, the loader among them, by the names under which the program asks for them.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &Path> {
        self.libraries.iter().map(PathBuf::as_path)
    }
}

/// The libraries in an answer of `ldd`, or what is not installed.
fn libraries_in(answer: &str) -> Result<BTreeSet<PathBuf>, String> {
    let mut found = BTreeSet::new();
    for line in answer.lines().map(str::trim) {
        // "libm.so.6 => /lib/libm.so.6 (0x7f…)", "/lib64/ld-linux.so.2 (0x7f…)" or
        // "linux-vdso.so.1 (0x7f…)", which is part of the kernel.
        let place = line
            .split_once("=>")
            .map_or(line, |(_, place)| place.trim());
        if place == "not found" {
            return Err(line.to_owned());
        }
        if place.starts_with('/') {
            let path = place.rsplit_once(" (").map_or(place, |(path, _)| path);
            found.insert(PathBuf::from(path));
        }
    }
    Ok(found)
}

fn is_static(complaint: &str) -> bool {
    complaint.contains("not a dynamic executable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loaders_answer_becomes_paths_without_the_kernels_own_library() {
        let answer = "\tlinux-vdso.so.1 (0x00007ffc)\n\tlibm.so.6 => /lib/x/libm.so.6 (0x00007f)\n\
                      \t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n\tstatically linked\n";
        let found: Vec<_> = libraries_in(answer)
            .expect("all there")
            .into_iter()
            .collect();
        let expected = ["/lib/x/libm.so.6", "/lib64/ld-linux-x86-64.so.2"];
        assert_eq!(found, expected.map(PathBuf::from));
    }

    #[test]
    fn a_library_that_is_not_installed_is_named() {
        let error = libraries_in("\tlibtbb.so.12 => not found\n").expect_err("missing");
        assert!(error.contains("libtbb.so.12"));
    }
}
