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

/// Installs, checks, builds, and runs every test; returns the runner's closing lines.
pub fn run(root: &Path, stages: &mut Stages) -> Result<Vec<String>> {
    stages.run("install", || install::everything(root))?;
    check::run(root, stages)?;
    let web = Web::prepare(root)?;
    stages.run("web tests", || web.test())?;
    let binaries = stages.run("build", || Binaries::build_for_tests(root))?;
    let logs = root.join("target/test-logs");
    let mut crew = Crew::new(&logs)?;
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
    stages.run("up --once", || once::every_way(root, binaries.folder()))?;
    let runner = runner::Runner::choose(root, &surroundings);
    stages.run("documentation tests", || runner.documentation())?;
    stages.run("tests", || runner.everything())
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
