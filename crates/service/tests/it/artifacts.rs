//! G-code for bridges: whole, in parts, and only to the one that prints it.

use crate::queue::prepare;
use crate::rig::{Answer, Rig, sha256, wanted};
use axum::body::Body;
use fluxprint_domain::Clock;
use fluxprint_domain::role::Role;
use fluxprint_store::service::attempt::NewAttempt;

const GCODE: &[u8] = b"G28\n";

/// A rig with an open attempt, and the token of the bridge it is at.
async fn rig() -> (Rig, String) {
    let rig = Rig::new().await;
    let (bridge, token) = rig.bridge().await;
    let printer = rig.printer_at(bridge, false).await;
    let model = rig.model(1).await;
    let job = rig.job(&rig.token(Role::Owner), &wanted(model)).await;
    prepare(&rig, job).await;
    let gcode_sha256 = sha256(GCODE);
    rig.service
        .blobs
        .put(rig.org, gcode_sha256, 4, &mut &*GCODE)
        .await
        .unwrap();
    let (found, _) = rig.service.store.jobs(rig.org).get(job).await.unwrap();
    let copy = found.copies[0].id;
    let new = NewAttempt {
        id: rig.id(),
        copy,
        printer,
        gcode_sha256,
        gcode_bytes: 4,
    };
    let now = rig.clock.now();
    rig.service
        .store
        .attempts(rig.org)
        .assign(new, "test", now)
        .await
        .unwrap();
    (rig, token)
}

async fn fetch(rig: &Rig, token: &str, headers: &[(&str, &str)]) -> Answer {
    let call = format!("GET /v1/bridge/artifacts/{}", sha256(GCODE));
    let request = headers
        .iter()
        .fold(rig.request(&call, token), |request, (name, value)| {
            request.header(*name, *value)
        });
    rig.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_bridge_gets_its_file_whole_and_from_where_it_broke_off() {
    let (rig, token) = rig().await;
    let whole = fetch(&rig, &token, &[]).await;
    assert_eq!(
        (whole.status.as_u16(), whole.bytes.as_slice()),
        (200, GCODE)
    );
    let tag = format!("\"{}\"", sha256(GCODE));
    assert_eq!(whole.headers["etag"], tag.as_str());
    assert_eq!(whole.headers["content-length"], "4");
    let rest = fetch(&rig, &token, &[("range", "bytes=2-"), ("if-match", &tag)]).await;
    assert_eq!(
        (rest.status.as_u16(), rest.bytes.as_slice()),
        (206, &GCODE[2..])
    );
    assert_eq!(rest.headers["content-range"], "bytes 2-3/4");
    let outside = fetch(&rig, &token, &[("range", "bytes=4-")]).await;
    assert_eq!(
        (outside.status.as_u16(), outside.code().as_str()),
        (416, "FILE_RANGE_OUTSIDE")
    );
    assert_eq!(outside.headers["content-range"], "bytes */4");
    let other = fetch(&rig, &token, &[("if-match", "\"other\"")]).await;
    assert_eq!(
        (other.status.as_u16(), other.code().as_str()),
        (412, "FILE_CHANGED")
    );
    let newer = fetch(
        &rig,
        &token,
        &[("range", "bytes=2-"), ("if-range", "\"other\"")],
    )
    .await;
    assert_eq!(
        (newer.status.as_u16(), newer.bytes.as_slice()),
        (200, GCODE)
    );
}

#[tokio::test]
async fn a_file_is_nobody_elses() {
    let (rig, _) = rig().await;
    let (_, other_bridge) = rig.bridge().await;
    assert_eq!(
        fetch(&rig, &other_bridge, &[]).await.code(),
        "FILE_NOT_FOUND"
    );
    let owner = rig.token(Role::Owner);
    assert_eq!(fetch(&rig, &owner, &[]).await.code(), "NOT_SIGNED_IN");
    let cut = &other_bridge[..other_bridge.len() - 1];
    assert_eq!(fetch(&rig, cut, &[]).await.code(), "NOT_SIGNED_IN");
}
