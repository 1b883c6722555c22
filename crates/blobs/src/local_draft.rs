//! Drafts in a directory of this machine.

use crate::Put;
use crate::draft::{Draft, Drafts};
use crate::draft_error::DraftError;
use crate::error::{BlobError, disk};
use crate::limits::DRAFT_BUFFER_BYTES;
use crate::local::{LocalBlobs, blocking, drafts, make_dir, place, shelve};
use crate::mark::Mark;
use async_trait::async_trait;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{OrganisationId, UploadId};
use sha2::{Digest, Sha256 as Hasher};
use std::fs::{File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use tokio::task::JoinHandle;

#[async_trait]
impl Drafts for LocalBlobs {
    async fn draft(
        &self,
        organisation: OrganisationId,
        upload: UploadId,
        mark: &Mark,
    ) -> Result<Box<dyn Draft>, DraftError> {
        let path = draft_path(self.root(), organisation, upload);
        let (hasher, offset_bytes) = (mark.hasher()?, mark.offset_bytes);
        let at = path.clone();
        let opened = blocking(move || Ok(open(&at, offset_bytes))).await;
        let file = opened.map_err(disk)??;
        Ok(Box::new(LocalDraft {
            root: self.root().to_path_buf(),
            path,
            organisation,
            offset_bytes,
            gathered: Vec::with_capacity(DRAFT_BUFFER_BYTES),
            pen: Pen::Idle(Written {
                file,
                hasher,
                spare: Vec::with_capacity(DRAFT_BUFFER_BYTES),
            }),
        }))
    }

    async fn drop_draft(
        &self,
        organisation: OrganisationId,
        upload: UploadId,
    ) -> Result<(), BlobError> {
        let path = draft_path(self.root(), organisation, upload);
        match tokio::fs::remove_file(path).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(error)),
            _ => Ok(()),
        }
    }
}

fn draft_path(root: &Path, organisation: OrganisationId, upload: UploadId) -> PathBuf {
    let organisation = organisation.uuid().simple().to_string();
    let name = upload.uuid().simple().to_string();
    drafts(root).join(organisation).join(name)
}

/// Opens the file, which the lock keeps for us as long as it is open, and cuts off what lies behind
/// the mark: nobody knows whether all of that reached the disk.
fn open(path: &Path, offset_bytes: u64) -> Result<File, DraftError> {
    let open = || {
        make_dir(path.parent().unwrap_or(path))?;
        let mut options = File::options();
        options.read(true).write(true).mode(0o600);
        options.create(offset_bytes == 0).truncate(false).open(path)
    };
    let mut file = match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(DraftError::Lost),
        opened => opened.map_err(disk)?,
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(DraftError::InUse),
        Err(TryLockError::Error(error)) => return Err(disk(error).into()),
    }
    let length = file.metadata().map_err(disk)?.len();
    if length < offset_bytes {
        return Err(DraftError::Lost);
    }
    if length > offset_bytes {
        file.set_len(offset_bytes).map_err(disk)?;
    }
    file.seek(SeekFrom::Start(offset_bytes)).map_err(disk)?;
    Ok(file)
}

/// One buffer is gathered while the other is hashed and written on a thread of its own: what comes
/// over the network does not wait for the disk, nor the disk for the network.
struct LocalDraft {
    root: PathBuf,
    path: PathBuf,
    organisation: OrganisationId,
    offset_bytes: u64,
    gathered: Vec<u8>,
    pen: Pen,
}

/// Who writes.
enum Pen {
    Idle(Written),
    Busy(JoinHandle<io::Result<Written>>),
    Broken,
}

/// The file as far as it is written and hashed, and the buffer that is not in use.
struct Written {
    file: File,
    hasher: Hasher,
    spare: Vec<u8>,
}

impl Written {
    fn write(mut self, mut bytes: Vec<u8>) -> io::Result<Self> {
        self.hasher.update(&bytes);
        self.file.write_all(&bytes)?;
        bytes.clear();
        self.spare = bytes;
        Ok(self)
    }
}

impl LocalDraft {
    /// Waits for the pen. Stays whole when the caller gives up waiting.
    async fn written(&mut self) -> Result<&mut Written, BlobError> {
        if let Pen::Busy(writing) = &mut self.pen {
            let done = writing.await.unwrap_or_else(|e| Err(io::Error::other(e)));
            self.pen = Pen::Broken;
            self.pen = Pen::Idle(done.map_err(disk)?);
        }
        match &mut self.pen {
            Pen::Idle(written) => Ok(written),
            _ => Err(disk(io::Error::other("an earlier write failed"))),
        }
    }

    /// Hands what was gathered to the pen.
    async fn write(&mut self) -> Result<(), BlobError> {
        let spare = std::mem::take(&mut self.written().await?.spare);
        let bytes = std::mem::replace(&mut self.gathered, spare);
        if let Pen::Idle(written) = std::mem::replace(&mut self.pen, Pen::Broken) {
            let writing = tokio::task::spawn_blocking(move || written.write(bytes));
            self.pen = Pen::Busy(writing);
        }
        Ok(())
    }

    /// Everything is written when this returns.
    async fn all_written(&mut self) -> Result<&mut Written, BlobError> {
        if !self.gathered.is_empty() {
            self.write().await?;
        }
        self.written().await
    }
}

#[async_trait]
impl Draft for LocalDraft {
    fn offset_bytes(&self) -> u64 {
        self.offset_bytes
    }

    async fn append(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.gathered.extend_from_slice(bytes);
        self.offset_bytes += bytes.len() as u64;
        if self.gathered.len() >= DRAFT_BUFFER_BYTES {
            self.write().await?;
        }
        Ok(())
    }

    async fn save(&mut self) -> Result<Mark, BlobError> {
        let offset_bytes = self.offset_bytes;
        let written = self.all_written().await?;
        let mark = Mark::of(offset_bytes, &written.hasher);
        let file = written.file.try_clone().map_err(disk)?;
        // The length is among what `fdatasync` makes durable, because reading needs it.
        blocking(move || file.sync_data()).await.map_err(disk)?;
        Ok(mark)
    }

    async fn read(&mut self, range: Range<u64>) -> Result<Vec<u8>, BlobError> {
        let end = range.end.min(self.offset_bytes);
        let length = usize::try_from(end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let file = self.all_written().await?.file.try_clone().map_err(disk)?;
        let read = move || {
            let mut bytes = vec![0; length];
            file.read_exact_at(&mut bytes, range.start)?;
            Ok(bytes)
        };
        blocking(read).await.map_err(disk)
    }

    async fn keep(&mut self) -> Result<(Sha256, Put), BlobError> {
        let mark = self.save().await?;
        let written = self.written().await?;
        let sha256 = Sha256(written.hasher.clone().finalize().into());
        let (root, path) = (self.root.clone(), self.path.clone());
        let place = place(&root, self.organisation, sha256);
        let link = move || {
            match std::fs::metadata(&place) {
                Ok(found) if found.len() == mark.offset_bytes => return Ok(Put::AlreadyThere),
                // Not one of ours, which have their whole length or are not there.
                Ok(_) => std::fs::remove_file(&place)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            // A second name, not another place: after a death before the caller's note of it, the
            // draft is still where the upload looks for it. Two drafts of the same bytes may come
            // to this line together: whoever is second finds the same file.
            let second_name = |to: &Path| match std::fs::hard_link(&path, to) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                linked => linked,
            };
            shelve(&root, &place, second_name)?;
            Ok(Put::Written)
        };
        let put = blocking(link).await.map_err(disk)?;
        Ok((sha256, put))
    }
}
