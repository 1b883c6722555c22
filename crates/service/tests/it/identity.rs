//! Who is let in as a bridge: a token and the key it belongs to (B-02, B-03, F-10).

use crate::rig::{Rig, on_both_engines};
use fluxprint_domain::id::BridgeId;
use fluxprint_domain::octets::Octets;
use fluxprint_domain::role::Role;
use fluxprint_domain::{Clock, Sha256};
use fluxprint_link::{Answer, BridgeEnd, BridgeInput, Command, Hello, Report, SafeAnswer, proof};
use fluxprint_service::bridge_socket::{Conversation, End, Peer};
use fluxprint_service::hub::Closing;
use fluxprint_tokens::bearer;
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::time::Duration;

/// A program that says it is a bridge.
struct Program<'a> {
    rig: &'a Rig,
    talk: Conversation,
    end: BridgeEnd,
    heard: Vec<BridgeInput>,
}

impl<'a> Program<'a> {
    /// Dials with a token and says hello with a key, in this run of the program.
    async fn dials(rig: &'a Rig, token: &str, key: u8, run: u64) -> (Self, Result<(), End>) {
        let hash = bearer::hash(token);
        let known = rig.service.store.bridge_by_token(hash, rig.clock.now());
        let known = known.await.unwrap().unwrap();
        let peer = Peer {
            organisation: known.org,
            bridge: known.id,
            token: hash,
            key: known.device_key,
            rotation_wanted: known.rotation_wanted_at.is_some(),
        };
        let mut this = Self {
            rig,
            talk: Conversation::open(rig.service.clone(), peer).unwrap(),
            end: BridgeEnd::new(rig.clock.monotonic()),
            heard: Vec::new(),
        };
        let let_in = this.says_hello(hash, key, run).await;
        (this, let_in)
    }

    async fn says_hello(&mut self, token: Sha256, key: u8, run: u64) -> Result<(), End> {
        self.listen();
        let Some(BridgeInput::Challenge(challenge)) = self.heard.pop() else {
            panic!("{:?}", self.heard)
        };
        let pair = Ed25519KeyPair::from_seed_unchecked(&[key; 32]).unwrap();
        let signed = pair.sign(&proof::session(&challenge.nonce, &token));
        let hello = Hello {
            versions: vec![1],
            bridge_version: "1".into(),
            run,
            key: Octets(pair.public_key().as_ref().try_into().unwrap()),
            proof: Octets(signed.as_ref().try_into().unwrap()),
            printers: Vec::new(),
        };
        let now = self.rig.clock.monotonic();
        let frame = self.end.hello(now, hello).unwrap();
        let said = self
            .talk
            .heard(&serde_json::to_string(&frame).unwrap())
            .await;
        self.listen();
        said?;
        let full = Report {
            full: true,
            printers: Vec::new(),
        };
        let frame = self.end.report(now, full).unwrap();
        self.talk
            .heard(&serde_json::to_string(&frame).unwrap())
            .await
    }

    fn listen(&mut self) {
        let now = self.rig.clock.monotonic();
        for text in self.talk.take_due() {
            self.heard.extend(self.end.receive(now, &text).unwrap());
        }
    }

    /// The code with which it was turned away.
    fn turned(&self) -> &str {
        match self.heard.last() {
            Some(BridgeInput::Turned(turned)) => &turned.because.code,
            other => panic!("{other:?}"),
        }
    }

    /// Takes the new token that is on its way, and says what became of it.
    async fn takes_token(&mut self, answer: SafeAnswer) -> String {
        let waits = async {
            let (entrance, _) = self.talk.entrance().unwrap();
            entrance.commands.recv().await.unwrap()
        };
        let said = tokio::time::timeout(Duration::from_secs(10), waits).await;
        self.talk.command(said.unwrap()).unwrap();
        self.listen();
        let Some(BridgeInput::Command { number, command }) = self.heard.pop() else {
            panic!("{:?}", self.heard)
        };
        let Command::TakeToken { token } = command else {
            panic!("{command:?}")
        };
        assert!(!format!("{token:?}").contains(&token.0), "nobody prints it");
        let now = self.rig.clock.monotonic();
        let frame = self.end.answer(now, Answer { to: number, answer }).unwrap();
        let text = serde_json::to_string(&frame).unwrap();
        self.talk.heard(&text).await.unwrap();
        token.0
    }
}

async fn audited(rig: &Rig, what: &str) -> usize {
    let audit = rig.service.store.audit(rig.org);
    let rows = audit.list(0, 100).await.unwrap();
    rows.iter().filter(|row| row.what == what).count()
}

async fn is_known(rig: &Rig, token: &str) -> bool {
    let store = &rig.service.store;
    let known = store.bridge_by_token(bearer::hash(token), rig.clock.now());
    known.await.unwrap().is_some()
}

async fn rotate(rig: &Rig, bridge: BridgeId) -> u16 {
    let call = format!("POST /v1/bridges/{bridge}/token-rotation");
    rig.by(Role::Owner, &call).await.status.as_u16()
}

on_both_engines! {
    async fn a_copied_token_alone_opens_nothing(rig) {
        let (_, token) = rig.bridge().await;
        let (first, let_in) = Program::dials(&rig, &token, 1, 1).await;
        let_in.unwrap();
        let (thief, refused) = Program::dials(&rig, &token, 2, 2).await;
        assert!(matches!(refused, Err(End::TurnedAway)), "{refused:?}");
        assert_eq!(thief.turned(), "BRIDGE_KEY_WRONG");
        assert_eq!(audited(&rig, "token shown without its device key").await, 1);
        for _ in 0..3 {
            Program::dials(&rig, &token, 2, 2).await.1.unwrap_err();
        }
        assert_eq!(audited(&rig, "token shown without its device key").await, 1, "not a row a knock");
        let mut first = first;
        assert!(!first.talk.entrance().unwrap().0.closed.is_cancelled(), "the real one stays");
        let (_, again) = Program::dials(&rig, &token, 1, 1).await;
        again.unwrap();
    }

    async fn a_new_token_replaces_the_old_one_once_it_is_used(rig) {
        let (bridge, old) = rig.bridge().await;
        let (mut program, let_in) = Program::dials(&rig, &old, 1, 1).await;
        let_in.unwrap();
        assert_eq!(rotate(&rig, bridge).await, 202);
        let new = program.takes_token(SafeAnswer::Given).await;
        assert!(is_known(&rig, &old).await && is_known(&rig, &new).await);
        let (_, let_in) = Program::dials(&rig, &new, 1, 1).await;
        let_in.unwrap();
        assert!(!is_known(&rig, &old).await && is_known(&rig, &new).await);
        assert_eq!(audited(&rig, "token replaced").await, 1);
    }

    async fn a_bridge_that_was_away_gets_its_new_token_when_it_comes_back(rig) {
        let (bridge, old) = rig.bridge().await;
        assert_eq!(rotate(&rig, bridge).await, 202);
        let (mut program, let_in) = Program::dials(&rig, &old, 1, 1).await;
        let_in.unwrap();
        let new = program.takes_token(SafeAnswer::Given).await;
        assert_ne!(old, new);
        assert!(is_known(&rig, &new).await);
    }
}

#[tokio::test]
async fn a_challenge_that_was_signed_once_is_worth_nothing_again() {
    let rig = Rig::new().await;
    let (_, token) = rig.bridge().await;
    let (one, _) = Program::dials(&rig, &token, 1, 1).await;
    let (other, _) = Program::dials(&rig, &token, 1, 1).await;
    let nonces = [one, other].map(|program| {
        let first = program.heard.first().cloned();
        format!("{first:?}")
    });
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn f_10_the_newer_of_two_programs_wins_the_older_is_told_and_it_is_written_down() {
    let rig = Rig::new().await;
    let (_, token) = rig.bridge().await;
    let (mut older, _) = Program::dials(&rig, &token, 1, 1).await;
    let (mut newer, let_in) = Program::dials(&rig, &token, 1, 2).await;
    let_in.unwrap();
    let (entrance, _) = older.talk.entrance().unwrap();
    assert!(entrance.closed.is_cancelled());
    assert_eq!(entrance.why(), Closing::Replaced);
    assert!(!newer.talk.entrance().unwrap().0.closed.is_cancelled());
    assert_eq!(
        audited(&rig, "bridge taken over by another program").await,
        1
    );
    let alerts = rig.by(Role::Owner, "GET /v1/alerts").await.ok();
    assert!(alerts.to_string().contains("bridge_taken_over"), "{alerts}");
}

#[tokio::test]
async fn a_program_that_comes_again_after_a_lost_connection_is_no_other_one() {
    let rig = Rig::new().await;
    let (_, token) = rig.bridge().await;
    let (_half_open, _) = Program::dials(&rig, &token, 1, 1).await;
    Program::dials(&rig, &token, 1, 1).await.1.unwrap();
    assert_eq!(
        audited(&rig, "bridge taken over by another program").await,
        0
    );
}

#[tokio::test]
async fn a_bridge_that_is_shut_out_is_told_so_at_once() {
    let rig = Rig::new().await;
    let (bridge, token) = rig.bridge().await;
    let (mut program, _) = Program::dials(&rig, &token, 1, 1).await;
    rig.by(Role::Owner, &format!("DELETE /v1/bridges/{bridge}"))
        .await;
    let (entrance, _) = program.talk.entrance().unwrap();
    assert!(entrance.closed.is_cancelled());
    assert_eq!(entrance.why(), Closing::ShutOut);
    assert!(!is_known(&rig, &token).await);
}
