//! What tus 1.0 asks for.

use super::shop::{header, in_the_shop, stl};
use super::tus::PIECE;
use crate::rig::{Answer, sha256};
use axum::body::Body;

in_the_shop! {
    async fn a_file_comes_in_pieces_and_is_there_whole(shop) {
        let bytes = stl(40, 3);
        let announced = shop.announce("part.stl", bytes.len(), &shop.ada).await;
        assert_eq!(announced.status, 201);
        assert!(header(&announced, "upload-expires").ends_with(" GMT"));
        let at = header(&announced, "location").to_owned();
        assert!(at.starts_with("/api/uploads/upl_"));
        let first = shop.patch(&at, 0, &bytes[..700]).await;
        assert_eq!((first.status.as_u16(), header(&first, "upload-offset")), (204, "700"));
        assert_eq!(header(&first, "x-fluxprint-file"), "");
        assert!(!header(&first, "upload-expires").is_empty());
        let asked = shop.ask(&format!("HEAD {at}")).await;
        assert_eq!(asked.status, 200);
        assert_eq!((header(&asked, "upload-offset"), header(&asked, "upload-length")), ("700", "2084"));
        assert_eq!(header(&asked, "cache-control"), "no-store");
        assert!(header(&asked, "upload-metadata").starts_with("filename cGFydC5zdGw=,project "));
        let last = shop.patch(&at, 700, &bytes[700..]).await;
        assert_eq!((last.status.as_u16(), header(&last, "upload-offset")), (204, "2084"));
        assert_eq!(header(&last, "x-fluxprint-outcome"), "new-file");
        let file = header(&last, "x-fluxprint-file").to_owned();
        assert_eq!(sha256(&shop.download(&file).await.bytes), sha256(&bytes));
        // The last answer may be lost: whoever asks is told again.
        let asked = shop.ask(&format!("HEAD {at}")).await;
        let told = (header(&asked, "upload-offset"), header(&asked, "x-fluxprint-file"));
        assert_eq!(told, ("2084", file.as_str()));
        let again = shop.patch(&at, 2084, b"").await;
        assert_eq!((again.status.as_u16(), header(&again, "x-fluxprint-file")), (204, file.as_str()));
        assert_eq!(shop.stored_files(), 1);
    }

    async fn every_answer_says_which_tus_is_spoken(shop) {
        let at = shop.begin("part.stl", 84).await;
        let options = shop.call("OPTIONS /api/uploads").await;
        assert_eq!(options.status, 204);
        assert_eq!(header(&options, "tus-version"), "1.0.0");
        assert_eq!(header(&options, "tus-extension"), "creation,expiration,termination");
        assert_eq!(header(&options, "tus-max-size"), 500_000_000.to_string());
        let nobody = shop.rig.stranger(&format!("HEAD {at}")).header("tus-resumable", "1.0.0");
        let nobody = shop.rig.send(nobody.body(Body::empty()).unwrap()).await;
        assert_eq!(nobody.status, 401);
        let unknown = shop.ask("HEAD /api/uploads/upl_1").await;
        assert_eq!(unknown.status, 404);
        let method = shop.ask(&format!("PUT {at}")).await;
        assert_eq!(method.status, 405);
        for answer in [options, nobody, unknown, method] {
            assert_eq!(header(&answer, "tus-resumable"), "1.0.0", "{}", answer.status);
        }
        for version in [None, Some("0.2.2"), Some("1.0.1"), Some("")] {
            let mut request = shop.rig.request(&format!("HEAD {at}"), &shop.ada);
            if let Some(version) = version {
                request = request.header("tus-resumable", version);
            }
            let answer = shop.rig.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status.as_u16(), header(&answer, "tus-version")), (412, "1.0.0"));
            assert_eq!(header(&answer, "upload-offset"), "", "nothing was done");
        }
        let elsewhere = shop.call(&format!("GET {}", shop.files())).await;
        assert_eq!((elsewhere.status.as_u16(), header(&elsewhere, "tus-resumable")), (200, ""));
    }

    async fn a_piece_says_what_it_is_and_where_it_begins(shop) {
        let at = shop.begin("part.stl", 100).await;
        let send = async |kind: &str, offset: &str| -> Answer {
            let request = shop.tus(&format!("PATCH {at}"), &shop.ada).header("content-type", kind);
            let request = match offset {
                "" => request,
                offset => request.header("upload-offset", offset),
            };
            shop.rig.send(request.body(Body::from("12345")).unwrap()).await
        };
        let other = send("application/octet-stream", "0").await;
        assert_eq!(other.problem(), (415, "UPLOAD_PIECE_TYPE".into()));
        for wrong in ["", "-1", "x"] {
            assert_eq!(send(PIECE, wrong).await.problem(), (400, "UPLOAD_OFFSET".into()));
        }
        assert_eq!(send(PIECE, "1").await.problem(), (409, "UPLOAD_OTHER_OFFSET".into()));
        assert_eq!(shop.offset(&at).await, 0, "nothing was taken");
        assert_eq!(send(PIECE, "0").await.status, 204);
        assert_eq!(send(PIECE, "0").await.problem(), (409, "UPLOAD_OTHER_OFFSET".into()));
        assert_eq!(shop.offset(&at).await, 5);
    }

    async fn an_announcement_has_a_length_a_name_and_a_project(shop) {
        let send = async |length: Option<&str>, metadata: Option<&str>| -> Answer {
            let mut request = shop.tus("POST /api/uploads", &shop.ada);
            if let Some(length) = length {
                request = request.header("upload-length", length);
            }
            if let Some(metadata) = metadata {
                request = request.header("upload-metadata", metadata);
            }
            shop.rig.send(request.body(Body::empty()).unwrap()).await
        };
        use base64::Engine;
        let project = base64::engine::general_purpose::STANDARD.encode(shop.project.to_string());
        let whole = format!("filename YS5zdGw=,filetype bW9kZWw=,project {project}");
        for wrong in [None, Some("-1"), Some("many")] {
            assert_eq!(send(wrong, Some(&whole)).await.problem(), (400, "UPLOAD_LENGTH".into()));
        }
        let nameless = format!("project {project}");
        for wrong in [None, Some("filename YS5zdGw="), Some(nameless.as_str())] {
            assert_eq!(send(Some("84"), wrong).await.problem(), (400, "UPLOAD_METADATA".into()));
        }
        let nowhere = send(Some("84"), Some("filename YS5zdGw=,project YQ==")).await;
        assert_eq!(nowhere.problem(), (404, "PRINTING_PROJECT_NOT_FOUND".into()));
        assert_eq!(send(Some("84"), Some(&whole)).await.status, 201);
    }

    async fn an_upload_that_is_given_up_is_gone(shop) {
        let at = shop.begin("part.stl", 100).await;
        shop.patch(&at, 0, b"12345").await;
        assert_eq!(shop.ask(&format!("DELETE {at}")).await.status, 204);
        for method in ["HEAD", "DELETE"] {
            assert_eq!(shop.ask(&format!("{method} {at}")).await.status, 404);
        }
        assert_eq!(shop.patch(&at, 5, b"6").await.problem(), (404, "UPLOAD_NOT_FOUND".into()));
        assert_eq!(shop.stored_files(), 0);
    }
}
