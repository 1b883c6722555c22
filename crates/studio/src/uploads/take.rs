//! Takes the bytes of a piece in, and keeps of it what has come, however it ends.
//!
//! When are bytes made durable? A row must never say more than the disk has, or a power cut would
//! leave a hole under a hash that was carried on over it. So each note of an offset costs a flush,
//! and the question is how often to note. Once at the end of a piece is not enough: clients send the
//! whole file as one piece, and a killed studio would then have nothing. For each buffer is too often:
//! flushes would be most of the work. So: ten times a second while bytes come. At the speed of a
//! home line that is a few hundred kilobytes lost by a sudden death; at the speed of a loopback a
//! 50 MB file is noted once or twice on its way, and what is flushed then need not be flushed at
//! the end.

use super::open::Open;
use super::refusal::Refused;
use super::room::leave_room;
use crate::http::Failure;
use crate::limits::{UPLOAD_NOTED_BYTES, UPLOAD_NOTED_MS};
use crate::studio::Studio;
use axum::body::Body;
use fluxprint_blobs::{BlobError, Draft};
use fluxprint_http::Fault;
use fluxprint_http::upload::{Paced, read_on};
use futures_util::StreamExt;
use std::io;
use tokio_util::io::StreamReader;

/// Why no more comes.
enum End {
    /// That was all of it.
    Whole,
    /// More comes than was announced.
    TooMuch,
    /// The sender broke off, or crawls.
    Cut(io::Error),
    /// A newer call wants to go on with the upload.
    Wanted,
    /// The studio stops.
    Stopping,
}

/// Takes in what comes. The upload stands where its bytes end then.
///
/// # Errors
/// Why not all of the piece came; those of disk and database.
pub(super) async fn take(
    studio: &Studio,
    open: &mut Open,
    draft: &mut dyn Draft,
    body: Body,
) -> Result<(), Failure> {
    let mut body = Paced::new(body);
    let end = pour(studio, open, draft, &mut body).await?;
    note(studio, open, draft).await?;
    match end {
        End::Whole => Ok(()),
        End::TooMuch => {
            read_on(StreamReader::new(body));
            Err(Refused::TooMuch.into())
        }
        End::Cut(error) if error.kind() == io::ErrorKind::TimedOut => Err(Fault::TooSlow.into()),
        End::Cut(error) => Err(BlobError::Sender(error).into()),
        End::Wanted => Err(Refused::InUse.into()),
        End::Stopping => Err(Refused::Stopping.into()),
    }
}

async fn pour(
    studio: &Studio,
    open: &mut Open,
    draft: &mut dyn Draft,
    body: &mut Paced,
) -> Result<End, Failure> {
    let mut noted = studio.clock.monotonic();
    loop {
        let next = tokio::select! {
            biased;
            () = open.held.wanted() => return Ok(End::Wanted),
            () = studio.stopping.cancelled() => return Ok(End::Stopping),
            next = body.next() => next,
        };
        let bytes = match next {
            None => return Ok(End::Whole),
            Some(Err(error)) => return Ok(End::Cut(error)),
            Some(Ok(bytes)) => bytes,
        };
        let left_bytes = open.upload.size_bytes - draft.offset_bytes();
        if bytes.len() as u64 > left_bytes {
            return Ok(End::TooMuch);
        }
        draft.append(&bytes).await?;
        let now = studio.clock.monotonic();
        let new_bytes = draft.offset_bytes() - open.upload.offset_bytes;
        let long_ago = now.ms_since(noted) >= UPLOAD_NOTED_MS;
        if long_ago || new_bytes >= UPLOAD_NOTED_BYTES {
            note(studio, open, draft).await?;
            leave_room(studio, 0).await?;
            noted = studio.clock.monotonic();
        }
    }
}

async fn note(studio: &Studio, open: &mut Open, draft: &mut dyn Draft) -> Result<(), Failure> {
    if draft.offset_bytes() == open.upload.offset_bytes {
        return Ok(());
    }
    let mark = draft.save().await?;
    open.move_to(studio, mark).await
}
