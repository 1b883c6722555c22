//! Files in a directory of this machine.
//!
//! ```text
//! <root>/<organisation>/<first two digits>/<sha256>
//! <root>/half-written/<process>-<number>
//! <root>/drafts/<organisation>/<upload>
//! ```
//!
//! A file is written beside its place, made durable, renamed into it, and then the rename is made
//! durable: a reader sees all of it or nothing, before and after a power cut.

use crate::error::{BlobError, disk};
use crate::limits::{CHUNK_BYTES, DRAFT_KEPT_S, HALF_WRITTEN_S};
use crate::{Blobs, Opened, Put, Source};
use async_trait::async_trait;
use fluxprint_domain::id::OrganisationId;
use fluxprint_domain::{Sha256, Timestamp};
use sha2::{Digest, Sha256 as Hasher};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

/// A directory of files, which several processes may share.
#[derive(Debug)]
pub struct LocalBlobs {
    root: PathBuf,
    written: AtomicU64,
}

impl LocalBlobs {
    /// Opens `root`, made if it is not there, and removes what a crash left half-written more
    /// than a day before `now`.
    ///
    /// # Errors
    /// [`BlobError::Disk`] when the directory cannot be made or read.
    pub fn open(root: impl Into<PathBuf>, now: Timestamp) -> Result<Self, BlobError> {
        let root = root.into();
        make_dir(&half_written(&root)).map_err(disk)?;
        sweep(&half_written(&root), now, HALF_WRITTEN_S).map_err(disk)?;
        make_dir(&drafts(&root)).map_err(disk)?;
        for organisation in std::fs::read_dir(drafts(&root)).map_err(disk)? {
            let folder = organisation.map_err(disk)?.path();
            sweep(&folder, now, DRAFT_KEPT_S).map_err(disk)?;
        }
        Ok(Self {
            root,
            written: AtomicU64::new(0),
        })
    }

    /// Where the file lies, for a program that wants a path. It may not be there.
    #[must_use]
    pub fn path(&self, organisation: OrganisationId, sha256: Sha256) -> PathBuf {
        place(&self.root, organisation, sha256)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    async fn write_beside(
        &self,
        sha256: Sha256,
        size_bytes: u64,
        source: Source<'_>,
    ) -> Result<HalfWritten, BlobError> {
        let (half, mut file) = self.begin().map_err(disk)?;
        let mut hasher = Hasher::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut left = size_bytes;
        loop {
            let n = source.read(&mut chunk).await.map_err(BlobError::Sender)?;
            let bytes = chunk.get(..n).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            left = left.checked_sub(n as u64).ok_or(BlobError::OtherSize)?;
            hasher.update(bytes);
            file.write_all(bytes).await.map_err(disk)?;
        }
        if left > 0 {
            return Err(BlobError::OtherSize);
        }
        if <[u8; 32]>::from(hasher.finalize()) != sha256.0 {
            return Err(BlobError::OtherBytes);
        }
        file.flush().await.map_err(disk)?;
        file.sync_all().await.map_err(disk)?;
        Ok(half)
    }

    /// A new file beside the others. Another process with our number (another container) only
    /// costs a further try. Not async: between making the file and holding its guard nobody may
    /// hang up.
    fn begin(&self) -> io::Result<(HalfWritten, File)> {
        loop {
            let number = self.written.fetch_add(1, Ordering::Relaxed);
            let name = format!("{}-{number}", std::process::id());
            let path = half_written(&self.root).join(name);
            let mut options = std::fs::OpenOptions::new();
            match options.write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return Ok((HalfWritten(path), File::from_std(file))),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[async_trait]
impl Blobs for LocalBlobs {
    async fn put(
        &self,
        organisation: OrganisationId,
        sha256: Sha256,
        size_bytes: u64,
        source: Source<'_>,
    ) -> Result<Put, BlobError> {
        if self.size(organisation, sha256).await? == Some(size_bytes) {
            return Ok(Put::AlreadyThere);
        }
        let half = self.write_beside(sha256, size_bytes, source).await?;
        let (root, half) = (self.root.clone(), half);
        let moved = move || {
            shelve(&root, &place(&root, organisation, sha256), |to| {
                std::fs::rename(&half.0, to)
            })
        };
        blocking(moved).await.map_err(disk)?;
        Ok(Put::Written)
    }

    async fn open(
        &self,
        organisation: OrganisationId,
        sha256: Sha256,
        range: Option<Range<u64>>,
    ) -> Result<Opened, BlobError> {
        let path = self.path(organisation, sha256);
        let mut file = File::open(path).await.map_err(disk)?;
        let size_bytes = file.metadata().await.map_err(disk)?.len();
        let range = range.unwrap_or(0..size_bytes);
        if range.end > size_bytes || (range.is_empty() && size_bytes > 0) {
            return Err(BlobError::OutOfRange { size_bytes });
        }
        file.seek(io::SeekFrom::Start(range.start))
            .await
            .map_err(disk)?;
        Ok(Opened {
            size_bytes,
            bytes: Box::pin(file.take(range.end - range.start)),
        })
    }

    async fn size(
        &self,
        organisation: OrganisationId,
        sha256: Sha256,
    ) -> Result<Option<u64>, BlobError> {
        let found = fs::metadata(self.path(organisation, sha256)).await;
        match found.map_err(disk) {
            Ok(found) => Ok(Some(found.len())),
            Err(BlobError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn delete(&self, organisation: OrganisationId, sha256: Sha256) -> Result<(), BlobError> {
        let removed = fs::remove_file(self.path(organisation, sha256)).await;
        match removed.map_err(disk) {
            Ok(()) | Err(BlobError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn free_bytes(&self) -> Result<Option<u64>, BlobError> {
        let disk_space = nix::sys::statvfs::statvfs(&self.root).map_err(|e| disk(e.into()))?;
        let blocks: u64 = disk_space.blocks_available();
        Ok(Some(blocks.saturating_mul(disk_space.fragment_size())))
    }
}

/// A file beside its place. Gone when this is dropped, also when a sender hangs up and the whole
/// upload is dropped with him; after the rename there is nothing left to remove.
struct HalfWritten(PathBuf);

impl Drop for HalfWritten {
    fn drop(&mut self) {
        // A file that stays is found by the next sweep.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn half_written(root: &Path) -> PathBuf {
    root.join("half-written")
}

pub(crate) fn drafts(root: &Path) -> PathBuf {
    root.join("drafts")
}

pub(crate) fn place(root: &Path, organisation: OrganisationId, sha256: Sha256) -> PathBuf {
    let name = sha256.to_string();
    let shelf: String = name.chars().take(2).collect();
    let organisation = organisation.uuid().simple().to_string();
    root.join(organisation).join(shelf).join(name)
}

/// Brings a file, whose bytes are durable, to its place by `bring`, and makes that durable too.
pub(crate) fn shelve(
    root: &Path,
    place: &Path,
    bring: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let shelf = place.parent().unwrap_or(root);
    make_dir(shelf)?;
    bring(place)?;
    for dir in [shelf, shelf.parent().unwrap_or(root), root] {
        std::fs::File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// Runs what waits for the disk where waiting holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error)))
}

pub(crate) fn make_dir(path: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

fn sweep(dir: &Path, now: Timestamp, kept_s: i64) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let written_at = entry.metadata().and_then(|about| about.modified());
        if written_at.is_ok_and(|at| now.seconds_since(timestamp(at)) > kept_s) {
            // Another process may sweep at the same moment.
            let _ = std::fs::remove_file(entry.path());
        }
    }
    Ok(())
}

fn timestamp(at: SystemTime) -> Timestamp {
    let since_1970 = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
}
