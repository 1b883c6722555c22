//! Journeys: a script of `e2e/web/` drives a real browser through a world, as a person would.
//!
//! The script gets the address of the pages, a folder for its pictures, and an address at which it
//! asks for what happens outside the browser: a link from the command line, a program that dies, a
//! printer that misbehaves.

mod outside;

use crate::part::part_file;
use crate::world::World;
use anyhow::{Context, Result, bail};
use outside::Outside;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// The parts a script can print, in millimetres.
const PART_MM: [f64; 3] = [20.0, 20.0, 2.0];
/// Where `cargo xtask test` says which Node and which browser to use.
const NODE_VAR: &str = "FLUXPRINT_NODE";
const BROWSER_VAR: &str = "FLUXPRINT_CHROMIUM";

/// A script and how long it may take.
#[derive(Debug)]
pub struct Journey {
    script: &'static str,
    within: Duration,
}

impl Journey {
    /// The script of this name in `e2e/web/`.
    #[must_use]
    pub fn new(script: &'static str, within: Duration) -> Self {
        Self { script, within }
    }

    /// Sends the browser through `world`.
    ///
    /// # Errors
    /// When the script fails or takes too long: what it said, where its pictures are, and the logs.
    pub async fn through(self, world: &mut World) -> Result<()> {
        let place = place_of(self.script)?;
        let outside = Outside::open().await?;
        let log = place.join("output.log");
        let mut command = self.command(world, &place, &outside)?;
        let output = File::create(&log)?;
        command.stdout(output.try_clone()?).stderr(output);
        let mut script = command.spawn().context("cannot start node")?;
        let ended = tokio::time::timeout(self.within, outside.serve(world, script.wait())).await;
        let failure = match ended {
            Ok(status) if status.as_ref().is_ok_and(|status| status.success()) => return Ok(()),
            Ok(Ok(status)) => status.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("it took more than {} s", self.within.as_secs()),
        };
        let _ = script.kill().await;
        bail!(
            "{} failed: {failure}\n{}\npictures: {}\n{}",
            self.script,
            fs::read_to_string(&log).unwrap_or_default(),
            pictures(&place).join(" "),
            world.logs()
        )
    }

    fn command(&self, world: &World, place: &Path, outside: &Outside) -> Result<Command> {
        let [x, y, z] = PART_MM;
        let part = part_file(world.dir.path(), x, y, z)?;
        let mut command = Command::new(told(NODE_VAR, "node"));
        command
            .arg(repository().join("e2e/web").join(self.script))
            .env("FLUXPRINT_URL", world.studio_url())
            .env("FLUXPRINT_SERVICE", world.api.url())
            .env("FLUXPRINT_OUTSIDE", outside.url())
            .env("FLUXPRINT_PART", part)
            .env("FLUXPRINT_PICTURES", place)
            .env(BROWSER_VAR, browser()?)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Ok(command)
    }
}

fn told(variable: &str, otherwise: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| otherwise.to_owned())
}

/// Playwright wants the whole path.
fn browser() -> Result<PathBuf> {
    let name = told(BROWSER_VAR, "chromium");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(&name));
    let found = files.find(|file| file.exists());
    found.with_context(|| format!("there is no `{name}`: `cargo xtask test` installs it"))
}

/// The folder of a journey's pictures, empty.
fn place_of(script: &str) -> Result<PathBuf> {
    let name = script.trim_end_matches(".mjs");
    let thread = std::thread::current();
    // Two tests may send the same script through two worlds at the same time.
    let test = thread.name().unwrap_or("test").replace("::", "-");
    let place = repository().join("target/journeys").join(name).join(test);
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    Ok(place)
}

fn pictures(place: &Path) -> Vec<String> {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let pictures = paths.filter(|path| path.extension().is_some_and(|end| end == "png"));
    pictures.map(|path| path.display().to_string()).collect()
}

fn repository() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent()
        .expect("this package lies in the repository")
        .to_owned()
}
