//! What the camera at a printer sees, for the pages: `/api/print/printers/{printer}/camera/…`.
//!
//! Whoever looks is asked for again every second, and at once when the session ends or a membership
//! changes: then the stream ends (B-11). Nothing is stored, here or in the browser.

mod look;

use super::passed_on::address;
use super::token;
use crate::gateway::{Call, GatewayError};
use crate::http::Failure;
use crate::http::door::{Caller, Door, table};
use crate::studio::Studio;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use fluxprint_domain::id::PersonId;
use fluxprint_domain::role::Act;
use fluxprint_http::{Full, Problem, Query, Share, mjpeg};
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};
use look::Look;
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Who may look: whoever may look at the printers.
pub(crate) const DOORS: &[Door] = table! {
    GET "/api/print/printers/{printer}/camera/stream" Somewhere(Act::Look), Stream, Free;
    GET "/api/print/printers/{printer}/camera/snapshot" Somewhere(Act::Look), Stream, Free;
};

/// The routes.
pub(super) fn routes() -> OpenApiRouter<Arc<Studio>> {
    OpenApiRouter::new()
        .routes(routes!(stream))
        .routes(routes!(snapshot))
}

/// Pictures in a second when the page does not say, and at most.
const FPS: u8 = 5;
const FPS_MAX: u8 = 10;

/// How fast.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    fps: Option<u8>,
}

fn place(studio: &Studio, caller: &Caller) -> Result<Share<PersonId>, Failure> {
    let place = studio.gate.camera(caller.person);
    place.map_err(|Full| {
        Failure::Said(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_CAMERA_VIEWERS",
            "As many camera pictures are open as you may have at a time.",
            "Close one of them, then try again.",
        ))
    })
}

/// One picture, as the camera sees it now.
#[utoipa::path(get, path = "/api/print/printers/{printer}/camera/snapshot", tag = "printing",
    params(("printer" = String, Path)),
    responses((status = 200, body = String, content_type = "image/jpeg")))]
async fn snapshot(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    request: Request,
) -> Result<Response, Failure> {
    let _place = place(&studio, &caller)?;
    let (mut parts, _) = request.into_parts();
    let call = Call::get(address(&mut parts, &studio).await?).picture();
    let answer = studio.gateway.send(call, &token(&studio, &caller)?).await?;
    let jpeg = answer.picture().await?;
    Ok(([(CONTENT_TYPE, "image/jpeg")], jpeg).into_response())
}

/// Pictures as MJPEG until the page has seen enough, or its person may look no more.
#[utoipa::path(get, path = "/api/print/printers/{printer}/camera/stream", tag = "printing",
    params(("printer" = String, Path), ("fps" = Option<u8>, Query, description = "Pictures in a second, at most")),
    responses((status = 200, body = String, content_type = "multipart/x-mixed-replace")))]
async fn stream(
    State(studio): State<Arc<Studio>>,
    caller: Caller,
    Query(wish): Query<Wish>,
    request: Request,
) -> Result<Response, Failure> {
    let place = place(&studio, &caller)?;
    let (mut parts, _) = request.into_parts();
    let there = address(&mut parts, &studio).await?;
    let camera = there.split_once("/stream").map_or("", |(camera, _)| camera);
    let fps = wish.fps.unwrap_or(FPS).clamp(1, FPS_MAX);
    let token = token(&studio, &caller)?;
    let socket = studio.gateway.dial_camera(camera, fps, &token).await?;
    let mut look = Look::new(studio.clone(), caller, socket);
    let first = look.first().await?;
    // One picture waits while the one before it goes out.
    let (out, parts) = tokio::sync::mpsc::channel(1);
    let tracked = studio.sockets.clone();
    tracked.spawn(async move {
        look.show(first, out).await;
        drop(place);
    });
    let opening = once(std::future::ready(Ok(mjpeg::OPENING)));
    let parts = unfold(parts, async |mut parts| {
        let part = parts.recv().await?;
        Some((Ok::<_, Infallible>(part), parts))
    });
    let kind = [(CONTENT_TYPE, mjpeg::CONTENT_TYPE)];
    Ok((kind, Body::from_stream(opening.chain(parts))).into_response())
}

/// The service has ended the picture before there was one.
fn ended() -> Failure {
    GatewayError::Away("it ended a camera's picture".to_owned()).into()
}
