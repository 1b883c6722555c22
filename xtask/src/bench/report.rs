//! Everything that was measured, as it is written to a file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use super::aims::Aim;
use super::load::Load;
use super::machine::{Machine, Source};
use super::memory::Memory;
use super::pages::PagesFigures;
use super::series::Series;
use super::startup::Startup;

/// One run of the bench.
#[derive(Debug, Serialize)]
pub struct Report {
    /// When it was begun.
    pub date: String,
    /// Whether fewer and shorter measurements were made.
    pub quick: bool,
    /// What was measured.
    pub source: Source,
    /// On what.
    pub machine: Machine,
    /// The programs.
    pub binaries: Vec<Binary>,
    /// The figures of each engine.
    pub engines: Vec<EngineFigures>,
    /// The figures of the pages.
    pub pages: PagesFigures,
    /// What was aimed at and what was reached.
    pub aims: Vec<Aim>,
    /// What could not be measured, and why.
    pub troubles: Vec<String>,
}

/// One program.
#[derive(Debug, Serialize)]
pub struct Binary {
    pub name: String,
    /// Of the file, release profile, stripped.
    pub size_bytes: u64,
}

/// What was measured on one engine; what is missing is explained under `troubles`.
#[derive(Debug, Default, Serialize)]
pub struct EngineFigures {
    /// `SQLite` or `PostgreSQL`.
    pub engine: &'static str,
    /// Version of what the commit rate was measured with.
    pub engine_version: Option<String>,
    /// How busy the machine was with other things just before: they take from every figure.
    pub others_busy_pct: Option<f64>,
    /// From the start of the program.
    pub startup: Option<Startup>,
    /// With a bridge and a printer connected, before any job.
    pub idle: Option<Idle>,
    /// The same after all loads.
    pub idle_afterwards: Option<Idle>,
    /// Jobs in the database while it was read.
    pub jobs: usize,
    /// Loads that read.
    pub reads: Vec<Load>,
    /// What is measured by `bed_clear`.
    pub bed_clear_what: &'static str,
    /// From *bed clear* to the first line.
    pub bed_clear: Option<Series>,
    /// Loads that make jobs.
    pub enqueues: Vec<Enqueue>,
}

/// Memory of programs that have nothing to do.
#[derive(Debug, Serialize)]
pub struct Idle {
    /// How long they had nothing to do.
    pub after_s: f64,
    pub service: Memory,
    pub bridge: Memory,
}

/// Jobs made per second against the engine's own commits.
#[derive(Debug, Serialize)]
pub struct Enqueue {
    pub load: Load,
    /// One-row commits per second of the engine alone, with as many connections where that matters.
    pub engine_commits_per_second: f64,
    /// Jobs per commit of the engine alone: 1 would be as fast as the engine can be.
    pub share: f64,
}

impl Report {
    /// Writes it to `folder`; returns where.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let path = folder.join(file_name(&self.date, &self.source.commit));
        let json = serde_json::to_string_pretty(self)?;
        fs::write(&path, json + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// Colons are no part of file names everywhere.
fn file_name(date: &str, commit: &str) -> String {
    format!("{}-{commit}.json", date.replace(':', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_found_by_its_date_and_commit() {
        let name = file_name("2026-01-31T12:00:00Z", "abc123");
        assert_eq!(name, "2026-01-31T120000Z-abc123.json");
    }
}
