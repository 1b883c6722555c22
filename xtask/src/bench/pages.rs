//! What people at a browser feel: an upload, what their session and the way to the service cost, and
//! the pages themselves.

mod lighthouse;
mod overhead;
mod upload;

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::choices::Choices;
use super::product::{Product, Site};
use crate::up::{Visitor, answer};
pub use lighthouse::PageFigures;
use overhead::Overhead;
use upload::Upload;

/// Whoever measures.
const EMAIL: &str = "bench@workshop.example";
/// Nobody signs in with it.
const PASSWORD: &str = "only the bench needs this one";

/// The figures of the pages, on SQLite; what is missing is explained under `troubles`.
#[derive(Debug, Default, Serialize)]
pub struct PagesFigures {
    /// A large model, from the browser's first byte to the studio's answer.
    pub upload: Option<Upload>,
    /// What a call costs more through the studio.
    pub overhead: Option<Overhead>,
    /// As Lighthouse sees them on a phone.
    pub pages: Vec<PageFigures>,
}

/// Measures all of it on one running product.
pub fn measure(
    root: &Path,
    site: &Site,
    choices: &Choices,
    troubles: &mut Vec<String>,
) -> PagesFigures {
    let mut figures = PagesFigures::default();
    if let Err(error) = all(root, site, choices, &mut figures) {
        println!("   pages failed: {error:#}");
        troubles.push(format!("pages: {error:#}"));
    }
    figures
}

fn all(root: &Path, site: &Site, choices: &Choices, figures: &mut PagesFigures) -> Result<()> {
    let product = Product::start(site)?;
    let first = link(site, &product.url, "--first-owner")?;
    let owner = Visitor::first_owner(&product.url, &first, EMAIL, PASSWORD)?;
    let project = owner.make_project("Bench")?;
    println!("── pages: session and gateway");
    figures.overhead = Some(overhead::measure(&product, &owner, choices)?);
    println!("── pages: upload");
    figures.upload = Some(upload::measure(site, &owner, &project, choices)?);
    println!("── pages: Lighthouse");
    let sign_in = link(site, &product.url, EMAIL)?;
    figures.pages = lighthouse::measure(root, &product.url, &sign_in, choices)?;
    Ok(())
}

fn link(site: &Site, url: &str, whom: &str) -> Result<String> {
    let mut fluxprint = site.program("fluxprint");
    fluxprint.args(["user", "link", whom, "--url", url, "--data"]);
    fluxprint.arg(site.data.folder());
    answer(fluxprint)
}
