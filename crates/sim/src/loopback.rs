//! Free ports, and the smallest HTTP client that can talk to a rig on this machine.
//!
//! A rig must be usable from any test, with or without a runtime, and from `Drop`; so this blocks.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

/// Longest wait for one answer from a rig.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// A port that was free a moment ago. Another program may take it first: callers try again.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// What a rig answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// One HTTP call with an API key; `json` is sent as the body when given.
///
/// # Errors
/// When nothing listens, or the answer is not HTTP.
pub(crate) fn call(
    addr: SocketAddr,
    method: &str,
    path: &str,
    api_key: &str,
    json: Option<&str>,
) -> Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&addr, ANSWER_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
    let body = json.unwrap_or_default();
    let kind = if json.is_some() {
        "Content-Type: application/json\r\n"
    } else {
        ""
    };
    // HTTP/1.0: the end of the answer is the end of the connection, so no chunks to join.
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: {addr}\r\nX-Api-Key: {api_key}\r\n{kind}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&String::from_utf8_lossy(&bytes))
}

fn parse(text: &str) -> Result<Answer> {
    let status = text
        .split_ascii_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .context("the answer is not HTTP")?;
    let body = text
        .split_once("\r\n\r\n")
        .map_or("", |(_, body)| body)
        .to_owned();
    Ok(Answer { status, body })
}
