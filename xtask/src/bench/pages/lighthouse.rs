//! Lighthouse over the pages, and the bytes of script that a first visit loads.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::bench::choices::Choices;
use crate::install;
use crate::up::answer;
use crate::web::Web;

/// Where Lighthouse and its packages are.
const FOLDER: &str = "e2e/lighthouse";
const SCRIPT: &str = "e2e/lighthouse/measure.mjs";

/// One page, as a phone sees it; medians.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageFigures {
    pub page: String,
    /// Where the browser ended up.
    pub final_url: String,
    /// Of 100.
    pub performance: f64,
    /// Of 100.
    pub accessibility: f64,
    /// Of 100.
    pub best_practices: f64,
    pub lcp_ms: f64,
    pub tbt_ms: f64,
    pub cls: f64,
    /// Of everything that came over the wire.
    pub bytes: f64,
    /// Accessibility audits that were not passed.
    pub missed: Vec<String>,
    /// Rounds measured again, since the browser had lost the beginning of its recording.
    #[serde(default)]
    pub lost: u32,
    /// The scripts that were loaded, as paths.
    pub scripts: Vec<String>,
    /// Those scripts as gzip has them.
    #[serde(default)]
    pub script_gz_bytes: u64,
}

/// Measures every page.
pub fn measure(root: &Path, url: &str, link: &str, choices: &Choices) -> Result<Vec<PageFigures>> {
    let web = Web::prepare(root)?;
    web.install_packages_of(&root.join(FOLDER))?;
    let mut node = Command::new(web.node());
    node.arg(root.join(SCRIPT))
        .env(
            "FLUXPRINT_URL",
            url.replacen("//127.0.0.1:", "//localhost:", 1),
        )
        .env("FLUXPRINT_LINK", link)
        .env("FLUXPRINT_ROUNDS", choices.page_rounds.to_string())
        .env(install::BROWSER_VAR, install::browser()?);
    let said = answer(node)?;
    let pages = said.lines().map(|line| {
        let page: PageFigures =
            serde_json::from_str(line).with_context(|| format!("not understood: {line}"))?;
        let script_gz_bytes = gz_bytes(&root.join("web/dist"), &page.scripts)?;
        Ok(PageFigures {
            script_gz_bytes,
            ..page
        })
    });
    pages.collect()
}

fn gz_bytes(dist: &Path, scripts: &[String]) -> Result<u64> {
    let size = |path: &String| {
        let twin = dist.join(format!("{}.gz", path.trim_start_matches('/')));
        let twin = fs::metadata(&twin).with_context(|| format!("no {}", twin.display()));
        Ok(twin?.len())
    };
    scripts.iter().map(size).sum()
}
