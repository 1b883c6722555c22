//! Tokens at the door of the service.

use crate::rig::Rig;
use fluxprint_domain::role::Role;
use fluxprint_tokens::{AUDIENCE, ISSUER, Minter, SigningKey};

#[tokio::test]
async fn a_token_is_believed_until_its_end_also_when_it_is_remembered() {
    let rig = Rig::new().await;
    let token = rig
        .minter
        .mint(&rig.grant(Role::Owner), 60, rig.clock.as_ref())
        .unwrap();
    rig.call("GET /v1/printers", &token).await.ok();
    rig.clock.advance_s(59);
    rig.call("GET /v1/printers", &token).await.ok();
    rig.clock.advance_s(31);
    let late = rig.call("GET /v1/printers", &token).await;
    assert_eq!(
        (late.status.as_u16(), late.code().as_str()),
        (401, "TOKEN_EXPIRED")
    );
}

#[tokio::test]
async fn a_token_of_a_stranger_or_for_somebody_else_is_refused() {
    let rig = Rig::new().await;
    let stranger = SigningKey::generate().unwrap();
    let minters = [
        Minter::ed25519(ISSUER, AUDIENCE, &stranger),
        Minter::ed25519(ISSUER, "somebody-else", &stranger),
    ];
    for minter in minters {
        let token = minter
            .mint(&rig.grant(Role::Owner), 60, rig.clock.as_ref())
            .unwrap();
        let answer = rig.call("GET /v1/printers", &token).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (401, "NOT_SIGNED_IN")
        );
    }
}

#[tokio::test]
async fn a_demotion_holds_with_the_next_token() {
    let rig = Rig::new().await;
    let mut grant = rig.grant(Role::Owner);
    rig.call("PUT /v1/hold", &rig.mint(&grant)).await.ok();
    grant.role = Role::Viewer;
    let answer = rig.call("DELETE /v1/hold", &rig.mint(&grant)).await;
    assert_eq!(answer.code(), "PRINTING_INSUFFICIENT_PERMISSIONS");
}

#[tokio::test]
async fn two_authorisations_or_another_scheme_are_none() {
    let rig = Rig::new().await;
    let token = rig.token(Role::Owner);
    let call = "GET /v1/printers";
    let twice = rig
        .request(call, &token)
        .header("authorization", format!("Bearer {token}"));
    let basic = rig
        .request(call, "")
        .header("authorization", format!("Basic {token}"));
    let bare = rig.request(call, "").header("authorization", token.clone());
    for request in [twice, basic, bare] {
        let answer = rig
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await;
        assert_eq!(answer.code(), "NOT_SIGNED_IN");
    }
}
