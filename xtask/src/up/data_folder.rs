//! Where a run keeps what it makes: `./var`, or `FLUXPRINT_DATA`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Stands in a folder that is ours to empty.
const MARK: &str = ".made-by-xtask-up";

/// The data folder.
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// Makes it, emptied first when it is to be fresh.
    pub fn open(root: &Path, fresh: bool) -> Result<Self> {
        let named = std::env::var_os("FLUXPRINT_DATA").map(PathBuf::from);
        let path = std::path::absolute(named.unwrap_or_else(|| root.join("var")))?;
        Self::at(path, fresh)
    }

    /// The same at this very place.
    pub fn at(path: PathBuf, fresh: bool) -> Result<Self> {
        refuse_if_in_use(&path)?;
        if fresh {
            empty(&path)?;
        }
        fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        if is_empty(&path)? {
            fs::write(path.join(MARK), "")?;
        }
        Ok(Self { path })
    }

    /// A file or folder inside.
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.path
    }

    /// Where programs log.
    pub fn logs(&self) -> PathBuf {
        self.path("logs")
    }
}

/// A running service holds a lock in its folder: nobody may empty that, or write over its logs.
fn refuse_if_in_use(path: &Path) -> Result<()> {
    let Ok(lock) = fs::File::open(path.join("service.lock")) else {
        return Ok(());
    };
    match lock.try_lock() {
        Err(fs::TryLockError::WouldBlock) => bail!(
            "{} is in use by a running FluxPrint; end it first, or set FLUXPRINT_DATA to another folder",
            path.display()
        ),
        _ => Ok(()),
    }
}

/// Removes a folder, but only one that an earlier run has made: the variable may name anything.
fn empty(path: &Path) -> Result<()> {
    if !path.exists() || is_empty(path)? {
        return Ok(());
    }
    if !path.join(MARK).exists() {
        bail!(
            "{} was not made by `cargo xtask up`; empty it yourself",
            path.display()
        );
    }
    fs::remove_dir_all(path).with_context(|| format!("cannot empty {}", path.display()))
}

fn is_empty(path: &Path) -> Result<bool> {
    Ok(fs::read_dir(path)?.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_use_is_neither_emptied_nor_written_to() {
        let folder = std::env::temp_dir().join(format!("fluxprint-used-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let lock = fs::File::create(folder.join("service.lock")).unwrap();
        lock.try_lock().unwrap();
        assert!(DataFolder::at(folder.clone(), true).is_err());
        assert!(folder.join("service.lock").exists());
        drop(lock);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn only_a_folder_of_our_own_is_emptied() {
        let folder = std::env::temp_dir().join(format!("fluxprint-data-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("letter"), "dear").unwrap();
        assert!(empty(&folder).is_err());
        assert!(folder.join("letter").exists());
        fs::write(folder.join(MARK), "").unwrap();
        empty(&folder).unwrap();
        assert!(!folder.exists());
    }
}
