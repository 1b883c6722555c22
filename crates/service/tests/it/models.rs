//! Models on their way in.

use crate::rig::{Engine, Rig, on_both_engines, sha256};
use axum::body::Body;
use fluxprint_domain::id::PersonId;
use fluxprint_domain::role::Role;
use fluxprint_service::{Limits, Settings};
use fluxprint_sim::FakeClock;
use fluxprint_tokens::Projects;
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const STL: &[u8] = b"solid part\nendsolid part\n";

#[tokio::test]
async fn a_model_sent_twice_is_one_model_and_one_check() {
    let rig = Rig::new().await;
    let editor = rig.token(Role::Editor);
    let first = rig.upload("part.stl", STL, &editor).await;
    assert_eq!(first.status.as_u16(), 201);
    let first = first.ok();
    assert_eq!(
        (first["state"].as_str(), first["kind"].as_str()),
        (Some("received"), Some("stl"))
    );
    let second = rig.upload("other-name.stl", STL, &editor).await;
    assert_eq!(second.status.as_u16(), 200);
    assert_eq!(second.ok()["name"], "part.stl");
    let tasks = rig.service.store.tasks(rig.org);
    let now = fluxprint_domain::Clock::now(rig.clock.as_ref());
    assert!(tasks.claim("test", 60, now).await.unwrap().is_some());
    assert!(tasks.claim("test", 60, now).await.unwrap().is_none());
    let list = rig.by(Role::Viewer, "GET /v1/models").await.ok();
    assert_eq!(list["models"].as_array().unwrap().len(), 1);
    assert_eq!(list["next"], serde_json::Value::Null);
}

#[tokio::test]
async fn bytes_that_are_not_the_announced_ones_leave_no_model() {
    let rig = Rig::new().await;
    let editor = rig.token(Role::Editor);
    let call = format!("PUT /v1/models/{}?name=a.stl", sha256(b"else"));
    let request = rig
        .request(&call, &editor)
        .header("content-length", STL.len());
    let other = rig.send(request.body(Body::from(STL)).unwrap()).await;
    assert_eq!(
        (other.status.as_u16(), other.code().as_str()),
        (422, "FILE_OTHER_BYTES")
    );
    let call = format!("PUT /v1/models/{}?name=a.stl", sha256(STL));
    for (length, code) in [("24", "FILE_OTHER_SIZE"), ("26", "FILE_OTHER_SIZE")] {
        let request = rig.request(&call, &editor).header("content-length", length);
        let answer = rig.send(request.body(Body::from(STL)).unwrap()).await;
        assert_eq!(answer.code(), code);
    }
    let request = rig.request(&call, &editor);
    let answer = rig.send(request.body(Body::from(STL)).unwrap()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (411, "LENGTH_REQUIRED")
    );
    let get = format!("GET /v1/models/{}", sha256(STL));
    assert_eq!(rig.call(&get, &editor).await.code(), "MODEL_NOT_FOUND");
    assert_eq!(
        rig.upload("", STL, &editor).await.code(),
        "VALIDATION_ERROR"
    );
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_its_first_byte() {
    let limits = Limits {
        model_bytes: 1_048_576,
        gcode_bytes: 2_097_152,
        ..Limits::default()
    };
    let settings = Settings {
        limits,
        ..Settings::default()
    };
    let rig = Rig::with(Engine::Sqlite, settings, None).await;
    let editor = rig.token(Role::Editor);
    let announce = async |name: &str, length: u64| {
        let call = format!("PUT /v1/models/{}?name={name}", sha256(STL));
        let request = rig.request(&call, &editor).header("content-length", length);
        let body = Body::from_stream(futures_util::stream::poll_fn(|_| {
            panic!("the body was read") as std::task::Poll<Option<Result<&[u8], std::io::Error>>>
        }));
        rig.send(request.body(body).unwrap()).await.code()
    };
    assert_eq!(announce("a.stl", 1_048_577).await, "BODY_TOO_LARGE");
    assert_eq!(announce("a.gcode", 2_097_153).await, "BODY_TOO_LARGE");
    assert_eq!(announce("a.gcode", 1_048_577).await, "INTERNAL_ERROR");
}

#[tokio::test]
async fn an_upload_that_breaks_off_says_so() {
    let rig = Rig::new().await;
    let editor = rig.token(Role::Editor);
    let call = format!("PUT /v1/models/{}?name=a.stl", sha256(STL));
    let request = rig
        .request(&call, &editor)
        .header("content-length", STL.len());
    let broken = futures_util::stream::iter([
        Ok(&STL[..5]),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ]);
    let answer = rig
        .send(request.body(Body::from_stream(broken)).unwrap())
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (400, "FILE_INCOMPLETE")
    );
}

#[tokio::test]
async fn a_burst_of_uploads_is_slowed_down() {
    let rig = Rig::new().await;
    let editor = rig.token(Role::Editor);
    for n in 0..20 {
        let answer = rig.upload("a.stl", &[n], &editor).await;
        assert_eq!(
            answer.headers["ratelimit"],
            format!("\"uploads\";r={}", 19 - n).as_str()
        );
    }
    let slowed = rig.upload("a.stl", b"one more", &editor).await;
    assert_eq!(
        (slowed.status.as_u16(), slowed.code().as_str()),
        (429, "RATE_LIMIT")
    );
    assert_eq!(slowed.headers["retry-after"], "12");
    rig.upload("a.stl", b"somebody else's", &rig.token(Role::Owner))
        .await
        .ok();
    rig.clock.advance_s(12);
    rig.upload("a.stl", b"one more", &editor).await.ok();
}

#[tokio::test]
async fn an_estimate_comes_once_the_model_was_checked() {
    let rig = Rig::new().await;
    let editor = rig.token(Role::Editor);
    let model = rig.model(3).await;
    let mut wanted = json!({ "model": model, "material": "PLA", "quality": "standard",
        "infill_pct": 20, "supports": false, "copies": 3 });
    let estimate = rig.post("POST /v1/estimates", &editor, &wanted).await.ok();
    assert_eq!(
        (estimate["copies"].as_u64(), estimate["within_pct"].as_u64()),
        (Some(3), Some(40))
    );
    assert!(estimate["one_copy"]["duration_s"].as_u64().unwrap() > 0);
    wanted["copies"] = json!(11);
    assert_eq!(
        rig.post("POST /v1/estimates", &editor, &wanted)
            .await
            .code(),
        "VALIDATION_ERROR"
    );
    wanted["copies"] = json!(1);
    rig.upload("part.stl", STL, &editor).await.ok();
    wanted["model"] = json!(sha256(STL));
    let early = rig.post("POST /v1/estimates", &editor, &wanted).await;
    assert_eq!(
        (early.status.as_u16(), early.code().as_str()),
        (409, "MODEL_NOT_READY")
    );
}

on_both_engines! {
    async fn a_name_is_for_those_who_sent_it_and_those_who_see_every_project(rig) {
        let designer = |n| {
            let mut grant = rig.grant(Role::Viewer);
            grant.sub = fluxprint_tokens::Subject::Person(PersonId::new(FakeClock::START, n));
            grant.projects = Projects::Some([(rig.id(), Role::Editor)].into());
            rig.mint(&grant)
        };
        let (ada, eve) = (designer(7), designer(8));
        rig.upload("secret-bracket.stl", STL, &ada).await.ok();
        let get = format!("GET /v1/models/{}", sha256(STL));
        let named = async |token: &str| {
            let model = rig.call(&get, token).await.ok();
            let list = rig.call("GET /v1/models", token).await.ok();
            let listed = list["models"].as_array().unwrap().iter();
            let names = listed.map(|model| model["name"].clone()).collect::<Vec<_>>();
            assert_eq!(model["state"], "received", "what it is depends on its bytes alone");
            (model["name"].clone(), json!(names))
        };
        assert_eq!(named(&ada).await, (json!("secret-bracket.stl"), json!(["secret-bracket.stl"])));
        assert_eq!(named(&eve).await, (json!(null), json!([])));
        let owner = rig.token(Role::Owner);
        assert_eq!(named(&owner).await, (json!("secret-bracket.stl"), json!(["secret-bracket.stl"])));

        let sent = rig.upload("eves.stl", STL, &eve).await;
        assert_eq!((sent.status.as_u16(), &sent.ok()["name"]), (200, &json!("eves.stl")));
        assert_eq!(named(&eve).await, (json!("eves.stl"), json!(["eves.stl"])));
        assert_eq!(named(&ada).await.0, "secret-bracket.stl");
        assert_eq!(named(&owner).await.0, "secret-bracket.stl");
    }
}

#[tokio::test]
async fn a_host_learns_by_head_whether_the_bytes_are_there() {
    let rig = Rig::new().await;
    let editor = rig.token(Role::Editor);
    let head = format!("HEAD /v1/models/{}", sha256(STL));
    assert_eq!(rig.call(&head, &editor).await.status, 404);
    rig.upload("part.stl", STL, &editor).await.ok();
    let there = rig.call(&head, &editor).await;
    assert_eq!((there.status.as_u16(), there.bytes.len()), (200, 0));
}

#[tokio::test]
async fn bytes_that_are_there_are_answered_for_before_they_come_and_the_connection_lives_on() {
    let rig = Rig::new().await;
    let (editor, bytes) = (rig.token(Role::Editor), vec![b'x'; 300_000]);
    rig.upload("part.stl", &bytes, &editor).await.ok();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stopping = rig.service.stopping.clone();
    tokio::spawn(fluxprint_http::serve(
        listener,
        rig.router.clone(),
        stopping,
    ));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let call = format!(
        "PUT /v1/models/{}?name=part.stl HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {editor}\r\n\
        content-length: {}\r\n\r\n",
        sha256(&bytes),
        bytes.len()
    );
    stream.write_all(call.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    stream.write_all(&bytes).await.unwrap();
    let again =
        format!("GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {editor}\r\n\r\n");
    stream.write_all(again.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
}

/// The next answer on a connection, with as much of its body as it says.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let whole = |text: &str| {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))?;
        (body.len() >= length.parse().ok()?).then_some(())
    };
    while whole(&text).is_none() {
        let mut part = [0; 4_096];
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut part)).await;
        let read = read.unwrap().unwrap();
        assert!(read > 0, "the connection ended: {text}");
        text.push_str(std::str::from_utf8(&part[..read]).unwrap());
    }
    text
}
