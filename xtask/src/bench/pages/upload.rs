//! A large model through the studio, beside the least that has to be done: its hash and a write.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::json;

use crate::bench::choices::Choices;
use crate::bench::clock::Stopwatch;
use crate::bench::patience::wait_for;
use crate::bench::product::Site;
use crate::bench::series::Series;
use crate::up::{Visitor, answer};

/// Triangles of the model: 50 bytes each, 50 MB in all.
const TRIANGLES: u32 = 1_000_000;
/// Longest wait until the service has checked what it was given, so that it does not disturb the next.
const CHECKED_WITHIN: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(200);

/// One model several times, a little different each time: the same bytes are kept once.
#[derive(Debug, Serialize)]
pub struct Upload {
    pub size_bytes: usize,
    /// From the first call to the answer that names the file.
    pub studio: Series,
    /// `sha256sum` over the file, and a write of it that waits for the disk.
    pub hash_and_write: Series,
    /// How much longer the studio takes: the medians divided.
    pub times: f64,
}

/// Both in turns.
pub fn measure(site: &Site, owner: &Visitor, project: &str, choices: &Choices) -> Result<Upload> {
    let (mut studio, mut least) = (Vec::new(), Vec::new());
    let mut size_bytes = 0;
    for round in 0..choices.uploads {
        let model = model(round, TRIANGLES);
        size_bytes = model.len();
        least.push(hash_and_write(&site.data.path("written.stl"), &model)?);
        let since = Stopwatch::start();
        let file = owner.upload(project, &format!("large-{round}.stl"), &model)?;
        studio.push(since.ms());
        let check = format!("/api/projects/{project}/files/{file}/check");
        wait_for("the check of the model", CHECKED_WITHIN, LOOK, || {
            let check = owner.look(&check)?;
            let under_way = ["waiting", "checking"].map(|word| json!(word));
            let state = check.get("state").context("a check without a state")?;
            Ok((!under_way.contains(state)).then_some(()))
        })?;
    }
    let studio = Series::of(studio).context("nothing was uploaded")?;
    let hash_and_write = Series::of(least).context("nothing was written")?;
    Ok(Upload {
        size_bytes,
        times: studio.median_ms / hash_and_write.median_ms,
        studio,
        hash_and_write,
    })
}

/// A field of small, separate roofs; the header tells the rounds apart.
fn model(round: usize, triangles: u32) -> Vec<u8> {
    let mut bytes = format!("{round:<80}").into_bytes();
    bytes.truncate(80);
    bytes.extend(triangles.to_le_bytes());
    for number in 0..triangles {
        let (x, y) = ((number % 1_000) as f32 * 0.2, (number / 1_000) as f32 * 0.2);
        let corners = [[x, y, 0.0], [x + 0.1, y, 0.0], [x, y + 0.1, 0.1]];
        bytes.extend([0; 12]);
        for millimetres in corners.iter().flatten() {
            bytes.extend(millimetres.to_le_bytes());
        }
        bytes.extend([0; 2]);
    }
    bytes
}

fn hash_and_write(path: &Path, bytes: &[u8]) -> Result<f64> {
    let since = Stopwatch::start();
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let mut hash = Command::new("sha256sum");
    hash.arg(path);
    answer(hash)?;
    Ok(since.ms())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_as_large_as_its_head_says_and_each_round_is_another() {
        let first = model(0, 1_001);
        assert_eq!(first.len(), 84 + 50 * 1_001);
        assert_eq!(first.get(80..84), Some(&1_001_u32.to_le_bytes()[..]));
        assert!(first != model(1, 1_001));
    }
}
