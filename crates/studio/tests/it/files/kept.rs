//! Files that are there: shown, fetched, deleted.

use super::shop::{header, in_the_shop, stl};
use crate::rig::sha256;
use axum::body::Body;
use fluxprint_domain::id::JobId;
use fluxprint_domain::job::State;
use fluxprint_store::studio::print::Print;

in_the_shop! {
    async fn a_file_shows_what_it_is_and_what_may_be_done(shop) {
        let file = shop.file("part.stl", &stl(3, 1)).await;
        let shown = shop.call(&format!("GET {}/{file}", shop.files())).await.ok();
        assert_eq!(shown["id"], file);
        assert_eq!((&shown["kind"], &shown["printable"], &shown["prints_later"]), (&"stl".into(), &true.into(), &false.into()));
        assert_eq!((&shown["size_bytes"], &shown["version"]["number"]), (&234.into(), &1.into()));
        assert_eq!(shown["created_by"]["name"], "Ada");
        assert_eq!((&shown["badge"]["state"], &shown["handover"]), (&"idle".into(), &"waiting".into()));
        assert_eq!(shown["allowed"], serde_json::json!(["print", "download", "delete"]));
        let obj = shop.file("cube.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n").await;
        let shown = shop.call(&format!("GET {}/{obj}", shop.files())).await.ok();
        assert_eq!((&shown["kind"], &shown["printable"], &shown["prints_later"]), (&"obj".into(), &false.into(), &true.into()));
        assert_eq!((&shown["handover"], &shown["allowed"]), (&"none".into(), &serde_json::json!(["download", "delete"])));
        let check = shop.call(&format!("GET {}/{obj}/check", shop.files())).await.ok();
        assert_eq!((&check["state"], &check["reason"]["code"]), (&"refused".into(), &"PRINTS_LATER".into()));
    }

    async fn a_download_is_saved_and_never_run(shop) {
        let page = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        for (name, bytes, kind) in [
            ("L\u{f6}we.svg", page.as_slice(), "application/octet-stream"),
            ("notes.md", b"<script>alert(1)</script>", "text/plain; charset=utf-8"),
            ("part.stl", &stl(3, 1), "model/stl"),
        ] {
            let file = shop.file(name, bytes).await;
            let sent = shop.download(&file).await;
            assert_eq!((sent.status.as_u16(), sent.bytes.as_slice()), (200, bytes));
            assert_eq!(header(&sent, "content-type"), kind);
            assert!(header(&sent, "content-disposition").starts_with("attachment; "));
            assert_eq!(header(&sent, "cache-control"), "no-store, private");
            assert!(header(&sent, "content-security-policy").starts_with("sandbox; default-src 'none'"));
            assert_eq!(header(&sent, "x-content-type-options"), "nosniff");
        }
        let files = shop.call(&format!("GET {}", shop.files())).await.ok();
        let svg = files["files"].as_array().unwrap().iter().find(|f| f["kind"] == "image").unwrap();
        let sent = shop.download(svg["id"].as_str().unwrap()).await;
        assert!(header(&sent, "content-disposition").ends_with("filename*=UTF-8''L%C3%B6we.svg"));
    }

    async fn a_download_goes_on_where_it_was_cut(shop) {
        let bytes = stl(100, 9);
        let file = shop.file("part.stl", &bytes).await;
        let call = format!("GET {}/{file}/content", shop.files());
        let part = async |range: &str| {
            let request = shop.rig.request(&call, &shop.ada).header("range", range);
            shop.rig.send(request.body(Body::empty()).unwrap()).await
        };
        let rest = part("bytes=1000-").await;
        assert_eq!((rest.status.as_u16(), rest.bytes.as_slice()), (206, &bytes[1_000..]));
        assert_eq!(header(&rest, "content-range"), "bytes 1000-5083/5084");
        assert_eq!(header(&rest, "etag"), format!("\"{}\"", sha256(&bytes)));
        let outside = part("bytes=5084-").await;
        assert_eq!(header(&outside, "content-range"), "bytes */5084");
        assert_eq!(outside.problem().0, 416);
    }

    async fn a_file_of_which_a_print_is_not_over_stays(shop) {
        let file = shop.file("part.stl", &stl(3, 1)).await;
        let heard = |state, seq| Print {
            job: JobId::new(shop.now(), 7),
            project: shop.project,
            file: file.parse().unwrap(),
            state,
            progress_pct: None,
            place: Some(2),
            made_at: shop.now(),
            heard_at: shop.now(),
            seq,
        };
        let prints = shop.rig.studio.store.prints(shop.rig.org);
        prints.hear(heard(State::Queued, 1)).await.unwrap();
        let listed = shop.call(&format!("GET {}", shop.files())).await.ok();
        let badge = &listed["files"][0]["badge"];
        assert_eq!((&badge["state"], &badge["place"]), (&"queued".into(), &2.into()));
        let delete = format!("DELETE {}/{file}", shop.files());
        let refused = shop.call(&delete).await;
        assert!(super::shop::sentence(&refused).contains("waits or is running"));
        assert_eq!(refused.problem(), (409, "FILE_IN_USE".into()));
        prints.hear(heard(State::Completed, 2)).await.unwrap();
        assert_eq!(shop.call(&delete).await.status, 204);
        assert_eq!(shop.stored_files(), 0);
    }

    async fn a_hundred_files_are_a_page(shop) {
        for n in 0..101 {
            shop.rig.clock.advance_s(12);
            shop.file(&format!("{n}.md"), format!("# {n}").as_bytes()).await;
        }
        let first = shop.call(&format!("GET {}", shop.files())).await.ok();
        assert_eq!(first["files"].as_array().unwrap().len(), 100);
        assert_eq!(first["files"][0]["name"], "100.md");
        let next = first["next"].as_str().unwrap();
        let rest = shop.call(&format!("GET {}?after={next}", shop.files())).await.ok();
        assert_eq!((&rest["files"][0]["name"], &rest["next"]), (&"0.md".into(), &serde_json::Value::Null));
        let wrong = shop.call(&format!("GET {}?after=elsewhere", shop.files())).await;
        assert_eq!(wrong.problem().0, 400);
    }
}
