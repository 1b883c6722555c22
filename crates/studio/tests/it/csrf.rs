//! Changes come from our own pages (S-22).

use crate::rig::{Rig, Seat, URL, settings};
use axum::body::Body;
use axum::http::Request;
use fluxprint_domain::role::Role;

const NAME: &str = r#"{"name":"Eve"}"#;

/// A change with these headers and the seat's cookie.
fn change(seat: &Seat, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::put("/api/me")
        .header("cookie", &seat.cookie)
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(NAME)).unwrap()
}

#[tokio::test]
async fn a_change_needs_our_page_and_the_sessions_token() {
    let rig = Rig::new().await;
    let seat = rig.seat(Role::Owner).await;
    let token = ("x-csrf", seat.csrf.as_str());
    let other = rig.seat(Role::Owner).await;
    for (why, headers) in [
        ("no token", vec![("sec-fetch-site", "same-origin")]),
        (
            "another's token",
            vec![("sec-fetch-site", "same-origin"), ("x-csrf", &other.csrf)],
        ),
        (
            "an empty token",
            vec![("sec-fetch-site", "same-origin"), ("x-csrf", "")],
        ),
        (
            "two tokens",
            vec![("sec-fetch-site", "same-origin"), token, token],
        ),
        (
            "another site",
            vec![("sec-fetch-site", "cross-site"), token],
        ),
        (
            "another subdomain",
            vec![("sec-fetch-site", "same-site"), token],
        ),
        ("typed by hand", vec![("sec-fetch-site", "none"), token]),
        (
            "another site that also says our origin",
            vec![("sec-fetch-site", "cross-site"), ("origin", URL), token],
        ),
        (
            "said twice",
            vec![
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-site", "cross-site"),
                token,
            ],
        ),
        ("nobody says from where", vec![token]),
        ("null origin", vec![("origin", "null"), token]),
        (
            "another origin",
            vec![("origin", "https://studio.example.org.evil.example"), token],
        ),
        (
            "another scheme",
            vec![("origin", "http://studio.example.org"), token],
        ),
        (
            "another port",
            vec![("origin", "https://studio.example.org:8443"), token],
        ),
        ("only a referer", vec![("referer", URL), token]),
    ] {
        let refused = rig.send(change(&seat, &headers)).await;
        assert_eq!(refused.problem(), (403, "CSRF_REFUSED".into()), "{why}");
    }
    rig.send(change(&seat, &[("sec-fetch-site", "same-origin"), token]))
        .await
        .ok();
    rig.send(change(&seat, &[("origin", URL), token]))
        .await
        .ok();
}

#[tokio::test]
async fn another_spelling_of_this_machine_is_our_own_when_the_operator_says_so() {
    let mut settings = settings();
    settings.own_origins = vec!["http://127.0.0.1:8080".into()];
    let rig = Rig::with(crate::rig::Engine::Sqlite, settings, axum::Router::new()).await;
    let seat = rig.seat(Role::Owner).await;
    let token = ("x-csrf", seat.csrf.as_str());
    let ours = change(&seat, &[("origin", "http://127.0.0.1:8080"), token]);
    rig.send(ours).await.ok();
    let other = change(&seat, &[("origin", "http://localhost:8080"), token]);
    assert_eq!(rig.send(other).await.problem().0, 403);
}

#[tokio::test]
async fn a_form_of_any_kind_is_no_call_of_ours() {
    let rig = Rig::new().await;
    let seat = rig.seat(Role::Owner).await;
    for kind in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain; application/json",
    ] {
        for call in ["POST /api/session", "POST /api/projects"] {
            let request = rig.request(call, &seat).header("content-type", kind);
            let refused = rig.send(request.body(Body::from(NAME)).unwrap()).await;
            assert_eq!(refused.problem(), (415, "NOT_JSON".into()), "{call} {kind}");
        }
        // As a page of somebody else would send it: the browser says so.
        let foreign = Request::post("/api/projects")
            .header("cookie", &seat.cookie)
            .header("sec-fetch-site", "cross-site")
            .header("content-type", kind);
        let refused = rig.send(foreign.body(Body::from(NAME)).unwrap()).await;
        assert_eq!(refused.problem(), (403, "CSRF_REFUSED".into()));
    }
}

#[tokio::test]
async fn nobody_is_signed_in_or_let_in_from_a_foreign_page() {
    let rig = Rig::new().await;
    for path in [
        "/api/session",
        "/api/setup",
        "/api/links",
        "/api/password-resets",
        "/api/invitations/acceptance",
    ] {
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "null")] {
            let request = Request::post(path)
                .header("content-type", "application/json")
                .header(name, value);
            let refused = rig.send(request.body(Body::from("{}")).unwrap()).await;
            assert_eq!(refused.problem(), (403, "CSRF_REFUSED".into()), "{path}");
        }
    }
}

#[tokio::test]
async fn a_method_is_what_it_is() {
    let rig = Rig::new().await;
    let seat = rig.seat(Role::Owner).await;
    for name in [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
    ] {
        let request = rig
            .request("GET /api/session", &seat)
            .header(name, "DELETE");
        let still = rig.send(request.body(Body::empty()).unwrap()).await.ok();
        assert_eq!(still["me"]["person"]["name"], "Ada");
        let request = rig
            .request("GET /api/me?_method=PUT", &seat)
            .header(name, "PUT");
        let me = rig.send(request.body(Body::from(NAME)).unwrap()).await.ok();
        assert_eq!(me["person"]["name"], "Ada");
    }
}

#[tokio::test]
async fn nothing_is_shared_with_other_origins() {
    let rig = Rig::new().await;
    let seat = rig.seat(Role::Owner).await;
    let request = rig
        .request("GET /api/me", &seat)
        .header("origin", "https://evil.example");
    let me = rig.send(request.body(Body::empty()).unwrap()).await;
    assert!(
        me.headers
            .keys()
            .all(|name| !name.as_str().starts_with("access-control-"))
    );
    assert_eq!(me.headers["cross-origin-resource-policy"], "same-origin");
    assert_eq!(me.headers["cache-control"], "no-store");
}
