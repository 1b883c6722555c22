//! The service over a real connection.

use crate::rig::Rig;
use fluxprint_domain::role::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn started(rig: &Rig) -> (std::net::SocketAddr, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, stopping) = (rig.router.clone(), rig.service.stopping.clone());
    (
        address,
        tokio::spawn(fluxprint_http::serve(listener, router, stopping)),
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
