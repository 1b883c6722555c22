//! The smallest HTTP client that can prepare a measurement or a sample. What is measured is sent by
//! `fluxprint-sim load`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Longest wait for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// One request.
pub struct Call<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// Whole lines, for example `Idempotency-Key: 1`.
    pub headers: Vec<String>,
    pub body: &'a [u8],
}

impl<'a> Call<'a> {
    /// A request without a body.
    pub fn get(path: &'a str) -> Self {
        Self {
            method: "GET",
            path,
            headers: Vec::new(),
            body: b"",
        }
    }

    /// Sends it to `http://host:port`.
    pub fn send(&self, url: &str) -> Result<Answer> {
        let host = url.strip_prefix("http://").context("not an http address")?;
        let host = host.trim_end_matches('/');
        let mut stream = TcpStream::connect(host).with_context(|| format!("{url} is not there"))?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
        stream.write_all(self.head(host).as_bytes())?;
        stream.write_all(self.body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        parse(&answer)
    }

    /// Sends it and insists on success; the JSON of the answer.
    pub fn succeed(&self, url: &str) -> Result<Value> {
        Ok(self.succeed_whole(url)?.json)
    }

    /// Sends it and insists on success.
    pub fn succeed_whole(&self, url: &str) -> Result<Answer> {
        let answer = self.send(url)?;
        if !(200..300).contains(&answer.status) {
            let Answer { status, json, .. } = answer;
            bail!("{} {} answered {status}: {json}", self.method, self.path);
        }
        Ok(answer)
    }

    /// HTTP/1.0: the end of the answer is the end of the connection, so there are no chunks to join.
    fn head(&self, host: &str) -> String {
        let Self {
            method,
            path,
            headers,
            body,
        } = self;
        let more: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let length = body.len();
        format!(
            "{method} {path} HTTP/1.0\r\nHost: {host}\r\n{more}Content-Length: {length}\r\n\r\n"
        )
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    /// Null when the body is no JSON.
    pub json: Value,
    head: String,
}

impl Answer {
    /// What a header says, the first of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut found = headers.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim())
    }
}

fn parse(answer: &[u8]) -> Result<Answer> {
    let text = String::from_utf8_lossy(answer);
    let status = text.split_ascii_whitespace().nth(1);
    let status = status.and_then(|word| word.parse().ok());
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Ok(Answer {
        status: status.context("the answer is not HTTP")?,
        json: serde_json::from_str(body).unwrap_or(Value::Null),
        head: head.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// Answers one request and returns it.
    fn once(answer: &'static str) -> (String, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 1024];
            let mut length = 0;
            while !asked[..length].ends_with(b"{}") {
                length += stream.read(&mut asked[length..]).unwrap();
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        (url, served)
    }

    fn put() -> Call<'static> {
        Call {
            method: "PUT",
            path: "/v1/thing",
            headers: vec!["Idempotency-Key: 7".to_owned()],
            body: b"{}",
        }
    }

    #[test]
    fn a_call_is_sent_whole_and_its_answer_read() {
        let (url, served) = once("HTTP/1.0 201 Created\r\nLocation: /one\r\n\r\n{\"id\":\"one\"}");
        let answer = put().succeed_whole(&url).unwrap();
        assert_eq!(answer.json["id"], "one");
        assert_eq!(answer.header("location"), Some("/one"));
        let asked = served.join().unwrap();
        assert!(asked.starts_with("PUT /v1/thing HTTP/1.0\r\n"), "{asked}");
        assert!(
            asked.contains("\r\nIdempotency-Key: 7\r\nContent-Length: 2\r\n\r\n{}"),
            "{asked}"
        );
    }

    #[test]
    fn a_refusal_is_quoted() {
        let (url, served) = once("HTTP/1.0 429 Slow\r\n\r\n{\"code\":\"TOO_MANY\"}");
        let error = put().succeed(&url).unwrap_err().to_string();
        assert!(
            error.contains("429") && error.contains("TOO_MANY"),
            "{error}"
        );
        served.join().unwrap();
    }
}
