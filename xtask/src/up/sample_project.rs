//! Something to look at: a first owner, a project and a part in it, made as a person would.

use std::fs;
use std::io::Read;

use anyhow::{Context, Result};

use super::data_folder::DataFolder;
use super::pairing::answer;
use super::sample_part;
use super::visitor::Visitor;
use crate::binaries::Binaries;

/// Who owns the sample. Nothing is ever sent there: the domain is kept for examples (RFC 2606).
pub const EMAIL: &str = "you@workshop.example";
/// What the sample is called.
const PROJECT: &str = "Sample project";
const PART: &str = "sample-part.stl";
/// Says that the sample was made once: what people do with it later is theirs.
const MADE: &str = "sample-made";

/// Makes the sample, once for a data folder.
pub fn make(binaries: &Binaries, data: &DataFolder, url: &str) -> Result<()> {
    let made = data.path(MADE);
    if made.exists() {
        return Ok(());
    }
    let first = link(binaries, data, url, &["--first-owner"])?;
    let owner = Visitor::first_owner(url, &first, EMAIL, &password()?)?;
    let project = owner.make_project(PROJECT)?;
    let part = fs::read(sample_part::write(&data.path(PART))?)?;
    owner.upload(&project, PART, &part)?;
    owner.leave()?;
    fs::write(made, "").context("cannot note that the sample was made")
}

/// A link that signs the sample's owner in, once.
pub fn sign_in_link(binaries: &Binaries, data: &DataFolder, url: &str) -> Result<String> {
    link(binaries, data, url, &[EMAIL])
}

fn link(binaries: &Binaries, data: &DataFolder, url: &str, whom: &[&str]) -> Result<String> {
    let mut fluxprint = binaries.command("fluxprint");
    fluxprint.args(["user", "link"]).args(whom);
    fluxprint.args(["--url", url, "--data"]).arg(data.folder());
    answer(fluxprint)
}

/// One that nobody knows and nobody needs: the owner comes by link, and sets one of their own.
fn password() -> Result<String> {
    let mut chance = [0_u8; 24];
    fs::File::open("/dev/urandom")?.read_exact(&mut chance)?;
    Ok(chance.iter().map(|byte| format!("{byte:02x}")).collect())
}
