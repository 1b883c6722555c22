//! What the command line asks of a running studio.

use crate::rig::{Answer, Rig, with_json};
use fluxprint_domain::role::Role;
use fluxprint_studio::http::door::OPERATOR_AUDIENCE;
use fluxprint_tokens::{AUDIENCE, Grant, ISSUER, Minter, Projects, SigningKey, Subject};
use serde_json::{Value, json};

async fn ask(rig: &Rig, call: &str, token: &str, body: &Value) -> Answer {
    let (method, path) = call.split_once(' ').unwrap();
    let request = axum::http::Request::builder().method(method).uri(path);
    let request = request.header("authorization", format!("Bearer {token}"));
    rig.send(with_json(request, body)).await
}

#[tokio::test]
async fn whoever_runs_the_studio_makes_people_organisations_and_links() {
    let rig = Rig::new().await;
    let token = rig
        .studio
        .keys
        .operator_token(rig.id(), rig.org, 60)
        .unwrap();
    let person = json!({ "name": "Ada", "email": "ada@example.org", "role": "owner" });
    let made = ask(&rig, "POST /api/operator/people", &token, &person)
        .await
        .ok();
    assert!(made["id"].as_str().unwrap().starts_with("usr_"));
    let again = ask(&rig, "POST /api/operator/people", &token, &person).await;
    assert_eq!(again.problem(), (409, "EMAIL_TAKEN".into()));

    let name = json!({ "name": "Other workshop" });
    let other = ask(&rig, "POST /api/operator/organisations", &token, &name)
        .await
        .ok();
    let link = json!({ "purpose": "setup", "organisation": other["id"] });
    let link = ask(&rig, "POST /api/operator/links", &token, &link)
        .await
        .ok();
    let (_, secret) = link["link"].as_str().unwrap().split_once('#').unwrap();
    let shown = rig
        .knock("POST /api/links", &json!({ "secret": secret }))
        .await
        .ok();
    assert_eq!(shown["organisation"]["name"], "Other workshop");

    for (body, problem) in [
        (json!({ "purpose": "sign_in" }), (422, "VALIDATION_ERROR")),
        (json!({ "purpose": "anything" }), (422, "VALIDATION_ERROR")),
        (
            json!({ "purpose": "reset", "email": "eve@example.org" }),
            (404, "PERSON_NOT_FOUND"),
        ),
        (
            json!({ "purpose": "setup", "organisation": "org_00000000000000000000000000000000" }),
            (404, "ORGANISATION_NOT_FOUND"),
        ),
    ] {
        let refused = ask(&rig, "POST /api/operator/links", &token, &body).await;
        assert_eq!(refused.problem(), (problem.0, problem.1.into()), "{body}");
    }
    let rows = rig.studio.store.audit(rig.org, 0, 100).await.unwrap();
    assert!(
        rows.iter()
            .any(|row| row.what == "member added" && row.who == "operator")
    );
}

#[tokio::test]
async fn a_token_for_anybody_else_does_not_run_the_studio() {
    let rig = Rig::new().await;
    let keys = &rig.studio.keys;
    let own = keys.operator_token(rig.id(), rig.org, 60).unwrap();
    let stranger = SigningKey::generate().unwrap();
    let grant = Grant {
        sub: Subject::Person(rig.id()),
        org: rig.org,
        role: Role::Owner,
        projects: Projects::All,
    };
    let minted = |audience: &str| {
        let minter = Minter::ed25519(ISSUER, audience, &stranger);
        minter.mint(&grant, 60, rig.clock.as_ref()).unwrap()
    };
    let of_the_seam = keys.owner_token(rig.id(), rig.org, 60).unwrap();
    let name = json!({ "name": "x" });
    let call = "POST /api/operator/organisations";
    for token in [
        minted(OPERATOR_AUDIENCE),
        minted(AUDIENCE),
        of_the_seam,
        String::new(),
    ] {
        let refused = ask(&rig, call, &token, &name).await;
        assert_eq!(refused.problem(), (401, "NOT_SIGNED_IN".into()));
    }
    let seat = rig.seat(Role::Owner).await;
    assert_eq!(
        rig.put(call, &seat, &name).await.problem().0,
        401,
        "nor does an owner"
    );
    ask(&rig, call, &own, &name).await.ok();
    rig.clock.advance_s(60 + 30);
    assert_eq!(
        ask(&rig, call, &own, &name).await.problem().0,
        401,
        "its time is over"
    );
}
