//! Uploading a print file: streamed from disk, never printed by it, and compared afterwards.

use super::OctoPrint;
use super::http::read_json;
use super::wire::Uploaded;
use crate::error::PrinterError;
use crate::limits::{TAG_CHARS_MAX, UPLOAD_CHUNK_BYTES, UPLOAD_SPACE_FACTOR, upload_timeout};
use crate::path::OwnPath;
use crate::port::StoredFile;
use futures_util::TryStreamExt;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};
use sha1::{Digest, Sha1};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

impl OctoPrint {
    /// Sends the file and compares; on any failure after bytes were sent, deletes it again: a full
    /// disk leaves a damaged file that OctoPrint would print.
    pub(super) async fn put(
        &self,
        path: &OwnPath,
        file: &Path,
        size_bytes: u64,
        tag: &str,
    ) -> Result<StoredFile, PrinterError> {
        let file = opened(file, size_bytes).await?;
        self.check_space(size_bytes).await?;
        let done = self.put_and_compare(path, file, size_bytes, tag).await;
        if done
            .as_ref()
            .is_err_and(|e| *e != PrinterError::Unreachable)
        {
            // Best effort: the path is this attempt's alone, and the error already says it all.
            let _ = self.remove(path).await;
        }
        done
    }

    /// Enough room for the file and OctoPrint's temporary copy. OctoPrint itself refuses nothing
    /// until its disk is full. A list of files too long to read leaves it to the comparison.
    async fn check_space(&self, size_bytes: u64) -> Result<(), PrinterError> {
        let needed_bytes = size_bytes.saturating_mul(UPLOAD_SPACE_FACTOR);
        match self.free_bytes().await? {
            Some(free_bytes) if free_bytes < needed_bytes => Err(PrinterError::NoSpace {
                free_bytes,
                needed_bytes,
            }),
            _ => Ok(()),
        }
    }

    async fn put_and_compare(
        &self,
        path: &OwnPath,
        file: File,
        size_bytes: u64,
        tag: &str,
    ) -> Result<StoredFile, PrinterError> {
        let sha1 = Arc::new(Mutex::new(Sha1::new()));
        let form = form(path, hashed(file, size_bytes, &sha1), size_bytes, tag)?;
        let request = self
            .http
            .request(Method::POST, &["files", "local"])
            .timeout(upload_timeout(size_bytes))
            .multipart(form);
        let uploaded: Uploaded = read_json(self.http.send(request).await?).await?;
        damaged(uploaded.effective_print, "it began to print it")?;
        damaged(uploaded.effective_select, "it selected it")?;
        let own = path.to_string();
        damaged(uploaded.files.local.path != own, "under another name")?;

        let stored = self.find(path).await?.ok_or(PrinterError::FileGone)?;
        damaged(stored.size_bytes != size_bytes, "its size differs")?;
        let sent = hex(&sha1.lock().unwrap_or_else(PoisonError::into_inner).clone());
        damaged(stored.sha1.as_ref() != Some(&sent), "its content differs")?;
        Ok(stored)
    }
}

async fn opened(file: &Path, size_bytes: u64) -> Result<File, PrinterError> {
    let file = File::open(file)
        .await
        .map_err(|_| PrinterError::LocalFile)?;
    let found = file.metadata().await.map_err(|_| PrinterError::LocalFile)?;
    if found.is_file() && found.len() == size_bytes {
        Ok(file)
    } else {
        Err(PrinterError::LocalFile)
    }
}

/// The file's bytes as a body; `sha1` has seen all of them once it is sent.
fn hashed(file: File, size_bytes: u64, sha1: &Arc<Mutex<Sha1>>) -> Body {
    let sha1 = Arc::clone(sha1);
    let bytes = ReaderStream::with_capacity(file.take(size_bytes), UPLOAD_CHUNK_BYTES);
    Body::wrap_stream(bytes.inspect_ok(move |chunk| {
        sha1.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .update(chunk);
    }))
}

/// The fields of the upload. `print` and `select` are said although off is the default.
fn form(path: &OwnPath, body: Body, size_bytes: u64, tag: &str) -> Result<Form, PrinterError> {
    let part = Part::stream_with_length(body, size_bytes)
        .file_name(path.file_name())
        .mime_str("application/octet-stream")
        .map_err(|_| PrinterError::LocalFile)?;
    let tag: String = tag.chars().take(TAG_CHARS_MAX).collect();
    let userdata = serde_json::json!({ "fluxprint": tag });
    Ok(Form::new()
        .text("path", OwnPath::FOLDER)
        .text("print", "false")
        .text("select", "false")
        .text("userdata", userdata.to_string())
        .part("file", part))
}

fn damaged(is: bool, what: &'static str) -> Result<(), PrinterError> {
    if is {
        Err(PrinterError::UploadDamaged { what })
    } else {
        Ok(())
    }
}

fn hex(sha1: &Sha1) -> String {
    let mut text = String::with_capacity(40);
    for byte in sha1.clone().finalize() {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
