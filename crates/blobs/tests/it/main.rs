//! The directory store from outside.
#![expect(clippy::unwrap_used, reason = "tests")]

mod drafts;

use fluxprint_blobs::{BlobError, Blobs, LocalBlobs, Put};
use fluxprint_domain::id::OrganisationId;
use fluxprint_domain::{Sha256, Timestamp};
use sha2::Digest;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

struct Fixture {
    dir: tempfile::TempDir,
    blobs: LocalBlobs,
    ada: OrganisationId,
    olu: OrganisationId,
}

fn fixture() -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let blobs = LocalBlobs::open(dir.path(), NOW).unwrap();
    Fixture {
        dir,
        blobs,
        ada: OrganisationId::new(NOW, 1),
        olu: OrganisationId::new(NOW, 2),
    }
}

fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

fn files_below(dir: &Path) -> usize {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

impl Fixture {
    async fn put(&self, bytes: &[u8], size_bytes: u64) -> Result<Put, BlobError> {
        let mut source = bytes;
        let hash = sha256(bytes);
        self.blobs
            .put(self.ada, hash, size_bytes, &mut source)
            .await
    }

    async fn read(&self, hash: Sha256, range: Option<std::ops::Range<u64>>) -> Vec<u8> {
        let mut opened = self.blobs.open(self.ada, hash, range).await.unwrap();
        let mut bytes = Vec::new();
        opened.bytes.read_to_end(&mut bytes).await.unwrap();
        bytes
    }
}

#[tokio::test]
async fn a_file_is_read_back_whole_and_in_parts() {
    let f = fixture();
    let bytes: Vec<u8> = (0..200_000_u32).map(|i| (i % 251) as u8).collect();
    let hash = sha256(&bytes);
    assert_eq!(f.put(&bytes, 200_000).await.unwrap(), Put::Written);
    assert_eq!(f.put(&bytes, 200_000).await.unwrap(), Put::AlreadyThere);
    assert_eq!(f.read(hash, None).await, bytes);
    assert_eq!(f.read(hash, Some(199_990..200_000)).await, bytes[199_990..]);
    for outside in [199_990..200_001, 5..5] {
        let refused = f.blobs.open(f.ada, hash, Some(outside)).await.err();
        assert!(matches!(
            refused,
            Some(BlobError::OutOfRange {
                size_bytes: 200_000
            })
        ));
    }
    assert_eq!(f.blobs.size(f.ada, hash).await.unwrap(), Some(200_000));
    f.blobs.delete(f.ada, hash).await.unwrap();
    f.blobs.delete(f.ada, hash).await.unwrap();
    assert_eq!(f.blobs.size(f.ada, hash).await.unwrap(), None);
    assert!(
        f.blobs
            .free_bytes()
            .await
            .unwrap()
            .is_some_and(|free| free > 0)
    );
}

#[tokio::test]
async fn a_hash_names_a_file_only_inside_its_organisation() {
    let f = fixture();
    f.put(b"mine", 4).await.unwrap();
    let theirs = f.blobs.open(f.olu, sha256(b"mine"), None).await.err();
    assert!(matches!(theirs, Some(BlobError::NotFound)));
    f.blobs.delete(f.olu, sha256(b"mine")).await.unwrap();
    assert_eq!(f.read(sha256(b"mine"), None).await, b"mine");
}

#[tokio::test]
async fn bytes_that_are_not_the_announced_ones_leave_nothing_behind() {
    let f = fixture();
    for size_bytes in [3, 5] {
        let refused = f.put(b"four", size_bytes).await;
        assert!(matches!(refused, Err(BlobError::OtherSize)));
    }
    let mut other: &[u8] = b"flip";
    let refused = f.blobs.put(f.ada, sha256(b"four"), 4, &mut other).await;
    assert!(matches!(refused, Err(BlobError::OtherBytes)));
    let refused = f.blobs.put(f.ada, sha256(b"four"), 4, &mut BreaksOff).await;
    assert!(matches!(refused, Err(BlobError::Sender(_))));
    assert_eq!(files_below(f.dir.path()), 0);
}

#[tokio::test]
async fn a_sender_who_hangs_up_leaves_nothing_behind() {
    let f = fixture();
    let mut never = Hangs(false);
    {
        let put = f.blobs.put(f.ada, sha256(b"four"), 4, &mut never);
        tokio::pin!(put);
        while files_below(f.dir.path()) == 0 {
            assert!(futures_poll(put.as_mut()).await.is_none());
        }
    }
    assert_eq!(files_below(f.dir.path()), 0);
}

#[tokio::test]
async fn what_a_crash_left_half_written_is_swept_a_day_later() {
    let f = fixture();
    let left = f.dir.path().join("half-written/77-0");
    std::fs::write(&left, b"half").unwrap();
    let written_at = std::fs::metadata(&left).unwrap().modified().unwrap();
    let written_at = written_at.duration_since(std::time::UNIX_EPOCH).unwrap();
    let written_at = Timestamp(i64::try_from(written_at.as_micros()).unwrap());
    LocalBlobs::open(f.dir.path(), written_at.plus_s(3_600)).unwrap();
    assert!(left.exists());
    LocalBlobs::open(f.dir.path(), written_at.plus_s(25 * 3_600)).unwrap();
    assert!(!left.exists());
}

/// Lets a future go one step on; `None` while it waits.
async fn futures_poll<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    tokio::task::yield_now().await;
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

struct BreaksOff;

impl AsyncRead for BreaksOff {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()))
    }
}

struct Hangs(bool);

impl AsyncRead for Hangs {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.0 {
            return Poll::Pending;
        }
        self.0 = true;
        buffer.put_slice(b"f");
        Poll::Ready(Ok(()))
    }
}
