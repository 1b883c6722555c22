//! Every message as it stands on the wire. A change here is a change of the protocol.

use crate::pair::{NONCE, SERVER_TIME, hello, idle, printer, session, welcome};
use fluxprint_domain::Sha256;
use fluxprint_domain::alert::Alarm;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::control::{Axis, Control, Jog, Targets};
use fluxprint_domain::id::{AttemptId, BedTokenId};
use fluxprint_link::{
    Answer, AttemptReport, Body, ByHand, Challenge, Command, Frame, NewToken, PrinterReport,
    Refused, Report, SafeAnswer, Stage, Start, Telemetry, Turned,
};
use std::collections::BTreeSet;

fn refused() -> Refused {
    Refused {
        code: "BED_NOT_CLEAR".into(),
        sentence: "S.".into(),
        remedy: "R.".into(),
    }
}

fn by_hand(control: Control) -> Body {
    Body::Command(Command::ByHand(ByHand {
        printer: printer(),
        control,
        session: session(),
        not_after: SERVER_TIME.plus_s(5),
    }))
}

fn every_body() -> Vec<Body> {
    let attempt = AttemptId::new(SERVER_TIME, 4);
    let command = Body::Command;
    vec![
        Body::Challenge(Challenge { nonce: NONCE }),
        Body::Hello(hello()),
        Body::Welcome(welcome()),
        Body::Turned(Turned { because: refused() }),
        Body::Report(Report {
            full: true,
            printers: vec![PrinterReport {
                printer: printer(),
                observation: idle(),
                epoch: Epoch(3),
                bed_in_doubt: false,
                alarms: Alarm::ALL.into(),
                attempts: vec![AttemptReport {
                    attempt,
                    phase: Phase::NothingTried,
                    because: Some(refused()),
                }],
            }],
        }),
        Body::Telemetry(Telemetry {
            printer: printer(),
            observation: idle(),
        }),
        command(Command::Stage(Stage {
            attempt,
            printer: printer(),
            sha256: Sha256([1; 32]),
            size_bytes: 5,
        })),
        command(Command::Start(Start {
            attempt,
            printer: printer(),
            epoch: Epoch(4),
            bed_token: BedTokenId::new(SERVER_TIME, 5),
            sha256: Sha256([1; 32]),
            session: session(),
            not_after: SERVER_TIME.plus_s(60),
        })),
        command(Command::Pause { attempt }),
        command(Command::Resume { attempt }),
        command(Command::Cancel { attempt }),
        command(Command::HeatersOff { printer: printer() }),
        command(Command::EmergencyStop { printer: printer() }),
        command(Command::Tidy { printer: printer() }),
        command(Command::Settled { attempt }),
        command(Command::Refresh),
        command(Command::TakeToken {
            token: NewToken("fxb_secret".into()),
        }),
        Body::Answer(Answer {
            to: 7,
            answer: SafeAnswer::Given,
        }),
        Body::Answer(Answer {
            to: 8,
            answer: SafeAnswer::Refused(refused()),
        }),
        Body::Answer(Answer {
            to: 9,
            answer: SafeAnswer::Unknown(refused()),
        }),
        Body::Ping,
        Body::Ack,
    ]
    .into_iter()
    .chain(all_by_hand())
    .collect()
}

fn all_by_hand() -> Vec<Body> {
    vec![
        by_hand(Control::Preheat(Targets {
            nozzle_c: 200.0,
            bed_c: 60.0,
        })),
        by_hand(Control::Home {
            axes: BTreeSet::from([Axis::X, Axis::Y]),
        }),
        by_hand(Control::Jog(Jog {
            x_mm: 10.0,
            y_mm: 0.0,
            z_mm: -0.5,
        })),
        by_hand(Control::Connect),
        by_hand(Control::Disconnect),
    ]
}

#[test]
fn the_messages_stand_on_the_wire_as_they_were_agreed() {
    let lines: Vec<String> = every_body()
        .into_iter()
        .map(|body| {
            serde_json::to_string(&Frame {
                seq: 1,
                ack: 0,
                body,
            })
            .unwrap()
        })
        .collect();
    let agreed = include_str!("words.jsonl");
    assert_eq!(
        lines.join("\n"),
        agreed.trim_end(),
        "\n{}",
        lines.join("\n")
    );
}

#[test]
fn every_agreed_message_reads_back_as_it_was_said() {
    for (line, body) in include_str!("words.jsonl").lines().zip(every_body()) {
        assert_eq!(serde_json::from_str::<Frame>(line).expect(line).body, body);
    }
}

#[test]
fn no_command_has_room_for_an_address_a_path_or_free_text() {
    for line in include_str!("words.jsonl")
        .lines()
        .filter(|l| l.contains("\"command\""))
    {
        for word in ["url", "path", "method", "header", "gcode", "http", "file"] {
            assert!(!line.contains(word), "{word} in {line}");
        }
    }
}

#[test]
fn the_page_about_the_protocol_names_every_word_of_it() {
    let page = include_str!("../../../../docs/PROTOCOL.md");
    let names = ["type", "do", "act", "is"];
    let mut said = 0;
    for line in include_str!("words.jsonl").lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut todo = vec![&value];
        while let Some(value) = todo.pop() {
            let Some(fields) = value.as_object() else {
                continue;
            };
            for (key, inside) in fields {
                todo.push(inside);
                if names.contains(&key.as_str()) {
                    let word = inside.as_str().unwrap();
                    assert!(
                        page.contains(&format!("`{word}`")),
                        "{word} is not explained"
                    );
                    said += 1;
                }
            }
        }
    }
    for alarm in Alarm::ALL {
        let word = serde_json::to_value(alarm).unwrap();
        let word = word.as_str().unwrap();
        assert!(page.contains(&format!("`{word}`")), "{word}");
    }
    for phase in Phase::ALL {
        let word = serde_json::to_value(phase).unwrap();
        let word = word.as_str().unwrap();
        assert!(page.contains(&format!("`{word}`")), "{word}");
    }
    assert!(said > 30, "the words were looked at");
}
