//! Connections: limits before a call is looked at, and a clean end.

use crate::rig::Rig;
use fluxprint_domain::role::Role;
use fluxprint_service::http;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn started(rig: &Rig) -> (std::net::SocketAddr, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, stopping) = (rig.router.clone(), rig.service.stopping.clone());
    (
        address,
        tokio::spawn(http::serve(listener, router, stopping)),
    )
}

/// Sends `text` and reads until the server hangs up.
async fn converse(address: std::net::SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_call_is_answered_over_a_connection() {
    let rig = Rig::new().await;
    let (address, _server) = started(&rig).await;
    let call = format!(
        "GET /v1/printers HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\n\r\n",
        rig.token(Role::Owner)
    );
    let answer = converse(address, &call).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.ends_with("[]"), "{answer}");
}

#[tokio::test]
async fn headers_without_measure_are_refused_before_any_call() {
    let rig = Rig::new().await;
    let (address, _server) = started(&rig).await;
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
    let rig = Rig::new().await;
    let (address, server) = started(&rig).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 404");
    rig.service.stopping.cancel();
    tokio::time::timeout(std::time::Duration::from_secs(20), server)
        .await
        .unwrap()
        .unwrap();
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
