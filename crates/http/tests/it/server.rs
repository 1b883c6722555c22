//! Connections: limits before a call is looked at, and a clean end.

use axum::Router;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

async fn started() -> (SocketAddr, JoinHandle<()>, CancellationToken) {
    started_with(Router::new()).await
}

async fn started_with(router: Router) -> (SocketAddr, JoinHandle<()>, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stopping = CancellationToken::new();
    let server = fluxprint_http::serve(listener, router, stopping.clone());
    (address, tokio::spawn(server), stopping)
}

/// Sends `text` and reads until the server hangs up.
async fn converse(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn headers_without_measure_are_refused_before_any_call() {
    let (address, _server, _stopping) = started().await;
    let long = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n",
        "x".repeat(20_000)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "x-many: x\r\n".repeat(100)
    );
    for wrong in [long, many] {
        let answer = converse(address, &wrong).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_stop_ends_idle_connections_and_then_the_server() {
    let (address, server, stopping) = started().await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 404");
    stopping.cancel();
    tokio::time::timeout(Duration::from_secs(20), server)
        .await
        .unwrap()
        .unwrap();
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn whoever_takes_nothing_of_an_answer_is_given_up() {
    let large = || async { vec![0_u8; 64 * 1024 * 1024] };
    let router = Router::new().route("/", axum::routing::get(large));
    let (address, server, stopping) = started_with(router).await;
    let mut deaf = TcpStream::connect(address).await.unwrap();
    let call = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    deaf.write_all(call).await.unwrap();
    deaf.read_exact(&mut [0; 12]).await.unwrap();
    stopping.cancel();
    tokio::time::pause();
    let given_up = tokio::time::timeout(Duration::from_secs(120), server).await;
    given_up.unwrap().unwrap();
}
