//! What a step was last done with, so that it is not done twice.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// A small file that holds a hash.
pub struct Stamp(PathBuf);

impl Stamp {
    /// The stamp at this place, there or not.
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Whether the step was done with exactly this.
    pub fn says(&self, hash: &str) -> bool {
        fs::read_to_string(&self.0).is_ok_and(|found| found == hash)
    }

    /// The step is done.
    pub fn write(&self, hash: &str) -> Result<()> {
        fs::write(&self.0, hash).with_context(|| format!("cannot write {}", self.0.display()))
    }
}

/// One hash of names and bytes of files and folders; folders called as in `skip` are left out, and
/// what is not there counts as nothing.
pub fn hash_of(places: &[PathBuf], skip: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for place in places {
        collect(place, skip, &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in &files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(file.to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(&bytes));
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn collect(place: &Path, skip: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    if place.is_file() {
        files.push(place.to_owned());
    }
    if !place.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        if !skip.iter().any(|name| entry.file_name() == *name) {
            collect(&entry.path(), skip, files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_true_until_a_file_changes_moves_or_goes() {
        let folder = std::env::temp_dir().join(format!("fluxprint-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::create_dir_all(folder.join("dist")).unwrap();
        let hash = || hash_of(&[folder.join("src"), folder.join("none")], &["dist"]).unwrap();
        let stamp = Stamp::at(folder.join("stamp"));
        fs::write(folder.join("src/a"), "1").unwrap();
        let first = hash();
        assert!(!stamp.says(&first));
        stamp.write(&first).unwrap();
        assert!(stamp.says(&hash()));
        fs::write(folder.join("src/a"), "2").unwrap();
        assert!(!stamp.says(&hash()));
        fs::write(folder.join("src/a"), "1").unwrap();
        assert!(stamp.says(&hash()));
        fs::rename(folder.join("src/a"), folder.join("src/b")).unwrap();
        assert!(!stamp.says(&hash()));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_made_is_not_looked_at() {
        let folder = std::env::temp_dir().join(format!("fluxprint-made-{}", std::process::id()));
        fs::create_dir_all(folder.join("dist")).unwrap();
        fs::write(folder.join("a"), "1").unwrap();
        let hash = || hash_of(std::slice::from_ref(&folder), &["dist"]).unwrap();
        let before = hash();
        fs::write(folder.join("dist/b"), "2").unwrap();
        assert_eq!(hash(), before);
        fs::remove_dir_all(folder).unwrap();
    }
}
