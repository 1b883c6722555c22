//! Debian packages: installed when we are root, named when we are not.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{is_there, run};

/// A package and how to see that what we need of it is there.
pub struct Package {
    name: &'static str,
    is_there: fn() -> bool,
}

const PRUSA_SLICER: Package = Package {
    name: "prusa-slicer",
    is_there: || on_path("prusa-slicer"),
};
const BUBBLEWRAP: Package = Package {
    name: "bubblewrap",
    is_there: || is_there("bwrap"),
};
const POSTGRESQL: Package = Package {
    name: "postgresql",
    is_there: || Path::new("/usr/lib/postgresql/15/bin/initdb").exists() || on_path("initdb"),
};
const PYTHON_VENV: Package = Package {
    name: "python3-venv",
    is_there: python_makes_venvs,
};
const PYTHON_DEV: Package = Package {
    name: "python3-dev",
    is_there: python_has_headers,
};
/// It brings the fonts that it needs.
const CHROMIUM: Package = Package {
    name: "chromium",
    is_there: || browser().is_some(),
};

/// What the whole test run needs.
pub const FOR_TESTS: [Package; 4] = [PRUSA_SLICER, BUBBLEWRAP, POSTGRESQL, CHROMIUM];
/// What slicing needs.
pub const FOR_SLICING: [Package; 2] = [PRUSA_SLICER, BUBBLEWRAP];
/// What a PostgreSQL cluster needs.
pub const FOR_POSTGRES: [Package; 1] = [POSTGRESQL];
/// What looks at pages.
pub const FOR_PAGES: [Package; 1] = [CHROMIUM];
/// What makes Python environments.
pub const FOR_PYTHON: [Package; 1] = [PYTHON_VENV];
/// What OctoPrint's Python environment needs: one of its packages is compiled from C.
pub const FOR_OCTOPRINT: [Package; 2] = [PYTHON_VENV, PYTHON_DEV];

/// Installs those of the packages that are not there.
pub fn install_missing(packages: &[Package]) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .filter(|package| !(package.is_there)())
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !nix::unistd::geteuid().is_root() || !on_path("apt-get") {
        bail!("Install these first: sudo apt-get install --no-install-recommends {names}");
    }
    println!("installing {names}");
    // The lists of a fresh machine are empty or old; refreshing them costs seconds, so only then.
    if install(&missing).is_err() {
        run(apt_get(&["update"]))?;
        install(&missing)?;
    }
    match packages.iter().find(|package| !(package.is_there)()) {
        Some(package) => bail!(
            "{} is installed, yet its program is not to be found",
            package.name
        ),
        None => Ok(()),
    }
}

fn install(packages: &[&str]) -> Result<()> {
    let mut command = apt_get(&["install", "--yes", "--no-install-recommends"]);
    command.args(packages);
    run(command)
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg("-q")
        .args(arguments);
    command
}

/// The browser that was named, else the one on the PATH.
pub fn browser() -> Option<PathBuf> {
    let named = std::env::var_os(super::BROWSER_VAR).map(PathBuf::from);
    named.map_or_else(
        || found_on_path("chromium"),
        |file| file.exists().then_some(file),
    )
}

/// For programs that cannot say their version without a screen or a server.
fn on_path(program: &str) -> bool {
    found_on_path(program).is_some()
}

fn found_on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(program));
    files.find(|file| file.exists())
}

fn python_makes_venvs() -> bool {
    python_passes("import ensurepip, venv")
}

fn python_has_headers() -> bool {
    python_passes(
        "import os, sys, sysconfig; \
         sys.exit(not os.path.exists(os.path.join(sysconfig.get_path('include'), 'Python.h')))",
    )
}

fn python_passes(script: &str) -> bool {
    let mut python = Command::new("python3");
    python
        .args(["-c", script])
        .stderr(std::process::Stdio::null());
    run(python).is_ok()
}
