//! Drafts from outside: cut, gone on with, kept, dropped.

use crate::{NOW, files_below, fixture, sha256};
use fluxprint_blobs::limits::{DRAFT_BUFFER_BYTES, DRAFT_KEPT_S};
use fluxprint_blobs::{Blobs, DraftError, Drafts, LocalBlobs, Mark, Put};
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::UploadId;
use std::path::{Path, PathBuf};

fn upload(n: u128) -> UploadId {
    UploadId::new(NOW, n)
}

fn some_bytes(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251) as u8).collect()
}

fn only_draft(root: &Path) -> PathBuf {
    let folder = std::fs::read_dir(root.join("drafts")).unwrap().next();
    let folder = folder.unwrap().unwrap().path();
    let draft = std::fs::read_dir(folder).unwrap().next();
    draft.unwrap().unwrap().path()
}

#[tokio::test]
async fn a_file_in_pieces_is_the_same_as_in_one() {
    let f = fixture();
    let bytes = some_bytes(3 * DRAFT_BUFFER_BYTES + 77);
    let mut mark = Mark::start();
    for piece in bytes.chunks(DRAFT_BUFFER_BYTES / 2 + 5_001) {
        let mut draft = f.blobs.draft(f.ada, upload(1), &mark).await.unwrap();
        for part in piece.chunks(16_000) {
            draft.append(part).await.unwrap();
        }
        mark = draft.save().await.unwrap();
        assert_eq!(mark.offset_bytes, draft.offset_bytes());
    }
    assert_eq!(mark.sha256().unwrap(), sha256(&bytes));
    let mut draft = f.blobs.draft(f.ada, upload(1), &mark).await.unwrap();
    let kept = draft.keep().await.unwrap();
    assert_eq!(kept, (sha256(&bytes), Put::Written));
    assert_eq!(f.read(kept.0, None).await, bytes);
    // Once more, as after a death in between.
    assert_eq!(draft.keep().await.unwrap(), (kept.0, Put::AlreadyThere));
    drop(draft);
    f.blobs.drop_draft(f.ada, upload(1)).await.unwrap();
    f.blobs.drop_draft(f.ada, upload(1)).await.unwrap();
    assert_eq!(f.read(kept.0, None).await, bytes);
    assert_eq!(files_below(f.dir.path()), 1);
}

#[tokio::test]
async fn a_resumed_hash_comes_from_its_mark_and_not_from_the_disk() {
    let f = fixture();
    let mut draft = f
        .blobs
        .draft(f.ada, upload(1), &Mark::start())
        .await
        .unwrap();
    draft.append(b"first ").await.unwrap();
    let mark = draft.save().await.unwrap();
    drop(draft);
    std::fs::write(only_draft(f.dir.path()), b"FIRST ").unwrap();
    let mut draft = f.blobs.draft(f.ada, upload(1), &mark).await.unwrap();
    draft.append(b"second").await.unwrap();
    let mark = draft.save().await.unwrap();
    assert_eq!(mark.sha256().unwrap(), sha256(b"first second"));
}

#[tokio::test]
async fn what_a_death_left_behind_the_mark_is_cut_off() {
    let f = fixture();
    let mut draft = f
        .blobs
        .draft(f.ada, upload(1), &Mark::start())
        .await
        .unwrap();
    draft.append(b"saved").await.unwrap();
    let mark = draft.save().await.unwrap();
    draft.append(b" and not").await.unwrap();
    assert_eq!(draft.read(0..99).await.unwrap(), b"saved and not");
    drop(draft);
    assert_eq!(
        std::fs::metadata(only_draft(f.dir.path())).unwrap().len(),
        13
    );
    let mut draft = f.blobs.draft(f.ada, upload(1), &mark).await.unwrap();
    draft.append(b", then").await.unwrap();
    let (hash, _) = draft.keep().await.unwrap();
    assert_eq!(f.read(hash, None).await, b"saved, then");
}

#[tokio::test]
async fn a_draft_that_lost_bytes_before_its_mark_can_only_begin_again() {
    let f = fixture();
    let mut draft = f
        .blobs
        .draft(f.ada, upload(1), &Mark::start())
        .await
        .unwrap();
    draft.append(b"12345").await.unwrap();
    let mark = draft.save().await.unwrap();
    drop(draft);
    std::fs::write(only_draft(f.dir.path()), b"1234").unwrap();
    let lost = f.blobs.draft(f.ada, upload(1), &mark).await.err();
    assert!(matches!(lost, Some(DraftError::Lost)), "{lost:?}");
    f.blobs.drop_draft(f.ada, upload(1)).await.unwrap();
    let lost = f.blobs.draft(f.ada, upload(1), &mark).await.err();
    assert!(matches!(lost, Some(DraftError::Lost)), "{lost:?}");
    let draft = f
        .blobs
        .draft(f.ada, upload(1), &Mark::start())
        .await
        .unwrap();
    assert_eq!(draft.offset_bytes(), 0);
}

#[tokio::test]
async fn a_draft_is_held_by_one_at_a_time() {
    let f = fixture();
    let other = LocalBlobs::open(f.dir.path(), NOW).unwrap();
    let draft = f
        .blobs
        .draft(f.ada, upload(1), &Mark::start())
        .await
        .unwrap();
    let second = other.draft(f.ada, upload(1), &Mark::start()).await.err();
    assert!(matches!(second, Some(DraftError::InUse)), "{second:?}");
    let beside = other.draft(f.ada, upload(2), &Mark::start()).await;
    assert!(beside.is_ok());
    drop(draft);
    assert!(other.draft(f.ada, upload(1), &Mark::start()).await.is_ok());
}

#[tokio::test]
async fn two_drafts_of_the_same_bytes_become_one_file() {
    let f = fixture();
    for n in [1, 2] {
        let mut draft = f
            .blobs
            .draft(f.ada, upload(n), &Mark::start())
            .await
            .unwrap();
        draft.append(b"the same").await.unwrap();
        let (hash, put) = draft.keep().await.unwrap();
        assert_eq!((hash, put == Put::Written), (sha256(b"the same"), n == 1));
        f.blobs.drop_draft(f.ada, upload(n)).await.unwrap();
    }
    assert_eq!(files_below(f.dir.path()), 1);
    let size = f.blobs.size(f.ada, sha256(b"the same")).await.unwrap();
    assert_eq!(size, Some(8));
}

#[tokio::test]
async fn a_draft_that_nobody_went_on_with_is_swept_days_later() {
    let f = fixture();
    let mut draft = f
        .blobs
        .draft(f.ada, upload(1), &Mark::start())
        .await
        .unwrap();
    draft.append(b"left").await.unwrap();
    draft.save().await.unwrap();
    let left = only_draft(f.dir.path());
    let written_at = std::fs::metadata(&left).unwrap().modified().unwrap();
    let written_at = written_at.duration_since(std::time::UNIX_EPOCH).unwrap();
    let written_at = Timestamp(i64::try_from(written_at.as_micros()).unwrap());
    LocalBlobs::open(f.dir.path(), written_at.plus_s(DRAFT_KEPT_S - 60)).unwrap();
    assert!(left.exists());
    LocalBlobs::open(f.dir.path(), written_at.plus_s(DRAFT_KEPT_S + 60)).unwrap();
    assert!(!left.exists());
}
