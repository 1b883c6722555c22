//! `cargo xtask test`: everything, from a clean clone, with what it needs.

mod once;
mod runner;

use std::path::Path;

use anyhow::{Context, Result};

use crate::binaries::Binaries;
use crate::crew::Crew;
use crate::stages::Stages;
use crate::web::Web;
use crate::{check, install};
pub use runner::Runner;

/// Installs, checks, builds, and runs every test; returns the runner's closing lines.
pub fn run(root: &Path, stages: &mut Stages) -> Result<Vec<String>> {
    stages.run("install", || install::everything(root))?;
    check::run(root, stages)?;
    let web = Web::prepare(root)?;
    stages.run("web tests", || web.test())?;
    let ground = Ground::prepare(root, &web, stages)?;
    let binaries = ground.binaries.folder();
    stages.run("up --once", || once::every_way(root, binaries))?;
    stages.run("documentation tests", || ground.runner.documentation())?;
    stages.run("tests", || ground.runner.everything())
}

/// What tests of the whole product stand on: the programs, and what they find through their
/// environment.
pub struct Ground {
    /// Runs tests on it.
    pub runner: Runner,
    binaries: Binaries,
    _crew: Crew,
}

impl Ground {
    /// Builds the programs and starts what all tests share.
    pub fn prepare(root: &Path, web: &Web, stages: &mut Stages) -> Result<Self> {
        let binaries = stages.run("build", || Binaries::build_for_tests(root))?;
        let mut crew = Crew::new(&root.join("target/test-logs"))?;
        let postgres = stages.run("postgres", || start_postgres(&mut crew, &binaries))?;
        let surroundings = [
            ("FLUXPRINT_TEST_POSTGRES", postgres),
            (
                "FLUXPRINT_OCTOPRINT_VENV",
                install::venv(root).display().to_string(),
            ),
            ("FLUXPRINT_BIN_DIR", binaries.folder().display().to_string()),
            ("FLUXPRINT_NODE", web.node().display().to_string()),
            (
                install::BROWSER_VAR,
                install::browser()?.display().to_string(),
            ),
        ];
        Ok(Self {
            runner: Runner::choose(root, &surroundings),
            binaries,
            _crew: crew,
        })
    }
}

/// One cluster serves the whole run: a cluster for each test process would cost a second each.
fn start_postgres(crew: &mut Crew, binaries: &Binaries) -> Result<String> {
    let mut command = binaries.command("fluxprint-sim");
    command.arg("postgres");
    let ready = crew.start("postgres", command)?;
    let url = ready.get("url").and_then(|url| url.as_str());
    Ok(url
        .context("fluxprint-sim postgres did not name its address")?
        .to_owned())
}
