//! Print files on the local disk, by their hash: another try of the same slice is not fetched again.

use crate::limits::{CACHE_BYTES_MAX, CACHE_FILES_MAX, HASH_CHUNK_BYTES};
use fluxprint_domain::{Clock, Sha256};
use sha2::Digest;
use std::fs::{self, File, FileTimes};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A folder of files that are named by what they hold.
#[derive(Clone)]
pub struct Cache {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
}

impl Cache {
    /// A cache in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, clock })
    }

    /// Where the whole file is kept.
    #[must_use]
    pub fn whole(&self, sha256: Sha256) -> PathBuf {
        self.folder.join(format!("{sha256}.gcode"))
    }

    /// Where it grows while it is fetched.
    #[must_use]
    pub fn partial(&self, sha256: Sha256) -> PathBuf {
        self.folder.join(format!("{sha256}.part"))
    }

    /// How much of it has been fetched.
    pub async fn partial_bytes(&self, sha256: Sha256) -> u64 {
        let found = tokio::fs::metadata(self.partial(sha256)).await;
        found.map_or(0, |file| file.len())
    }

    /// The file, if it is here, read through and found to be what its name says. One that is not
    /// is thrown away.
    pub async fn find(&self, sha256: Sha256, size_bytes: u64) -> Option<PathBuf> {
        let (file, now) = (self.whole(sha256), self.clock.now());
        let found = tokio::task::spawn_blocking(move || {
            if !file.exists() {
                return None;
            }
            if !matches!(hash(&file), Ok(seen) if seen == (sha256, size_bytes)) {
                let _ = fs::remove_file(&file);
                return None;
            }
            let used = Duration::from_micros(now.0.max(0).unsigned_abs());
            // Only for the order in which files go; without it the oldest fetched go first.
            let _ = File::options().append(true).open(&file).and_then(|f| {
                f.set_times(FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + used))
            });
            Some(file)
        });
        found.await.ok().flatten()
    }

    /// Turns a fetched file into a kept one, if it is what was wanted. `false`: it was something
    /// else, and is gone.
    ///
    /// # Errors
    /// What the operating system says.
    pub async fn keep(&self, sha256: Sha256, size_bytes: u64) -> io::Result<bool> {
        let (from, to, folder) = (
            self.partial(sha256),
            self.whole(sha256),
            self.folder.clone(),
        );
        let kept = tokio::task::spawn_blocking(move || {
            if hash(&from)? != (sha256, size_bytes) {
                fs::remove_file(&from)?;
                return Ok(false);
            }
            File::open(&from)?.sync_all()?;
            fs::rename(&from, &to)?;
            File::open(&folder)?.sync_all()?;
            Ok(true)
        });
        kept.await
            .unwrap_or_else(|_| Err(io::Error::other("the check was broken off")))
    }

    /// Removes what is beyond the limits, longest unused first, but nothing of `keep`.
    pub async fn tidy(&self, keep: &[Sha256]) {
        let kept: Vec<String> = keep.iter().map(Sha256::to_string).collect();
        let folder = self.folder.clone();
        let tidied = tokio::task::spawn_blocking(move || tidy(&folder, &kept)).await;
        if let Ok(Err(error)) = tidied {
            tracing::warn!("old print files could not be removed: {error}");
        }
    }
}

/// Hash and size of a file.
fn hash(file: &Path) -> io::Result<(Sha256, u64)> {
    let mut file = File::open(file)?;
    let mut hash = sha2::Sha256::new();
    let mut chunk = vec![0; HASH_CHUNK_BYTES];
    let mut size_bytes = 0;
    loop {
        let read = file.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok((Sha256(hash.finalize().into()), size_bytes));
        };
        hash.update(bytes);
        size_bytes += bytes.len() as u64;
    }
}

fn tidy(folder: &Path, keep: &[String]) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        files.push((about.modified()?, about.len(), entry.path()));
    }
    // Newest first: the first that fit stay.
    files.sort_by_key(|(used, ..)| std::cmp::Reverse(*used));
    let (mut count, mut bytes) = (0, 0);
    for (_, size, path) in files {
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let needed = keep.iter().any(|kept| kept == name);
        if needed || (count < CACHE_FILES_MAX && bytes + size <= CACHE_BYTES_MAX) {
            count += 1;
            bytes += size;
        } else {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
