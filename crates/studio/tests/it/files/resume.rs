//! Uploads that are cut, raced, and outlived.

use super::shop::{Shop, header, in_the_shop, stl};
use crate::rig::sha256;
use axum::body::{Body, Bytes};
use fluxprint_blobs::Mark;
use fluxprint_domain::id::UploadId;
use futures_util::stream;
use std::io;
use std::time::Duration;
use tokio::sync::mpsc;

/// A body whose sender breaks off after these bytes.
fn cut(bytes: &[u8]) -> Body {
    let came = Ok(Bytes::copy_from_slice(bytes));
    let broke = Err(io::Error::from(io::ErrorKind::ConnectionReset));
    Body::from_stream(stream::iter([came, broke]))
}

/// A body that comes as it is sent, and whose end comes when the sender is dropped.
pub fn by_hand() -> (mpsc::Sender<Bytes>, Body) {
    let (sender, receiver) = mpsc::channel::<Bytes>(8);
    let bytes = stream::unfold(receiver, async |mut receiver| {
        let bytes = receiver.recv().await?;
        Some((Ok::<_, io::Error>(bytes), receiver))
    });
    (sender, Body::from_stream(Box::pin(bytes)))
}

/// Returns when the studio has taken what was sent: it looks at nothing else before it has kept that.
pub async fn taken(sender: &mpsc::Sender<Bytes>) {
    while sender.capacity() < sender.max_capacity() {
        tokio::task::yield_now().await;
    }
}

fn id(at: &str) -> UploadId {
    at.rsplit('/').next().unwrap().parse().unwrap()
}

/// Finishes an upload from where it is; only `bytes` is right.
async fn go_on(shop: &Shop, at: &str, bytes: &[u8]) {
    let offset = shop.offset(at).await;
    let last = shop.patch(at, offset, &bytes[offset..]).await;
    assert_eq!(last.status, 204);
    let file = header(&last, "x-fluxprint-file");
    assert_eq!(sha256(&shop.download(file).await.bytes), sha256(bytes));
}

in_the_shop! {
    async fn what_came_before_a_cut_is_kept(shop) {
        let bytes = stl(100, 5);
        let at = shop.begin("part.stl", bytes.len()).await;
        let piece = shop.piece(&at, 0, &shop.ada).body(cut(&bytes[..3_000])).unwrap();
        assert_eq!(shop.rig.send(piece).await.problem(), (400, "FILE_INCOMPLETE".into()));
        assert_eq!(shop.offset(&at).await, 3_000);
        go_on(&shop, &at, &bytes).await;
    }

    async fn a_caller_who_hangs_up_loses_nothing_that_had_come(shop) {
        let bytes = stl(100, 5);
        let at = shop.begin("part.stl", bytes.len()).await;
        let (sender, body) = by_hand();
        let piece = shop.piece(&at, 0, &shop.ada).body(body).unwrap();
        {
            let sending = shop.rig.send(piece);
            tokio::pin!(sending);
            sender.send(Bytes::copy_from_slice(&bytes[..2_500])).await.unwrap();
            tokio::select! {
                _ = sending.as_mut() => panic!("it waits for more"),
                () = taken(&sender) => {}
            }
            // The connection is gone, and with it the future that answers it.
        }
        drop(sender);
        assert_eq!(shop.offset(&at).await, 2_500);
        go_on(&shop, &at, &bytes).await;
    }

    async fn whoever_asks_anew_gets_the_upload_from_a_connection_that_hangs(shop) {
        let bytes = stl(100, 5);
        let at = shop.begin("part.stl", bytes.len()).await;
        let (sender, body) = by_hand();
        let piece = shop.piece(&at, 0, &shop.ada).body(body).unwrap();
        let asking = async {
            sender.send(Bytes::copy_from_slice(&bytes[..1_000])).await.unwrap();
            taken(&sender).await;
            shop.offset(&at).await
        };
        let both = async { tokio::join!(shop.rig.send(piece), asking) };
        let (hanging, offset) = tokio::time::timeout(Duration::from_secs(20), both).await.unwrap();
        assert_eq!((hanging.problem(), offset), ((423, "UPLOAD_IN_USE".into()), 1_000));
        go_on(&shop, &at, &bytes).await;
    }

    async fn of_two_pieces_at_once_the_file_is_made_once_and_whole(shop) {
        let bytes = stl(2_000, 7);
        let at = shop.begin("part.stl", bytes.len()).await;
        let (one, two) = tokio::join!(shop.patch(&at, 0, &bytes), shop.patch(&at, 0, &bytes));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert!(matches!(statuses, [204, 409 | 423] | [423, 423]), "{statuses:?}");
        if statuses == [423, 423] {
            go_on(&shop, &at, &bytes).await;
        }
        let files = shop.call(&format!("GET {}", shop.files())).await.ok();
        assert_eq!(files["files"].as_array().unwrap().len(), 1);
        assert_eq!(files["files"][0]["version"]["number"], 1);
        assert_eq!(files["files"][0]["version"]["sha256"], sha256(&bytes).to_string());
        assert_eq!(shop.stored_files(), 1);
    }

    async fn a_studio_that_died_after_writing_and_before_noting_goes_on_from_the_note(shop) {
        let bytes = stl(100, 5);
        let at = shop.begin("part.stl", bytes.len()).await;
        shop.patch(&at, 0, &bytes[..1_000]).await;
        // What a dying studio leaves: more on the disk than in the row, and not what comes next.
        let row = shop.rig.studio.store.uploads(shop.rig.org);
        let row = row.get(id(&at), shop.ada.person, shop.now()).await.unwrap();
        let mark = Mark { offset_bytes: row.offset_bytes, hash_state: row.hash_state };
        let mut draft = shop.rig.studio.blobs.draft(shop.rig.org, row.id, &mark).await.unwrap();
        draft.append(&[0xEE; 2_000]).await.unwrap();
        draft.save().await.unwrap();
        drop(draft);
        let shop = shop.restart().await;
        assert_eq!(shop.offset(&at).await, 1_000);
        go_on(&shop, &at, &bytes).await;
    }

    async fn a_studio_that_died_with_all_bytes_and_no_file_makes_it_when_it_is_asked(shop) {
        let bytes = stl(100, 5);
        let at = shop.begin("part.stl", bytes.len()).await;
        // All of it is noted and, at the worst moment, already under its hash.
        let studio = &shop.rig.studio;
        let mut draft = studio.blobs.draft(shop.rig.org, id(&at), &Mark::start()).await.unwrap();
        draft.append(&bytes).await.unwrap();
        let mark = draft.save().await.unwrap();
        draft.keep().await.unwrap();
        drop(draft);
        let step = fluxprint_store::studio::upload::Step {
            from_bytes: 0, to_bytes: mark.offset_bytes, hash_state: mark.hash_state,
            expires_at: shop.now().plus_s(60),
        };
        studio.store.uploads(shop.rig.org).advance(id(&at), &step).await.unwrap();
        let shop = shop.restart().await;
        let asked = shop.ask(&format!("HEAD {at}")).await;
        assert_eq!(header(&asked, "upload-offset"), bytes.len().to_string());
        let file = header(&asked, "x-fluxprint-file").to_owned();
        assert_eq!(header(&asked, "x-fluxprint-outcome"), "new-file");
        assert_eq!(shop.download(&file).await.bytes, bytes);
        assert_eq!(shop.stored_files(), 1, "the draft is gone");
    }

    async fn an_upload_whose_bytes_were_lost_begins_again(shop) {
        let bytes = stl(100, 5);
        let at = shop.begin("part.stl", bytes.len()).await;
        shop.patch(&at, 0, &bytes[..1_000]).await;
        shop.rig.studio.blobs.drop_draft(shop.rig.org, id(&at)).await.unwrap();
        let piece = shop.patch(&at, 1_000, &bytes[1_000..]).await;
        assert_eq!(piece.problem(), (409, "UPLOAD_OTHER_OFFSET".into()));
        assert_eq!(shop.offset(&at).await, 0);
        go_on(&shop, &at, &bytes).await;
    }

    async fn a_studio_that_stops_notes_what_has_come_and_says_so(shop) {
        let bytes = stl(100, 5);
        let at = shop.begin("part.stl", bytes.len()).await;
        let (sender, body) = by_hand();
        let piece = shop.piece(&at, 0, &shop.ada).body(body).unwrap();
        let stop = async {
            sender.send(Bytes::copy_from_slice(&bytes[..1_000])).await.unwrap();
            taken(&sender).await;
            shop.rig.studio.stopping.cancel();
        };
        let (answer, ()) = tokio::join!(shop.rig.send(piece), stop);
        assert_eq!(answer.problem(), (503, "STUDIO_STOPPING".into()));
        assert_eq!(header(&answer, "retry-after"), "1");
        let shop = shop.restart().await;
        assert_eq!(shop.offset(&at).await, 1_000);
        go_on(&shop, &at, &bytes).await;
    }

    async fn an_announcement_without_a_byte_is_soon_forgotten(shop) {
        let bytes = stl(100, 5);
        let (at, begun) = (shop.begin("part.stl", bytes.len()).await, shop.begin("b.stl", bytes.len()).await);
        shop.patch(&begun, 0, &bytes[..1]).await;
        shop.rig.clock.advance_s(fluxprint_studio::limits::UPLOAD_UNBEGUN_S.unsigned_abs());
        assert_eq!(shop.ask(&format!("HEAD {at}")).await.status, 404);
        assert_eq!(shop.offset(&begun).await, 1, "what has begun lives on");
    }

    async fn an_upload_lives_a_day_after_its_last_byte(shop) {
        let bytes = stl(100, 5);
        let at = shop.begin("part.stl", bytes.len()).await;
        let later = shop.begin("later.stl", bytes.len()).await;
        for begun in [&at, &later] {
            shop.patch(begun, 0, &bytes[..50]).await;
        }
        shop.rig.clock.advance_s(11 * 3_600);
        shop.patch(&later, 50, &bytes[50..100]).await;
        let expires = shop.ask(&format!("HEAD {later}")).await;
        assert_ne!(header(&expires, "upload-expires"), "");
        for _ in 0..2 {
            shop.rig.clock.advance_s(7 * 3_600);
            assert_eq!(shop.offset(&later).await, 100, "and Ada's session stays in use");
        }
        assert_eq!(shop.ask(&format!("HEAD {at}")).await.status, 404);
        fluxprint_studio::chores::tidy(&shop.rig.studio).await.unwrap();
        assert_eq!(shop.stored_files(), 1, "only the later one's draft");
        shop.rig.clock.advance_s(11 * 3_600);
        assert_eq!(shop.ask(&format!("HEAD {later}")).await.status, 404);
        fluxprint_studio::chores::tidy(&shop.rig.studio).await.unwrap();
        assert_eq!(shop.stored_files(), 0);
    }
}
