//! Fetching print files from the service: one origin, no redirects, by hash, from where it broke off.

use super::cache::Cache;
use crate::service::Service;
use fluxprint_domain::Sha256;
use futures_util::future::BoxFuture;
use reqwest::header::{CONTENT_RANGE, IF_RANGE, RANGE};
use reqwest::{Response, StatusCode};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No answer, or it broke off. What came in stays for the next try.
    #[error("the service did not send the whole file")]
    Silent,
    /// The service does not have it.
    #[error("the service does not have the file")]
    NotThere,
    /// The service does not give it to this bridge.
    #[error("the service does not give the file to this bridge")]
    Forbidden,
    /// What came is not what was wanted.
    #[error("the service sent other bytes than the approved ones")]
    OtherBytes,
    /// It could not be stored.
    #[error("the file cannot be stored: {0}")]
    Disk(#[from] io::Error),
}

/// Where the bytes come from: the service, or a simulation of it.
pub trait Source: Send + Sync {
    /// Appends what is missing of a file to `partial`, which holds its first `have` bytes; from the
    /// beginning when that is 0, or when the source cannot go on from there.
    fn load<'a>(
        &'a self,
        partial: &'a Path,
        want: (Sha256, u64),
        have: u64,
    ) -> BoxFuture<'a, Result<(), FetchError>>;
}

/// The service's files.
pub struct Artifacts {
    source: Arc<dyn Source>,
    fetching: Mutex<()>,
}

impl Artifacts {
    /// The files of this source.
    #[must_use]
    pub fn new(source: Arc<dyn Source>) -> Self {
        Self {
            source,
            fetching: Mutex::new(()),
        }
    }

    /// Fetches a file into the cache.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn fetch(
        &self,
        cache: &Cache,
        sha256: Sha256,
        size_bytes: u64,
    ) -> Result<PathBuf, FetchError> {
        // One at a time: two printers may want the same file.
        let _one = self.fetching.lock().await;
        if let Some(file) = cache.find(sha256, size_bytes).await {
            return Ok(file);
        }
        let have = cache.partial_bytes(sha256).await;
        let resumes = 0 < have && have <= size_bytes;
        if resumes {
            if have < size_bytes {
                self.load(cache, (sha256, size_bytes), have).await?;
            }
            if cache.keep(sha256, size_bytes).await? {
                return Ok(cache.whole(sha256));
            }
            // What lay here from before was damaged: once more, from the beginning.
        }
        self.load(cache, (sha256, size_bytes), 0).await?;
        match cache.keep(sha256, size_bytes).await? {
            true => Ok(cache.whole(sha256)),
            false => Err(FetchError::OtherBytes),
        }
    }

    async fn load(&self, cache: &Cache, want: (Sha256, u64), have: u64) -> Result<(), FetchError> {
        let partial = cache.partial(want.0);
        self.source.load(&partial, want, have).await
    }
}

impl Source for Service {
    fn load<'a>(
        &'a self,
        partial: &'a Path,
        want: (Sha256, u64),
        have: u64,
    ) -> BoxFuture<'a, Result<(), FetchError>> {
        Box::pin(download(self, partial, want, have))
    }
}

async fn download(
    service: &Service,
    partial: &Path,
    (sha256, size_bytes): (Sha256, u64),
    have: u64,
) -> Result<(), FetchError> {
    let mut request = service.get(&["v1", "bridge", "artifacts", &sha256.to_string()]);
    if have > 0 {
        request = request
            .header(RANGE, format!("bytes={have}-"))
            .header(IF_RANGE, format!("\"{sha256}\""));
    }
    let answer = request.send().await.map_err(|_| FetchError::Silent)?;
    let from = begins_at(&answer, have, size_bytes)?;
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(from == 0)
        .append(from > 0)
        .open(partial)
        .await?;
    receive(answer, &mut file, size_bytes - from).await
}

/// Where in the file the answer begins: 0, or where we had got to.
fn begins_at(answer: &Response, have: u64, size_bytes: u64) -> Result<u64, FetchError> {
    match answer.status() {
        StatusCode::OK => Ok(0),
        StatusCode::PARTIAL_CONTENT => {
            let range = answer
                .headers()
                .get(CONTENT_RANGE)
                .and_then(|v| v.to_str().ok());
            let wanted = format!("bytes {have}-{}/{size_bytes}", size_bytes.saturating_sub(1));
            match range {
                Some(range) if have > 0 && range == wanted => Ok(have),
                _ => Err(FetchError::OtherBytes),
            }
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(FetchError::NotThere),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(FetchError::Forbidden),
        StatusCode::RANGE_NOT_SATISFIABLE => Err(FetchError::OtherBytes),
        _ => Err(FetchError::Silent),
    }
}

async fn receive(mut answer: Response, file: &mut File, left: u64) -> Result<(), FetchError> {
    let mut left = left;
    loop {
        let chunk = answer.chunk().await;
        let Ok(Some(bytes)) = chunk else {
            file.flush().await?;
            return match chunk {
                Ok(_) if left == 0 => Ok(()),
                _ => Err(FetchError::Silent),
            };
        };
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or(FetchError::OtherBytes)?;
        file.write_all(&bytes).await?;
    }
}
