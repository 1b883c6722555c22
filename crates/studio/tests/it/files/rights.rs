//! Who may do what with files.

use super::resume::{by_hand, taken};
use super::shop::{Shop, header, in_the_shop, sentence, stl};
use crate::rig::Seat;
use axum::body::{Body, Bytes};
use fluxprint_domain::role::Role;

async fn piece_of(shop: &Shop, at: &str, seat: &Seat, bytes: &[u8]) -> crate::rig::Answer {
    let piece = shop.piece(at, 0, seat).body(Body::from(bytes.to_vec()));
    shop.rig.send(piece.unwrap()).await
}

in_the_shop! {
    async fn a_viewer_is_refused_and_told_which_roles_can(shop) {
        let viewer = shop.member(Role::Viewer).await;
        let file = shop.file("part.stl", &stl(3, 1)).await;
        let refused = shop.announce("part.stl", 84, &viewer).await;
        assert!(sentence(&refused).contains("owner, manager, editor"), "{}", sentence(&refused));
        assert_eq!(refused.problem(), (403, "ROLE_TOO_LOW".into()));
        let refused = shop.rig.call(&format!("DELETE {}/{file}", shop.files()), &viewer).await;
        assert_eq!(refused.problem().0, 403);
        let seen = shop.rig.call(&format!("GET {}/{file}", shop.files()), &viewer).await.ok();
        assert_eq!(seen["allowed"], serde_json::json!(["download"]));
        let download = shop.rig.call(&format!("GET {}/{file}/content", shop.files()), &viewer).await;
        assert_eq!(download.status, 200);
    }

    async fn whoever_is_demoted_in_the_middle_of_an_upload_does_not_finish_it(shop) {
        let bytes = stl(3, 1);
        let at = shop.begin("part.stl", bytes.len()).await;
        assert_eq!(shop.patch(&at, 0, &bytes[..10]).await.status, 204);
        shop.open_to(&shop.ada, Role::Viewer).await;
        assert_eq!(shop.patch(&at, 10, &bytes[10..]).await.problem(), (403, "ROLE_TOO_LOW".into()));
        let files = shop.call(&format!("GET {}", shop.files())).await.ok();
        assert!(files["files"].as_array().unwrap().is_empty());
    }

    async fn whoever_is_demoted_in_the_middle_of_a_piece_does_not_finish_it_either(shop) {
        let bytes = stl(3, 1);
        let at = shop.begin("part.stl", bytes.len()).await;
        let (sender, body) = by_hand();
        let piece = shop.piece(&at, 0, &shop.ada).body(body).unwrap();
        let demoting = async {
            sender.send(Bytes::copy_from_slice(&bytes[..10])).await.unwrap();
            taken(&sender).await;
            shop.open_to(&shop.ada, Role::Viewer).await;
            sender.send(Bytes::copy_from_slice(&bytes[10..])).await.unwrap();
            drop(sender);
        };
        let (sent, ()) = tokio::join!(shop.rig.send(piece), demoting);
        assert_eq!(sent.problem(), (403, "ROLE_TOO_LOW".into()));
        // Nor by asking, now that all bytes are here.
        assert_eq!(shop.ask(&format!("HEAD {at}")).await.status, 403);
        let files = shop.call(&format!("GET {}", shop.files())).await.ok();
        assert!(files["files"].as_array().unwrap().is_empty());
    }

    async fn an_upload_is_only_there_for_whoever_began_it(shop) {
        let bytes = stl(3, 1);
        let at = shop.begin("part.stl", bytes.len()).await;
        let (colleague, stranger) = (shop.member(Role::Owner).await, shop.stranger().await);
        for other in [&colleague, &stranger] {
            for method in ["HEAD", "DELETE"] {
                let answer = shop.ask_as(&format!("{method} {at}"), other).await;
                assert_eq!(answer.status, 404);
                assert_eq!(header(&answer, "upload-offset"), "");
            }
            let refused = piece_of(&shop, &at, other, &bytes).await;
            assert_eq!(refused.problem(), (404, "UPLOAD_NOT_FOUND".into()));
        }
        assert_eq!(piece_of(&shop, &at, &shop.ada, &bytes).await.status, 204);
    }

    async fn files_of_another_organisation_are_not_there(shop) {
        let file = shop.file("part.stl", &stl(3, 1)).await;
        let stranger = shop.stranger().await;
        let outsider = shop.rig.seat(Role::Editor).await;
        for path in ["", &format!("/{file}"), &format!("/{file}/versions"), &format!("/{file}/content"), &format!("/{file}/check")] {
            let call = format!("GET {}{path}", shop.files());
            assert!(shop.call(&call).await.status.is_success(), "{path}");
            for other in [&stranger, &outsider] {
                assert_eq!(shop.rig.call(&call, other).await.status, 404, "{path}");
            }
        }
        for other in [&stranger, &outsider] {
            let deleted = shop.rig.call(&format!("DELETE {}/{file}", shop.files()), other).await;
            assert_eq!(deleted.status, 404);
            let announced = shop.announce("b.stl", 84, other).await;
            assert_eq!(announced.problem(), (404, "PRINTING_PROJECT_NOT_FOUND".into()));
        }
        // A file of ours, looked for in a project of ours where it is not.
        let elsewhere = format!("GET /api/projects/{}/files/{file}", shop.ada.drafts);
        assert_eq!(shop.call(&elsewhere).await.problem(), (404, "FILE_NOT_FOUND".into()));
    }

    async fn an_editor_deletes_own_files_and_a_manager_any(shop) {
        let (olu, boss) = (shop.member(Role::Editor).await, shop.member(Role::Manager).await);
        let (mine, other) = (shop.file("a.stl", &stl(3, 1)).await, shop.file("b.stl", &stl(4, 1)).await);
        let delete = |file: &str| format!("DELETE {}/{file}", shop.files());
        let refused = shop.rig.call(&delete(&mine), &olu).await;
        assert!(sentence(&refused).contains("owner, manager"));
        assert_eq!(refused.problem().0, 403);
        assert_eq!(shop.call(&delete(&mine)).await.status, 204);
        assert_eq!(shop.rig.call(&delete(&other), &boss).await.status, 204);
        assert_eq!(shop.call(&delete(&mine)).await.problem(), (404, "FILE_NOT_FOUND".into()));
        assert_eq!(shop.stored_files(), 0);
    }

    async fn a_change_from_elsewhere_than_our_page_begins_nothing(shop) {
        let request = shop.tus("POST /api/uploads", &shop.ada).header("x-csrf", "0");
        let refused = shop.rig.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(refused.problem(), (403, "CSRF_REFUSED".into()));
        let at = shop.begin("part.stl", 84).await;
        let piece = axum::http::Request::patch(&at)
            .header("cookie", &shop.ada.cookie)
            .header("tus-resumable", "1.0.0")
            .header("sec-fetch-site", "cross-site")
            .header("content-type", super::tus::PIECE)
            .header("upload-offset", 0);
        let refused = shop.rig.send(piece.body(Body::from("12345")).unwrap()).await;
        assert_eq!(refused.problem(), (403, "CSRF_REFUSED".into()));
        assert_eq!(shop.offset(&at).await, 0);
    }
}
