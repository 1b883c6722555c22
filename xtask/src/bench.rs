//! `cargo xtask bench`: how fast and how small the product is, on the release build, for people and
//! as JSON under `target/bench/`. The only thing that is special about the product here are limits
//! that were raised by configuration.

mod aims;
mod choices;
mod clock;
mod commit_rate;
mod cpu;
mod engine;
mod load;
mod machine;
mod memory;
mod pages;
mod patience;
mod postgres;
mod product;
mod report;
mod rounds;
mod seed;
mod series;
mod shown;
mod shown_pages;
mod startup;
mod table;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::binaries::Binaries;
use crate::crew::Crew;
use crate::install;
use crate::stages::Stages;
use crate::up::DataFolder;
use choices::Choices;
pub use choices::USAGE;
use machine::{Machine, Source};
use product::{Site, word};
use report::{Binary, Report};

/// Our programs.
const PROGRAMS: [&str; 3] = ["fluxprint", "fluxprint-bridge", "fluxprint-sim"];

/// Measures everything; fails when something could not be measured, never because a figure is bad.
pub fn run(root: &Path, words: &[&str], stages: &mut Stages) -> Result<()> {
    let choices = Choices::parse(words)?;
    stages.run("install", || {
        install::slicer()?;
        install::postgres()?;
        install::for_pages()
    })?;
    let binaries = stages.run("build", || Binaries::build_release(root))?;
    let folder = root.join("target/bench");
    let mut report = Report {
        date: machine::date()?,
        quick: choices.quick,
        source: Source::here(root)?,
        machine: Machine::here(root),
        binaries: sizes(&binaries)?,
        engines: Vec::new(),
        pages: pages::PagesFigures::default(),
        aims: Vec::new(),
        troubles: Vec::new(),
    };
    stages.run("SQLite", || {
        on_sqlite(&folder, &binaries, &choices, &mut report)
    })?;
    stages.run("PostgreSQL", || {
        on_postgres(&folder, &binaries, &choices, &mut report)
    })?;
    stages.run("pages", || {
        on_pages(root, &folder, &binaries, &choices, &mut report)
    })?;
    report.aims = report.engines.iter().flat_map(aims::judge).collect();
    report.aims.extend(aims::judge_pages(&report.pages));
    println!("\n{}", shown::text(&report));
    println!("{}", report.write(&folder)?.display());
    ensure!(
        report.troubles.is_empty(),
        "not everything could be measured (see above)"
    );
    Ok(())
}

fn sizes(binaries: &Binaries) -> Result<Vec<Binary>> {
    let size = |name: &str| {
        let path = binaries.folder().join(name);
        let file = fs::metadata(&path).with_context(|| format!("no {}", path.display()))?;
        Ok(Binary {
            name: name.to_owned(),
            size_bytes: file.len(),
        })
    };
    PROGRAMS.into_iter().map(size).collect()
}

fn on_sqlite(
    folder: &Path,
    binaries: &Binaries,
    choices: &Choices,
    report: &mut Report,
) -> Result<()> {
    let data = DataFolder::at(folder.join("sqlite"), true)?;
    let site = Site {
        binaries,
        data: &data,
        database: None,
    };
    report.engines.push(engine::measure(
        "SQLite",
        &site,
        choices,
        &mut report.troubles,
    ));
    Ok(())
}

fn on_pages(
    root: &Path,
    folder: &Path,
    binaries: &Binaries,
    choices: &Choices,
    report: &mut Report,
) -> Result<()> {
    let data = DataFolder::at(folder.join("pages"), true)?;
    let site = Site {
        binaries,
        data: &data,
        database: None,
    };
    report.pages = pages::measure(root, &site, choices, &mut report.troubles);
    Ok(())
}

/// The cluster waits for the disk at every commit; it lives in the folder for temporary files,
/// which the user `postgres` can reach wherever the checkout is.
fn on_postgres(
    folder: &Path,
    binaries: &Binaries,
    choices: &Choices,
    report: &mut Report,
) -> Result<()> {
    let data = DataFolder::at(folder.join("postgresql"), true)?;
    let mut crew = Crew::new(&data.logs())?;
    let mut cluster: Command = binaries.command("fluxprint-sim");
    cluster.args(["postgres", "--durable", "--database", "fluxprint"]);
    let database = word(&crew.start("postgres", cluster)?, "url")?;
    let site = Site {
        binaries,
        data: &data,
        database: Some(database),
    };
    report.engines.push(engine::measure(
        "PostgreSQL",
        &site,
        choices,
        &mut report.troubles,
    ));
    Ok(())
}
