//! Takes connections in: limits of time, size and number before any call is looked at.

use crate::crowd::{Crowds, notice};
use crate::limits::{CONNECTIONS_MAX, HEADER_BYTES_MAX, HEADERS_MAX, HEADERS_S};
use crate::patient::Patient;
use crate::places::Places;
use axum::Router;
use axum::middleware::from_fn_with_state;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

/// Pause after the system could not give us a connection (out of file handles).
const OUT_OF_HANDLES: Duration = Duration::from_millis(100);

/// Serves `router` on `listener` until `stopping`; then waits until the calls that are under way
/// are answered. Sockets that were upgraded are their owners' to end.
pub async fn serve(listener: TcpListener, router: Router, stopping: CancellationToken) {
    serve_behind(&[], listener, router, stopping).await;
}

/// As [`serve`], behind proxies, each of which may hold as many connections as there are.
pub async fn serve_behind(
    proxies: &[IpAddr],
    listener: TcpListener,
    router: Router,
    stopping: CancellationToken,
) {
    let all = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let places = Places::behind(proxies);
    let router = router.layer(from_fn_with_state(Crowds::behind(proxies), notice));
    let connections = TaskTracker::new();
    loop {
        let Ok(one_of_all) = all.clone().acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(OUT_OF_HANDLES).await;
            continue;
        };
        let Ok(place) = places.take(peer.ip()) else {
            continue;
        };
        let (router, stopping) = (router.clone(), stopping.clone());
        connections.spawn(async move {
            converse(stream, peer, router, stopping).await;
            drop((place, one_of_all));
        });
    }
    connections.close();
    connections.wait().await;
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    stopping: CancellationToken,
) {
    // An answer is one write: waiting for more only makes it late.
    let _ = stream.set_nodelay(true);
    let mut with_address = router.into_make_service_with_connect_info::<SocketAddr>();
    let Ok(service) = with_address.call(peer).await;
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEADERS_S))
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(
            TokioIo::new(Patient::new(stream)),
            TowerToHyperService::new(service),
        )
        .with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stopping.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    // How a caller hangs up is not ours to know.
    let _ = connection.await;
}
