//! Whatever a service says, the bridge asks its OctoPrint nothing beyond a closed list (B-04, B-05).

use crate::played_service::Say;
use crate::rig::Rig;
use fluxprint_domain::Sha256;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::control::{Axis, Control, Jog, Targets};
use fluxprint_domain::id::{AttemptId, Id, Kind};
use fluxprint_domain::{Clock, Timestamp};
use fluxprint_link::{ByHand, Command, Stage, Start};
use fluxprint_sim::proxy::RequestSeen;
use std::collections::BTreeSet;

/// Commands between two waits: fewer than the bridge lets wait.
const BATCH: usize = 25;
const RANDOM: usize = 10_000;
const CRAFTED: usize = 500;

/// A small generator: the same commands in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn id<K: Kind>(&mut self) -> Id<K> {
        Id::new(Timestamp(0), self.below(8).into())
    }

    /// Any number that JSON can carry, the sensible ones included.
    fn number(&mut self) -> f64 {
        let wild = [0.0, -1.0, 1e308, -1e308, 99_999.0, 0.1, 60.0, 1e-300];
        wild[self.below(8) as usize]
    }
}

impl Rig {
    fn random(&self, chance: &mut Chance) -> Command {
        let printer = match chance.below(4) {
            0 => chance.id(),
            _ => self.printer(),
        };
        let attempt: AttemptId = chance.id();
        let session = match chance.below(3) {
            0 => chance.id(),
            _ => self.service.session(),
        };
        let sha256 = Sha256([chance.below(256) as u8; 32]);
        let not_after = self.clock.now().plus_s(chance.below(120) as i64 - 60);
        match chance.below(11) {
            0 => Command::Stage(Stage {
                attempt,
                printer,
                sha256,
                size_bytes: chance.next(),
            }),
            1 => Command::Start(Start {
                attempt,
                printer,
                epoch: Epoch(chance.next() as i64),
                bed_token: chance.id(),
                sha256,
                session,
                not_after,
            }),
            2 => Command::Pause { attempt },
            3 => Command::Resume { attempt },
            4 => Command::Cancel { attempt },
            5 => Command::HeatersOff { printer },
            6 => Command::EmergencyStop { printer },
            7 => Command::Settled { attempt },
            8 => Command::Tidy { printer },
            _ => Command::ByHand(ByHand {
                printer,
                control: control(chance),
                session,
                not_after,
            }),
        }
    }
}

fn control(chance: &mut Chance) -> Control {
    match chance.below(6) {
        0 => Control::Preheat(Targets {
            nozzle_c: chance.number(),
            bed_c: chance.number(),
        }),
        1 => Control::Home {
            axes: [Axis::X, Axis::Y, Axis::Z]
                .into_iter()
                .filter(|_| chance.below(2) == 0)
                .collect::<BTreeSet<_>>(),
        },
        2 => Control::Jog(Jog {
            x_mm: chance.number(),
            y_mm: chance.number(),
            z_mm: chance.number(),
        }),
        3 => Control::Disconnect,
        _ => Control::Connect,
    }
}

/// The whole list of what a bridge may ever ask of OctoPrint (B-05), as far as a proxy sees it.
fn is_allowed(asked: &RequestSeen) -> bool {
    let path = asked.path.as_str();
    let own = path.starts_with("/api/files/local/fluxprint/") && !path.contains("..");
    let command = asked.command.as_deref().unwrap_or_default();
    match (asked.method.as_str(), path) {
        (
            "GET",
            "/api/version" | "/api/currentuser" | "/api/connection" | "/api/printer" | "/api/job"
            | "/api/files" | "/api/settings" | "/sockjs/websocket",
        ) => true,
        ("POST", "/api/login" | "/api/files/local") => true,
        ("POST", "/api/job") => matches!(command, "pause" | "cancel"),
        ("POST", "/api/printer/tool" | "/api/printer/bed") => command == "target",
        ("POST", "/api/printer/printhead") => matches!(command, "home" | "jog"),
        ("POST", "/api/printer/command") => command == "M112",
        ("POST", "/api/connection") => matches!(command, "connect" | "disconnect"),
        ("POST", _) => own && command == "select",
        ("GET" | "DELETE", _) => own,
        _ => false,
    }
}

fn stays_on_the_list(rig: &Rig) {
    for asked in rig.proxy.requests() {
        assert!(is_allowed(&asked), "{asked:?}");
    }
    assert_eq!(rig.proxy.starts().len(), 0, "nothing was ever started");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_random_commands_never_leave_the_list_of_calls() {
    let rig = Rig::new().await;
    let sessions = rig.service.told(|told| told.sessions);
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for _ in 0..RANDOM / BATCH {
        let before = rig.service.told(|told| told.answers.len());
        let commands: Vec<_> = (0..BATCH).map(|_| rig.random(&mut chance)).collect();
        // The others are answered by reports, if at all.
        let silent = |c: &&Command| {
            matches!(
                c,
                Command::Stage(_) | Command::Start(_) | Command::Settled { .. }
            )
        };
        let due = commands.len() - commands.iter().filter(silent).count();
        commands.into_iter().for_each(|c| rig.service.command(c));
        rig.service
            .until("answers", |told| told.answers.len() >= before + due)
            .await;
    }
    stays_on_the_list(&rig);
    assert_eq!(
        rig.service.told(|told| told.sessions),
        sessions,
        "no session broke"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_crafted_messages_end_their_sessions_and_nothing_else() {
    let rig = Rig::new().await;
    let mut chance = Chance(0xD1B5_4A32_D192_ED03);
    for n in 0..CRAFTED {
        let reports = rig.service.full_reports();
        rig.service.say(Say::Raw(crafted(n, &mut chance)));
        rig.service
            .until("a new session", |told| told.full_reports() > reports)
            .await;
    }
    stays_on_the_list(&rig);
}

/// Messages that look as if they might do something.
fn crafted(n: usize, chance: &mut Chance) -> String {
    let seq = [0, 1, 2, 3, 99, u64::MAX][chance.below(6) as usize];
    let with = match n % 10 {
        0 => r#"{"do":"http","url":"http://127.0.0.1:22/","method":"GET"}"#.to_owned(),
        1 => r#"{"do":"by_hand","control":{"act":"gcode","line":"M997"}}"#.to_owned(),
        2 => r#"{"do":"by_hand","printer":"../../etc","control":{"act":"connect"}}"#.to_owned(),
        3 => r#"{"do":"stage","attempt":"att_../../x","path":"/etc/passwd"}"#.to_owned(),
        4 => r#"{"do":"tidy","printer":"prn_00000000000000000000000000000000","path":"/"}"#
            .to_owned(),
        5 => r#"{"do":"refresh","header":{"X-Api-Key":"x"}}"#.to_owned(),
        6 => format!(
            r#"{{"do":"by_hand","control":{{"act":"preheat","nozzle_c":1e{},"bed_c":0}}}}"#,
            chance.below(999)
        ),
        7 => "[".repeat(chance.below(5_000) as usize),
        8 => format!(
            r#"{{"do":"emergency_stop","printer":"{}","printer":"x"}}"#,
            "\u{202e}".repeat(9)
        ),
        _ => r#"{"do":"by_hand","control":{"act":"jog","x_mm":1,"y_mm":1,"z_mm":1,"e_mm":50}}"#
            .to_owned(),
    };
    format!(
        r#"{{"seq":{seq},"ack":{},"body":{{"type":"command","with":{with}}}}}"#,
        chance.below(3)
    )
}
