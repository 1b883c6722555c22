//! What the bridge shows to the service, and what it does when it is shut out or taken over.

use crate::played_service::{NONCE, Say};
use crate::rig::{Rig, gcode};
use crate::safe_orders::answered;
use fluxprint_bridge::identity::{store_token, stored_token};
use fluxprint_domain::Sha256;
use fluxprint_domain::attempt::Phase;
use fluxprint_link::{Command, NewToken, proof};
use ring::signature::{ED25519, UnparsedPublicKey};
use secrecy::{ExposeSecret, SecretString};
use sha2::Digest;

#[tokio::test]
async fn the_challenge_is_signed_by_the_device_key_for_this_token() {
    let rig = Rig::new().await;
    let hello = rig.service.told(|told| told.hello.clone()).unwrap();
    let hash = Sha256(sha2::Sha256::digest("fxb_good").into());
    let public = UnparsedPublicKey::new(&ED25519, hello.key.0);
    let text = proof::session(&NONCE, &hash);
    public.verify(&text, &hello.proof.0).unwrap();
}

#[tokio::test]
async fn a_new_token_is_on_the_disk_before_the_bridge_says_that_it_has_it() {
    let rig = Rig::new().await;
    let data = rig.data();
    rig.service.command(Command::TakeToken {
        token: NewToken("fxb_new".into()),
    });
    assert_eq!(answered(&rig, 0).await, None);
    let token = stored_token(&data).unwrap();
    assert_eq!(token.expose_secret(), "fxb_new");
}

#[tokio::test]
async fn a_bridge_that_is_shut_out_forgets_its_token_and_keeps_its_print_running() {
    let mut rig = Rig::new().await;
    let data = rig.data();
    let of = rig.staged(&gcode(100)).await;
    rig.start(&of);
    rig.service.until_running(of.attempt).await;
    rig.service.say(Say::Close(4410));
    rig.until_shut_out().await;
    assert!(stored_token(&data).is_err());
    // Nothing was said to the machine, and the print is still there for whoever pairs it again.
    store_token(&data, &SecretString::from("fxb_again")).unwrap();
    rig.service
        .until("a new session", |told| told.sessions > 1)
        .await;
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    assert_eq!(rig.proxy.starts().len(), 1);
}

#[tokio::test]
async fn a_bridge_that_was_taken_over_stands_back_and_comes_again_later() {
    let rig = Rig::new().await;
    rig.service.say(Say::Close(4409));
    rig.service
        .until("it comes again", |told| told.sessions > 1)
        .await;
    assert_eq!(
        stored_token(&rig.data()).unwrap().expose_secret(),
        "fxb_good"
    );
}
