//! The bytes of an upload, as long as they come fast enough (S-47).

use crate::fault::Fault;
use crate::limits::{UNWANTED_UPLOAD_S, UPLOAD_BYTES_PER_S_MIN, UPLOAD_WINDOW_S};
use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use futures_util::{Stream, StreamExt};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::AsyncRead;
use tokio::time::{Instant, Sleep};

const WINDOW: Duration = Duration::from_secs(UPLOAD_WINDOW_S);
const BYTES: u64 = UPLOAD_BYTES_PER_S_MIN * UPLOAD_WINDOW_S;

/// A body that ends in [`io::ErrorKind::TimedOut`] when it stops or crawls.
pub struct Paced {
    body: BodyDataStream,
    came: u64,
    patience: Pin<Box<Sleep>>,
}

impl Paced {
    /// Watches `body` from now on.
    pub fn new(body: Body) -> Self {
        let patience = Box::pin(tokio::time::sleep(WINDOW));
        Self {
            body: body.into_data_stream(),
            came: 0,
            patience,
        }
    }
}

impl Stream for Paced {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.body.poll_next_unpin(cx) {
            Poll::Ready(Some(Ok(bytes))) => {
                self.came += bytes.len() as u64;
                if self.came >= BYTES {
                    self.came = 0;
                    self.patience.as_mut().reset(Instant::now() + WINDOW);
                }
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(io::Error::other(error)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.patience.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into()))),
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

/// How many bytes will come. A request without a body need not say so (RFC 9112, 6.3): that is an
/// empty file.
///
/// # Errors
/// [`Fault::LengthMissing`].
pub fn announced(headers: &HeaderMap, body: &Body) -> Result<u64, Fault> {
    if body.is_end_stream() {
        return Ok(0);
    }
    let said = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    said.and_then(|length| length.parse().ok())
        .ok_or(Fault::LengthMissing)
}

/// Reads on, beside the answer, what nobody wants. A sender who is cut off while sending may see a
/// broken connection and never the answer that says why.
pub fn read_on(mut rest: impl AsyncRead + Send + Unpin + 'static) {
    tokio::spawn(async move {
        let (patience, mut sink) = (Duration::from_secs(UNWANTED_UPLOAD_S), tokio::io::sink());
        // However it ends, there is nobody to tell.
        let _ = tokio::time::timeout(patience, tokio::io::copy(&mut rest, &mut sink)).await;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn drain(pause: Duration, bytes: usize) -> io::Result<usize> {
        let chunks = futures_util::stream::unfold(0, move |n| async move {
            tokio::time::sleep(pause).await;
            (n < 20).then(|| (Ok::<_, io::Error>(Bytes::from(vec![0; bytes])), n + 1))
        });
        let mut paced = Paced::new(Body::from_stream(chunks));
        let mut came = 0;
        while let Some(chunk) = paced.next().await {
            came += chunk?.len();
        }
        Ok(came)
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_goes_on_as_long_as_it_is_fast_enough() {
        let steady = drain(Duration::from_secs(10), 16 * 1024).await;
        assert_eq!(steady.unwrap(), 20 * 16 * 1024);
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_that_crawls_or_stops_is_ended() {
        for (pause, bytes) in [(10, 1), (31, 1_000_000)] {
            let ended = drain(Duration::from_secs(pause), bytes).await;
            assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::TimedOut);
        }
    }
}
