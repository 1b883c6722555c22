//! `GET /v1/printers/{printer}/camera/stream`: MJPEG. It ends with the token that it was opened
//! with; the socket beside it can be given a newer one.

use super::{Wish, look};
use crate::camera::limits::{NO_PICTURE, RECHECK, UNTAKEN};
use crate::camera::{Look, Shot, Viewer};
use crate::http::door::Caller;
use crate::http::extract::Named;
use crate::http::failure::Failure;
use crate::service::Service;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use fluxprint_domain::id::PrinterId;
use fluxprint_http::{Query, mjpeg};
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, sleep_until, timeout};

/// Pictures until the caller has seen enough.
#[utoipa::path(get, path = "/v1/printers/{printer}/camera/stream", tag = "printers",
    params(("printer" = String, Path), ("fps" = Option<u8>, Query, description = "Pictures in a second, at most")),
    responses((status = 200, body = String, content_type = "multipart/x-mixed-replace")))]
pub async fn stream(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Named(printer): Named<PrinterId>,
    Query(wish): Query<Wish>,
) -> Result<Response, Failure> {
    let mut viewer = look(&service, &caller, printer, wish.fps()).await?;
    let first = match viewer.first().await {
        Look::Picture(shot) => shot,
        Look::Trouble(trouble) => return Err(Failure::Camera(trouble)),
        Look::Gone => return Err(Failure::NoCamera),
    };
    // One picture waits while the one before it goes out: how long it waits is how slow the caller is.
    let (out, parts) = mpsc::channel(1);
    let tracked = service.sockets.clone();
    tracked.spawn(show(service, caller, viewer, first, out));
    let opening = once(std::future::ready(Ok(mjpeg::OPENING)));
    let parts = unfold(parts, async |mut parts| {
        let part = parts.recv().await?;
        Some((Ok::<Bytes, Infallible>(part), parts))
    });
    let kind = [(CONTENT_TYPE, mjpeg::CONTENT_TYPE)];
    Ok((kind, Body::from_stream(opening.chain(parts))).into_response())
}

async fn show(
    service: Arc<Service>,
    caller: Caller,
    mut viewer: Viewer,
    first: Arc<Shot>,
    out: mpsc::Sender<Bytes>,
) {
    let mut shot = first;
    let mut recheck = interval(RECHECK);
    loop {
        let part = mjpeg::part(&shot.jpeg);
        // A viewer who takes nothing is none (F-23).
        if !matches!(timeout(UNTAKEN, out.send(part)).await, Ok(Ok(()))) {
            return;
        }
        let until = Instant::now() + NO_PICTURE;
        shot = loop {
            tokio::select! {
                () = service.stopping.cancelled() => return,
                () = out.closed() => return,
                () = sleep_until(until) => return,
                _ = recheck.tick() => if service.clock.now() >= caller.ends_at() { return },
                look = viewer.next() => match look {
                    Look::Picture(shot) => break shot,
                    Look::Trouble(_) => {}
                    Look::Gone => return,
                },
            }
        };
    }
}
