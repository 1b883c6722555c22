//! `PATCH /api/uploads/{upload}`: a piece of a file.

use super::finish::{Done, finish};
use super::open::open;
use super::protocol::{OFFSET, number, put, tell_end};
use super::refusal::Refused;
use super::room::leave_room;
use super::take::take;
use crate::http::door::Caller;
use crate::http::{Failure, Named};
use crate::studio::Studio;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use fluxprint_domain::id::UploadId;
use fluxprint_domain::role::Act;
use fluxprint_http::upload::{Paced, read_on};
use std::sync::Arc;
use tokio_util::io::StreamReader;

const PIECE: &str = "application/offset+octet-stream";

/// A piece, as it is announced.
struct Piece {
    upload: UploadId,
    offset_bytes: u64,
    length_bytes: Option<u64>,
}

pub(super) async fn send(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Named(upload): Named<UploadId>,
    request: Request,
) -> Result<(StatusCode, HeaderMap), Failure> {
    let (parts, body) = request.into_parts();
    let piece = Piece {
        upload,
        offset_bytes: match offset(&parts.headers) {
            Ok(offset_bytes) => offset_bytes,
            Err(refused) => return Err(turned_away(body, refused)),
        },
        length_bytes: number(&parts.headers, CONTENT_LENGTH),
    };
    // A task of its own: this future is dropped when the caller hangs up, and what has come until
    // then is to be kept. It is waited for when the studio stops.
    let (tracker, keep) = (studio.sockets.clone(), studio.clone());
    let taking = tracker.spawn(async move { receive(&keep, &caller, &piece, body).await });
    taking.await.unwrap_or(Err(Failure::Broken))
}

fn offset(headers: &HeaderMap) -> Result<u64, Refused> {
    if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != PIECE) {
        return Err(Refused::PieceType);
    }
    number(headers, OFFSET).ok_or(Refused::Offset)
}

/// Refuses before the first byte; the rest is read on, so that its sender sees the answer.
fn turned_away(body: Body, why: impl Into<Failure>) -> Failure {
    read_on(StreamReader::new(Paced::new(body)));
    why.into()
}

async fn receive(
    studio: &Studio,
    caller: &Caller,
    piece: &Piece,
    body: Body,
) -> Result<(StatusCode, HeaderMap), Failure> {
    let mut open = match open(studio, caller, piece.upload).await {
        Ok(open) => open,
        Err(failure) => return Err(turned_away(body, failure)),
    };
    if let Some(refused) = unfit(caller, &open.upload, piece).err() {
        return Err(turned_away(body, refused));
    }
    let done = match open.upload.file {
        Some(file) => Some(Done {
            file,
            outcome: None,
        }),
        None => {
            let mut draft = match open.draft(studio).await {
                Ok(draft) if open.upload.offset_bytes == piece.offset_bytes => draft,
                Ok(_) => return Err(turned_away(body, Refused::OtherOffset)),
                Err(failure) => return Err(turned_away(body, failure)),
            };
            if let Err(full) = leave_room(studio, 0).await {
                return Err(turned_away(body, full));
            }
            take(studio, &mut open, draft.as_mut(), body).await?;
            match open.upload.offset_bytes == open.upload.size_bytes {
                true => Some(finish(studio, caller, &open, draft).await?),
                false => None,
            }
        }
    };
    let mut answer = HeaderMap::new();
    put(&mut answer, OFFSET, open.upload.offset_bytes);
    match done {
        Some(done) => done.tell(&mut answer),
        None => tell_end(&mut answer, open.upload.expires_at),
    }
    Ok((StatusCode::NO_CONTENT, answer))
}

/// Whether a piece fits the upload as it stands, and the caller may still add to the project.
fn unfit(
    caller: &Caller,
    upload: &fluxprint_store::studio::upload::Upload,
    piece: &Piece,
) -> Result<(), Failure> {
    caller.may_in(Act::Upload, upload.project)?;
    if piece.offset_bytes != upload.offset_bytes {
        return Err(Refused::OtherOffset.into());
    }
    let left_bytes = upload.size_bytes - upload.offset_bytes;
    match piece.length_bytes {
        Some(length_bytes) if length_bytes > left_bytes => Err(Refused::TooMuch.into()),
        _ => Ok(()),
    }
}
