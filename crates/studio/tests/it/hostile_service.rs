//! A service that answers nonsense, or nothing: each gives its code, and the studio stays well.

use fluxprint_domain::id::{Id, OrganisationId};
use fluxprint_domain::role::Role;
use fluxprint_sim::FakeClock;
use fluxprint_studio::gateway::{Answer, Call, Gateway, GatewayError};
use fluxprint_tokens::{AUDIENCE, Grant, ISSUER, Minter, Projects, SigningKey, Subject};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a hostile service does with a call.
#[derive(Clone, Copy)]
enum Does {
    /// Writes this and hangs up.
    Says(&'static str),
    /// Writes the first, then the second again and again.
    NeverEnds(&'static str, &'static str),
    /// Writes this and says no more.
    FallsSilent(&'static str),
}

async fn answer(mut stream: TcpStream, does: Does) -> std::io::Result<()> {
    let mut heard = [0; 4096];
    let _ = stream.read(&mut heard).await?;
    match does {
        Does::Says(text) => stream.write_all(text.as_bytes()).await?,
        Does::NeverEnds(first, again) => {
            stream.write_all(first.as_bytes()).await?;
            loop {
                stream.write_all(again.as_bytes()).await?;
            }
        }
        Does::FallsSilent(text) => {
            stream.write_all(text.as_bytes()).await?;
            let _ = stream.read(&mut heard).await?;
        }
    }
    stream.shutdown().await
}

/// A gateway to a service that does this.
async fn hostile(does: Does) -> Gateway {
    hostile_at_first(&[does]).await
}

/// A gateway to a service that does these, one after the other, and goes on with the last.
async fn hostile_at_first(does: &[Does]) -> Gateway {
    let does = does.to_vec();
    let mut does = does.into_iter().peekable();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let now = *does.peek().unwrap();
            if does.len() > 1 {
                does.next();
            }
            tokio::spawn(answer(stream, now));
        }
    });
    gateway(&base)
}

fn gateway(base: &str) -> Gateway {
    let key = SigningKey::generate().unwrap();
    let minter = Minter::ed25519(ISSUER, AUDIENCE, &key);
    Gateway::outside(base.parse().unwrap(), minter, Arc::new(FakeClock::new(1))).unwrap()
}

fn token(gateway: &Gateway) -> Arc<str> {
    let clock = FakeClock::new(2);
    let org: OrganisationId = Id::fresh(&clock);
    let grant = Grant {
        sub: Subject::Person(Id::fresh(&clock)),
        org,
        role: Role::Owner,
        projects: Projects::All,
    };
    gateway.token(&grant).unwrap()
}

async fn whole(answer: Result<Answer, GatewayError>) -> Result<Value, GatewayError> {
    answer?.json().await
}

/// The code that people get.
async fn code(does: Does) -> (u16, String) {
    let gateway = hostile(does).await;
    let call = Call::get("/v1/queue").within(Duration::from_millis(500));
    let asked = whole(gateway.send(call, &token(&gateway)).await).await;
    let problem = asked.unwrap_err().problem();
    for words in [&problem.sentence, &problem.remedy] {
        assert!(!words.contains("secret-of-the-inside"), "{words}");
        assert!(words.ends_with('.'), "{words}");
    }
    (problem.status.as_u16(), problem.code.into_owned())
}

const JSON: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

macro_rules! json {
    ($rest:literal) => {
        concat!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n",
            $rest
        )
    };
}

fn nonsense() -> (u16, String) {
    (502, "PRINTING_PROXY_ERROR".to_owned())
}

#[tokio::test]
async fn an_answer_that_is_none_of_a_print_service_is_called_what_it_is() {
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let elsewhere =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    for (what, says) in [
        ("no JSON", json!("content-length: 9\r\n\r\n{\"a\": nul")),
        ("a page", page),
        ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n"),
        ("a redirect", elsewhere),
        (
            "cut off in the middle",
            json!("content-length: 900\r\n\r\n{\"a\": 1,"),
        ),
        (
            "a failure with a page",
            "HTTP/1.1 500 No\r\ncontent-type: text/html\r\ncontent-length: 20\r\n\r\nsecret-of-the-inside",
        ),
        (
            "a failure that says nothing",
            "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n",
        ),
        (
            "not to believe our token",
            "HTTP/1.1 401 No\r\ncontent-type: application/problem+json\r\ncontent-length: 2\r\n\r\n{}",
        ),
    ] {
        assert_eq!(code(Does::Says(says)).await, nonsense(), "{what}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let endless = "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let head = Box::leak(format!("HTTP/1.1 200 OK\r\n{endless}").into_boxed_str());
    let chunk = Box::leak(format!("1000\r\n{}\r\n", " ".repeat(0x1000)).into_boxed_str());
    assert_eq!(code(Does::NeverEnds(head, chunk)).await, nonsense());
    assert_eq!(
        code(Does::NeverEnds(JSON, "x-more: secret-of-the-inside\r\n")).await,
        nonsense()
    );
}

#[tokio::test]
async fn a_service_that_is_slow_with_head_or_body_is_not_waited_for() {
    let slow = (504, "PRINTING_SERVICE_TIMEOUT".to_owned());
    assert_eq!(code(Does::FallsSilent("")).await, slow);
    assert_eq!(
        code(Does::FallsSilent("HTTP/1.1 200 OK\r\ncont")).await,
        slow
    );
    let body = json!("content-length: 9\r\n\r\n{\"a\":");
    assert_eq!(code(Does::FallsSilent(body)).await, slow);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_noticed_and_told() {
    let gone = (503, "PRINTING_SERVICE_UNAVAILABLE".to_owned());
    assert_eq!(code(Does::Says("")).await, gone);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gateway = gateway(&format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    let watched = gateway.watch();
    assert!(gateway.reach().up);
    let asked = gateway.send(Call::get("/v1/queue"), &token(&gateway)).await;
    let problem = asked.unwrap_err().problem();
    assert_eq!((problem.status.as_u16(), problem.code.into_owned()), gone);
    assert!(problem.retry_after_s.is_some());
    assert!(!gateway.reach().up && watched.has_changed().unwrap());
    assert!(!gateway.probe().await);
}

#[tokio::test]
async fn the_words_of_the_service_come_through_but_no_other_text_does() {
    let says = |code: &str, detail: &str| {
        let body =
            format!(r#"{{"code":"{code}","detail":"{detail}","remedy":"Wait.","status":409}}"#);
        let head = "HTTP/1.1 409 No\r\ncontent-type: application/problem+json\r\nretry-after: 7\r\nset-cookie: a=b\r\n";
        let text = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        Does::Says(Box::leak(text.into_boxed_str()))
    };
    let fits = code(says("BED_NOT_CLEAR", "The bed is not clear.")).await;
    assert_eq!(fits, (409, "BED_NOT_CLEAR".to_owned()));
    let long = "x".repeat(1_001);
    for (code_said, detail) in [
        ("Bed not clear", "It is not."),
        ("BED_NOT_CLEAR", ""),
        ("BED_NOT_CLEAR", "one\\nline more"),
        ("BED_NOT_CLEAR", long.as_str()),
    ] {
        assert_eq!(code(says(code_said, detail)).await, nonsense(), "{detail}");
    }
    let gateway = hostile(says("RATE_LIMIT", "Too often.")).await;
    let said = gateway.send(Call::get("/v1/queue"), &token(&gateway)).await;
    assert_eq!(said.unwrap_err().problem().retry_after_s, Some(7));
}

#[tokio::test]
async fn after_all_that_the_next_call_is_as_good_as_the_first() {
    let hostile = [
        Does::Says(json!("content-length: 9\r\n\r\n{\"a\": nul")),
        Does::Says(json!("content-length: 900\r\n\r\n{\"a\": 1,")),
        Does::FallsSilent(""),
        Does::FallsSilent(json!("content-length: 9\r\n\r\n{\"a\":")),
        Does::NeverEnds(JSON, "x-more: 1\r\n"),
        Does::Says(json!("content-length: 13\r\n\r\n{\"a\": [1, 2]}")),
    ];
    let gateway = hostile_at_first(&hostile).await;
    let ask = async || {
        let call = Call::get("/v1/queue").within(Duration::from_millis(500));
        whole(gateway.send(call, &token(&gateway)).await).await
    };
    for _ in 1..hostile.len() {
        assert!(ask().await.is_err());
    }
    assert_eq!(ask().await.unwrap()["a"][1], 2);
    assert!(gateway.reach().up, "it was there all the time");
}

#[tokio::test]
async fn an_address_that_is_none_of_http_is_refused_at_the_start() {
    for address in ["ftp://printer/", "unix:/run/x", "data:text/plain,x"] {
        let minter = Minter::ed25519(ISSUER, AUDIENCE, &SigningKey::generate().unwrap());
        let clock = Arc::new(FakeClock::new(1));
        let gateway = Gateway::outside(address.parse().unwrap(), minter, clock);
        assert!(gateway.is_err(), "{address}");
    }
}
