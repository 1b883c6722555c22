//! The pages of FluxStudio: their packages, checks, tests and build, each only when something changed.

mod node;
mod stamp;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::run;
pub use node::Node;
use stamp::{Stamp, hash_of};

/// The folder of the pages.
const FOLDER: &str = "web";
/// What their types are generated from.
const DESCRIPTIONS: &str = "openapi";
/// What is made inside the folder, and so says nothing about its sources.
const MADE: [&str; 2] = ["node_modules", "dist"];
/// The page that every other file of a build is reached from.
const START_PAGE: &str = "dist/index.html";

/// The pages, with a Node to work on them and their packages in place.
pub struct Web {
    root: PathBuf,
    folder: PathBuf,
    node: Node,
}

impl Web {
    /// Finds or installs Node, and the packages when the lock file names others than are there.
    pub fn prepare(root: &Path) -> Result<Self> {
        let _turn = turn(root)?;
        let web = Self {
            root: root.to_owned(),
            folder: root.join(FOLDER),
            node: Node::find_or_install(root)?,
        };
        web.install_packages_of(&web.folder)?;
        Ok(web)
    }

    /// Types, markup and accessibility hints of every page.
    pub fn check(&self) -> Result<()> {
        let checked = self.stamp("check");
        let sources = self.sources()?;
        if checked.says(&sources) {
            return Ok(());
        }
        self.npm(&["run", "--silent", "check"])?;
        checked.write(&sources)
    }

    /// The unit tests.
    pub fn test(&self) -> Result<()> {
        self.npm(&["run", "--silent", "test"])
    }

    /// Builds the pages, which a program then carries inside.
    pub fn build(&self) -> Result<()> {
        let _turn = turn(&self.root)?;
        let built = self.stamp("build");
        let sources = self.sources()?;
        if self.folder.join(START_PAGE).exists() && built.says(&self.with_outcome(&sources)?) {
            return Ok(());
        }
        self.npm(&["run", "--silent", "build"])?;
        ensure!(
            self.folder.join(START_PAGE).exists(),
            "`npm run build` has made no {FOLDER}/{START_PAGE}"
        );
        built.write(&self.with_outcome(&sources)?)
    }

    /// The program that runs scripts.
    pub fn node(&self) -> &Path {
        self.node.program()
    }

    /// Installs the packages that a folder's lock file names, unless they are there. None may run a
    /// program of its own meanwhile.
    pub fn install_packages_of(&self, folder: &Path) -> Result<()> {
        let wanted = hash_of(&[folder.join("package-lock.json")], &[])?;
        let installed = Stamp::at(folder.join("node_modules/.installed"));
        if installed.says(&wanted) {
            return Ok(());
        }
        println!("installing the packages of {}", folder.display());
        let words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        self.npm_in(folder, &words)?;
        installed.write(&wanted)
    }

    fn npm(&self, words: &[&str]) -> Result<()> {
        self.npm_in(&self.folder, words)
    }

    fn npm_in(&self, folder: &Path, words: &[&str]) -> Result<()> {
        let mut npm: Command = self.node.npm();
        npm.current_dir(folder).args(words);
        run(npm)
    }

    fn stamp(&self, name: &str) -> Stamp {
        Stamp::at(stamps(&self.root).join(name))
    }

    fn sources(&self) -> Result<String> {
        hash_of(&[self.folder.clone(), self.root.join(DESCRIPTIONS)], &MADE)
    }

    /// Sources and what became of them: a build by hand in between is noticed.
    fn with_outcome(&self, sources: &str) -> Result<String> {
        let outcome = hash_of(&[self.folder.join("dist")], &[])?;
        Ok(format!("{sources} {outcome}"))
    }
}

fn stamps(root: &Path) -> PathBuf {
    root.join("target/web")
}

/// Of two runs at once one waits for the other: both write the same folders.
fn turn(root: &Path) -> Result<File> {
    let folder = stamps(root);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock().context("cannot wait for another run")?;
    Ok(lock)
}
