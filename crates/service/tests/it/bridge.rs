//! A bridge at the other end of a conversation, without a socket.

use crate::rig::Rig;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::id::{AttemptId, BridgeId, PrinterId};
use fluxprint_domain::octets::Octets;
use fluxprint_domain::printer::{Activity, Build, Heaters, Observation, PrinterState};
use fluxprint_domain::{Clock, Sha256};
use fluxprint_link::proof;
use fluxprint_link::{
    AttemptReport, BridgeEnd, BridgeInput, Command, Hello, LocalPrinter, PrinterReport, Report,
};
use fluxprint_service::bridge_socket::{Conversation, Peer};
use fluxprint_service::dispatcher::{Memory, turn};
use ring::signature::{Ed25519KeyPair, KeyPair};

/// A bridge with one printer that says what it is told to say.
pub struct Bridge<'a> {
    rig: &'a Rig,
    talk: Conversation,
    end: BridgeEnd,
    pub printer: PrinterId,
    /// What it was told since somebody looked.
    pub told: Vec<Command>,
}

/// What the next full report says.
#[derive(Default)]
pub struct Says {
    pub epoch: i64,
    pub bed_in_doubt: bool,
    pub attempts: Vec<(AttemptId, Phase)>,
}

impl<'a> Bridge<'a> {
    /// Connects as this run of its program and tells the whole truth.
    pub async fn connect(rig: &'a Rig, bridge: BridgeId, run: u64, says: Says) -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&[4; 32]).unwrap();
        let hello = Hello {
            versions: vec![1],
            bridge_version: "1".into(),
            run,
            key: Octets(key.public_key().as_ref().try_into().unwrap()),
            proof: Octets([0; 64]),
            printers: vec![LocalPrinter {
                name: "mk4-07".into(),
                is_virtual: false,
                build: Build::DESKTOP,
            }],
        };
        let peer = Peer {
            organisation: rig.org,
            bridge,
            token: Sha256([6; 32]),
            key: None,
            rotation_wanted: false,
        };
        // The same bridge has the same key in every run.
        let bridges = rig.service.store.bridges(rig.org).list().await.unwrap();
        let known = bridges.into_iter().find(|known| known.id == bridge);
        let peer = Peer {
            key: known.unwrap().device_key,
            ..peer
        };
        let mut this = Self {
            rig,
            talk: Conversation::open(rig.service.clone(), peer).unwrap(),
            end: BridgeEnd::new(rig.clock.monotonic()),
            printer: rig.id(),
            told: Vec::new(),
        };
        this.introduce(hello, &key).await;
        this.report(says).await;
        this
    }

    /// Signs the challenge and says hello.
    async fn introduce(&mut self, hello: Hello, key: &Ed25519KeyPair) {
        let now = self.rig.clock.monotonic();
        let [challenge] = self.talk.take_due().try_into().unwrap();
        let heard = self.end.receive(now, &challenge).unwrap();
        let Some(BridgeInput::Challenge(challenge)) = heard else {
            panic!("{heard:?}")
        };
        let signed = key.sign(&proof::session(&challenge.nonce, &Sha256([6; 32])));
        let proof = Octets(signed.as_ref().try_into().unwrap());
        let frame = self.end.hello(now, Hello { proof, ..hello }).unwrap();
        self.say(&frame).await;
    }

    async fn say(&mut self, frame: &fluxprint_link::Frame) {
        let text = serde_json::to_string(frame).unwrap();
        self.talk.heard(&text).await.unwrap();
        self.take_due();
    }

    fn take_due(&mut self) {
        let now = self.rig.clock.monotonic();
        for text in self.talk.take_due() {
            match self.end.receive(now, &text).unwrap() {
                Some(BridgeInput::Welcome(welcome)) => self.printer = welcome.printers[0].id,
                Some(BridgeInput::Command { command, .. }) => self.told.push(command),
                _ => {}
            }
        }
    }

    /// Says everything anew.
    pub async fn report(&mut self, says: Says) {
        let observation = Observation {
            state: PrinterState::Ready,
            activity: Activity::Idle,
            job: None,
            heaters: Heaters::default(),
            message: None,
        };
        let attempt = |(attempt, phase)| AttemptReport {
            attempt,
            phase,
            because: None,
        };
        let report = Report {
            full: true,
            printers: vec![PrinterReport {
                printer: self.printer,
                observation,
                epoch: Epoch(says.epoch),
                bed_in_doubt: says.bed_in_doubt,
                attempts: says.attempts.into_iter().map(attempt).collect(),
                alarms: std::collections::BTreeSet::new(),
            }],
        };
        let now = self.rig.clock.monotonic();
        let frame = self.end.report(now, report).unwrap();
        self.say(&frame).await;
    }

    /// Lets the dispatcher have a turn, and hears what follows from it.
    pub async fn turn(&mut self) {
        turn(&self.rig.service, &mut Memory::default())
            .await
            .unwrap();
        while let Some((entrance, _)) = self.talk.entrance() {
            let Ok(said) = entrance.commands.try_recv() else {
                break;
            };
            self.talk.command(said).unwrap();
        }
        self.take_due();
    }

    /// The starts it was told, and their deadlines by the clock of its session.
    pub fn starts(&self) -> Vec<&fluxprint_link::Start> {
        let start = |command: &'_ Command| matches!(command, Command::Start(_));
        let starts = self.told.iter().filter(|command| start(command));
        let starts = starts.filter_map(|command| match command {
            Command::Start(start) => Some(start),
            _ => None,
        });
        starts.collect()
    }

    /// The try it was told to stage last.
    pub fn staged(&self) -> AttemptId {
        let staged = self.told.iter().rev().find_map(|command| match command {
            Command::Stage(stage) => Some(stage.attempt),
            _ => None,
        });
        staged.unwrap()
    }

    /// The connection breaks.
    pub fn gone(mut self) {
        self.talk.leave();
    }
}
