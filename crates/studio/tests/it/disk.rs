//! The files of a rig, on a disk of which the test may say how much is free.

use async_trait::async_trait;
use fluxprint_blobs::{
    BlobError, Blobs, Draft, DraftError, Drafts, LocalBlobs, Mark, Opened, Put, Source,
};
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{OrganisationId, UploadId};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct Disk {
    pub files: LocalBlobs,
    pub free_bytes: Arc<AtomicU64>,
}

#[async_trait]
impl Blobs for Disk {
    async fn put(
        &self,
        org: OrganisationId,
        sha256: Sha256,
        size_bytes: u64,
        source: Source<'_>,
    ) -> Result<Put, BlobError> {
        self.files.put(org, sha256, size_bytes, source).await
    }

    async fn open(
        &self,
        org: OrganisationId,
        sha256: Sha256,
        range: Option<Range<u64>>,
    ) -> Result<Opened, BlobError> {
        self.files.open(org, sha256, range).await
    }

    async fn size(&self, org: OrganisationId, sha256: Sha256) -> Result<Option<u64>, BlobError> {
        self.files.size(org, sha256).await
    }

    async fn delete(&self, org: OrganisationId, sha256: Sha256) -> Result<(), BlobError> {
        self.files.delete(org, sha256).await
    }

    async fn free_bytes(&self) -> Result<Option<u64>, BlobError> {
        Ok(Some(self.free_bytes.load(Ordering::Relaxed)))
    }
}

#[async_trait]
impl Drafts for Disk {
    async fn draft(
        &self,
        org: OrganisationId,
        upload: UploadId,
        mark: &Mark,
    ) -> Result<Box<dyn Draft>, DraftError> {
        self.files.draft(org, upload, mark).await
    }

    async fn drop_draft(&self, org: OrganisationId, upload: UploadId) -> Result<(), BlobError> {
        self.files.drop_draft(org, upload).await
    }
}
