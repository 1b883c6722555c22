//! Files in a work folder: blobs brought there, results carried back.

use super::StepError;
use crate::service::Service;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::OrganisationId;
use sha2::Digest;
use std::io::Read;
use std::path::Path;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// Bytes hashed at a time.
const CHUNK: usize = 256 * 1024;

/// Copies a blob into a file.
pub async fn fetch(
    service: &Service,
    organisation: OrganisationId,
    sha256: Sha256,
    to: &Path,
) -> Result<u64, StepError> {
    let mut opened = service.blobs.open(organisation, sha256, None).await?;
    let mut file = File::create(to).await?;
    let copied = tokio::io::copy(&mut opened.bytes, &mut file).await?;
    file.flush().await?;
    Ok(copied)
}

/// Stores a file as a blob; its hash and size.
pub async fn keep(
    service: &Service,
    organisation: OrganisationId,
    file: &Path,
) -> Result<(Sha256, u64), StepError> {
    let path = file.to_owned();
    let (sha256, size_bytes) = blocking(move || hash(&path)).await??;
    let mut source = File::open(file).await?;
    service
        .blobs
        .put(organisation, sha256, size_bytes, &mut source)
        .await?;
    Ok((sha256, size_bytes))
}

fn hash(path: &Path) -> std::io::Result<(Sha256, u64)> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = sha2::Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut size_bytes = 0;
    loop {
        let read = file.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        hasher.update(bytes);
        size_bytes += bytes.len() as u64;
    }
    Ok((Sha256(hasher.finalize().into()), size_bytes))
}

/// Runs work that would block the runtime on a thread for such work.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StepError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| StepError::Broke)
}
