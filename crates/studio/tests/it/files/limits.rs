//! Sizes, shares, names and types: refused before the first byte where that is possible, and with
//! nothing left behind where it is not.

use super::resume::{by_hand, taken};
use super::shop::{Shop, header, in_the_shop, sentence, stl};
use crate::rig::{Answer, Engine, sha256};
use axum::body::{Body, Bytes};
use axum::http::HeaderName;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fluxprint_domain::role::Role;
use fluxprint_studio::Limits;

async fn small(limits: Limits) -> Shop {
    Shop::with(Engine::Sqlite, |settings| settings.limits = limits).await
}

#[tokio::test]
async fn a_file_larger_by_one_byte_is_refused_and_the_limit_named() {
    let shop = small(Limits {
        model_bytes: 2_000_000,
        gcode_bytes: 5_000_000,
        other_bytes: 1_000_000,
        ..Limits::default()
    })
    .await;
    for (name, largest, words) in [
        (
            "a.stl",
            2_000_000,
            "larger than the 2 MB that a model may have",
        ),
        (
            "a.3mf",
            2_000_000,
            "larger than the 2 MB that a model may have",
        ),
        (
            "a.gcode",
            5_000_000,
            "larger than the 5 MB that a G-code file may have",
        ),
        (
            "a.pdf",
            1_000_000,
            "larger than the 1 MB that a file that is not printed may have",
        ),
    ] {
        assert_eq!(
            shop.announce(name, largest, &shop.ada).await.status,
            201,
            "{name}"
        );
        let refused = shop.announce(name, largest + 1, &shop.ada).await;
        assert!(
            sentence(&refused).contains(words),
            "{name}: {}",
            sentence(&refused)
        );
        assert_eq!(refused.problem(), (413, "FILE_TOO_LARGE".into()));
    }
    let empty = shop.announce("a.stl", 0, &shop.ada).await;
    assert_eq!(empty.problem(), (400, "FILE_EMPTY".into()));
}

#[tokio::test]
async fn the_share_of_an_organisation_is_kept_to_the_byte() {
    let shop = small(Limits {
        quota_bytes: 2_000,
        ..Limits::default()
    })
    .await;
    let bytes = stl(18, 1);
    assert_eq!(bytes.len(), 984);
    shop.file("a.stl", &bytes).await;
    let refused = shop.announce("b.stl", 1_017, &shop.ada).await;
    let words = "Your organisation may keep 2 kB of files; 1 kB are left";
    assert!(sentence(&refused).contains(words), "{}", sentence(&refused));
    assert_eq!(refused.problem(), (413, "QUOTA_REACHED".into()));
    let at = shop.begin("b.stl", 1_016).await;
    let refused = shop.announce("c.stl", 1, &shop.ada).await;
    assert_eq!(refused.problem(), (413, "QUOTA_REACHED".into()));
    // What is not sent after all takes no room.
    shop.ask(&format!("DELETE {at}")).await;
    let file = shop.file("b.stl", &stl(18, 2)).await;
    assert_eq!(shop.announce("c.stl", 33, &shop.ada).await.problem().0, 413);
    let gone = shop.call(&format!("DELETE {}/{file}", shop.files())).await;
    assert_eq!(gone.status, 204);
    assert_eq!(shop.announce("c.stl", 1_016, &shop.ada).await.status, 201);
}

#[tokio::test]
async fn uploads_are_begun_at_a_pace_and_pieces_are_never_counted() {
    let shop = Shop::on(Engine::Sqlite).await;
    let at = shop.begin("a.stl", 84 + 50).await;
    for n in 1..20 {
        shop.begin(&format!("{n}.stl"), 84).await;
    }
    let refused = shop.announce("b.stl", 84, &shop.ada).await;
    assert_eq!(header(&refused, "retry-after"), "12");
    assert_eq!(refused.problem(), (429, "RATE_LIMIT".into()));
    let bytes = stl(1, 1);
    for n in 0..bytes.len() {
        assert_eq!(shop.patch(&at, n, &bytes[n..=n]).await.status, 204);
    }
    shop.rig.clock.advance_s(12);
    assert_eq!(shop.announce("b.stl", 84, &shop.ada).await.status, 201);
}

#[tokio::test]
async fn one_person_does_not_take_the_places_of_all_who_upload() {
    let shop = Shop::on(Engine::Sqlite).await;
    let olu = shop.member(Role::Editor).await;
    let (mut senders, mut pieces) = (Vec::new(), Vec::new());
    for n in 0..4 {
        let at = shop.begin(&format!("{n}.stl"), 84).await;
        let (sender, body) = by_hand();
        sender.send(Bytes::from_static(b"solid")).await.unwrap();
        let piece = shop.piece(&at, 0, &shop.ada).body(body).unwrap();
        pieces.push(shop.rig.send(piece));
        senders.push(sender);
    }
    let others = async {
        for sender in &senders {
            taken(sender).await;
        }
        let at = shop.begin("fifth.stl", 84).await;
        let fifth = shop.patch(&at, 0, b"solid").await;
        let at = shop.announce("olu.stl", 84, &olu).await;
        let piece = shop.piece(header(&at, "location"), 0, &olu);
        let of_another = shop.rig.send(piece.body(Body::from("solid")).unwrap());
        (fifth, of_another.await)
    };
    tokio::select! {
        _ = futures_util::future::join_all(pieces) => panic!("they wait for more"),
        (fifth, of_another) = others => {
            assert_eq!((fifth.status.as_u16(), of_another.status.as_u16()), (503, 204));
        }
    }
}

/// What uploads leave to the database.
const ROOM_BYTES: u64 = 64 * 1024 * 1024;

in_the_shop! {
    async fn what_others_still_send_has_its_room_on_the_disk(shop) {
        let bytes = stl(18, 1);
        let stranger = shop.stranger().await;
        shop.rig.leave_free(ROOM_BYTES + 1_500);
        let theirs = shop.rig.studio.store.uploads(shop.rig.org);
        assert_eq!(shop.announce("a.stl", bytes.len(), &shop.ada).await.status, 201);
        assert_eq!(theirs.unsent_bytes(shop.now()).await.unwrap(), bytes.len() as u64);
        let refused = shop.announce("b.stl", bytes.len(), &shop.owner).await;
        assert_eq!(refused.problem().0, 507);
        let drafts = STANDARD.encode(stranger.drafts.to_string());
        let metadata = format!("filename {},project {drafts}", STANDARD.encode("c.stl"));
        let request = shop.tus("POST /api/uploads", &stranger)
            .header("upload-length", bytes.len())
            .header("upload-metadata", metadata);
        let refused = shop.rig.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(refused.problem().0, 507, "nor in another organisation");
    }

    async fn a_disk_that_fills_up_on_the_way_takes_no_more_and_keeps_what_came(shop) {
        let bytes = stl(100, 1);
        let at = shop.begin("part.stl", bytes.len()).await;
        let (sender, body) = by_hand();
        let piece = shop.piece(&at, 0, &shop.ada).body(body).unwrap();
        let filling = async {
            sender.send(Bytes::copy_from_slice(&bytes[..10])).await.unwrap();
            taken(&sender).await;
            shop.rig.leave_free(ROOM_BYTES - 1);
            shop.rig.clock.advance_s(1);
            // It may have ended with the first bytes already.
            let _ = sender.send(Bytes::copy_from_slice(&bytes[10..20])).await;
        };
        let (sent, ()) = tokio::join!(shop.rig.send(piece), filling);
        assert_eq!(sent.problem().0, 507);
        let came = shop.offset(&at).await;
        assert!([10, 20].contains(&came), "{came}");
        assert_eq!(shop.patch(&at, came, &bytes[came..]).await.problem().0, 507);
        shop.rig.leave_free(ROOM_BYTES);
        assert_eq!(shop.patch(&at, came, &bytes[came..]).await.status, 204);
    }

    async fn more_than_was_announced_is_not_taken(shop) {
        let bytes = stl(2, 3);
        let at = shop.begin("part.stl", bytes.len()).await;
        let mut longer = bytes.clone();
        longer.push(0);
        // Said before: nothing is taken. Not said: what fits is not cut out of what does not.
        let refused = shop.patch(&at, 0, &longer).await;
        assert_eq!(refused.problem(), (400, "UPLOAD_TOO_MUCH".into()));
        let piece = shop.piece(&at, 0, &shop.ada);
        let pieces = longer.clone().into_iter().map(|byte| Ok::<_, std::io::Error>(vec![byte]));
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let refused = shop.rig.send(piece.body(body).unwrap()).await;
        assert_eq!(refused.problem(), (400, "UPLOAD_TOO_MUCH".into()));
        let asked = shop.ask(&format!("HEAD {at}")).await;
        assert_eq!(asked.status, 200);
        assert_eq!(shop.call(&format!("GET {}", shop.files())).await.ok()["files"][1], serde_json::Value::Null);
    }

    async fn a_renamed_file_is_told_what_it_is_and_nothing_stays_of_it(shop) {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01".to_vec();
        let mut bgcode = b"GCDE\x01\0\0\0\x01\0".to_vec();
        bgcode.resize(200, 0);
        let mut cut = stl(12, 3);
        cut.pop();
        for (name, bytes, words, code) in [
            ("part.stl", &png, "is named .stl, but it is a PNG image", "FILE_TYPE_MISMATCH"),
            ("part.gcode", &stl(3, 3), "is named .gcode, but it is an STL model", "FILE_TYPE_MISMATCH"),
            ("part.gcode", &bgcode, "This is binary G-code", "BINARY_GCODE"),
            ("part.stl", &cut, "or is damaged", "FILE_TYPE_MISMATCH"),
            ("notes.txt", &png, "is named .txt, but it is a PNG image", "FILE_TYPE_MISMATCH"),
        ] {
            let at = shop.begin(name, bytes.len()).await;
            let refused = shop.patch(&at, 0, bytes).await;
            assert!(sentence(&refused).contains(words), "{}", sentence(&refused));
            assert_eq!(refused.problem(), (415, code.into()));
            assert_eq!(shop.ask(&format!("HEAD {at}")).await.status, 404);
        }
        let files = shop.call(&format!("GET {}", shop.files())).await.ok();
        assert!(files["files"].as_array().unwrap().is_empty());
        assert_eq!(shop.stored_files(), 0);
        assert_eq!(shop.rig.studio.store.files(shop.rig.org).stored_bytes().await.unwrap(), 0);
    }

    async fn what_the_name_tells_is_refused_before_the_first_byte(shop) {
        for (name, status, code) in [
            ("virus.exe", 415, "PRINTING_UNSUPPORTED_FILE_TYPE"),
            ("page.html", 415, "PRINTING_UNSUPPORTED_FILE_TYPE"),
            ("part", 415, "PRINTING_UNSUPPORTED_FILE_TYPE"),
            ("part.bgcode", 415, "BINARY_GCODE"),
            ("../part.stl", 400, "PRINTING_INVALID_FILENAME"),
            ("con.stl", 400, "PRINTING_INVALID_FILENAME"),
            ("a\u{202E}lts.stl", 400, "PRINTING_INVALID_FILENAME"),
        ] {
            let refused: Answer = shop.announce(name, 84, &shop.ada).await;
            assert!(!sentence(&refused).contains("virus"), "nothing of a caller is repeated");
            assert_eq!(refused.problem(), (status, code.into()), "{name}");
        }
    }

    async fn the_same_name_is_a_version_and_the_same_bytes_are_nothing_new(shop) {
        let (one, two) = (stl(3, 1), stl(4, 2));
        let outcome = |answer: &Answer| {
            let name = HeaderName::from_static("x-fluxprint-outcome");
            (header(answer, "x-fluxprint-file").to_owned(), header(answer, name.as_str()).to_owned())
        };
        let (file, said) = outcome(&shop.upload("part.stl", &one).await);
        assert_eq!(said, "new-file");
        assert_eq!(outcome(&shop.upload("part.stl", &one).await), (file.clone(), "unchanged".into()));
        assert_eq!(outcome(&shop.upload("part.stl", &two).await), (file.clone(), "new-version".into()));
        // The same name, decomposed as some computers send it.
        let (accented, _) = outcome(&shop.upload("pi\u{e9}ce.stl", &one).await);
        assert_eq!(outcome(&shop.upload("pie\u{301}ce.stl", &one).await), (accented, "unchanged".into()));
        let versions = shop.call(&format!("GET {}/{file}/versions", shop.files())).await.ok();
        let listed = versions["versions"].as_array().unwrap();
        assert_eq!((listed.len(), &listed[0]["number"], &listed[1]["number"]), (2, &2.into(), &1.into()));
        let old = listed[1]["id"].as_str().unwrap();
        let old = shop.call(&format!("GET {}/{file}/content?version={old}", shop.files())).await;
        assert_eq!(sha256(&old.bytes), sha256(&one));
        assert_eq!(sha256(&shop.download(&file).await.bytes), sha256(&two));
        assert_eq!(shop.stored_files(), 2, "the same bytes lie there once");
    }
}
