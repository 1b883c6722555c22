use crate::pair::{NONCE, full_report, hello, idle, open, printer, said_hello, text, welcomed};
use fluxprint_domain::{Monotonic, Refusal};
use fluxprint_link::limits::{
    ACK_AFTER_MS, DEAD_AFTER_MS, HANDSHAKE_MS, PING_AFTER_MS, UNACKED_FRAMES_MAX,
};
use fluxprint_link::{
    Body, BridgeEnd, Command, Frame, Hello, LinkError, Report, ServiceEnd, Telemetry, Tick,
};

const BEGIN: Monotonic = Monotonic(1_000_000);

#[test]
fn nothing_is_commanded_before_the_bridge_has_told_the_truth() {
    let (mut bridge, mut service) = welcomed(BEGIN);
    assert!(!service.reconciled());
    assert_eq!(
        service.command(BEGIN, Command::Refresh),
        Ok(Err(Refusal::NotReconciled))
    );
    assert_eq!(bridge.gate(), None);
    let partial = Report {
        full: false,
        printers: vec![],
    };
    assert_eq!(bridge.report(BEGIN, partial), Err(LinkError::OutOfTurn));
    let frame = bridge.report(BEGIN, full_report()).unwrap();
    service.receive(BEGIN, &text(&frame)).unwrap();
    assert!(service.reconciled());
    assert!(service.command(BEGIN, Command::Refresh).unwrap().is_ok());
}

#[test]
fn a_bridge_that_shares_no_version_is_turned_away_and_not_guessed_at() {
    let (mut service, challenge) = ServiceEnd::open(BEGIN, NONCE).unwrap();
    let other = Hello {
        versions: vec![7, 9],
        ..hello()
    };
    let (_, frame) = said_hello(BEGIN, &challenge, other);
    assert_eq!(
        service.receive(BEGIN, &text(&frame)),
        Err(LinkError::NoCommonVersion)
    );
}

#[test]
fn a_repeated_or_lost_frame_ends_the_session() {
    let (mut bridge, mut service) = open(BEGIN);
    let first = service.command(BEGIN, Command::Refresh).unwrap().unwrap();
    let second = service.command(BEGIN, Command::Refresh).unwrap().unwrap();
    let third = service.command(BEGIN, Command::Refresh).unwrap().unwrap();
    bridge.receive(BEGIN, &text(&first)).unwrap();
    let got = bridge.receive(BEGIN, &text(&third));
    assert_eq!(
        got,
        Err(LinkError::OutOfOrder {
            expected: second.seq,
            got: third.seq
        })
    );
    let again = bridge.receive(BEGIN, &text(&first));
    assert_eq!(
        again,
        Err(LinkError::OutOfOrder {
            expected: second.seq,
            got: first.seq
        })
    );
}

#[test]
fn what_is_no_message_is_a_typed_error_and_never_a_panic() {
    for wrong in [
        "",
        "{}",
        "null",
        r#"{"seq":1,"ack":0,"body":{"type":"command","with":{"do":"run","url":"x"}}}"#,
        r#"{"seq":1,"ack":0,"body":{"type":"hello","with":{"versions":[1]}}}"#,
        r#"{"seq":1,"ack":0,"body":{"type":"ping"},"more":1}"#,
    ] {
        let (mut service, _) = ServiceEnd::open(BEGIN, NONCE).unwrap();
        assert_eq!(
            service.receive(BEGIN, wrong),
            Err(LinkError::NotAMessage),
            "{wrong}"
        );
    }
    let long = " ".repeat(fluxprint_link::limits::FRAME_BYTES_MAX + 1);
    let (mut service, _) = ServiceEnd::open(BEGIN, NONCE).unwrap();
    assert_eq!(service.receive(BEGIN, &long), Err(LinkError::TooLong));
}

#[test]
fn a_message_out_of_turn_ends_the_session() {
    let (mut bridge, mut service) = open(BEGIN);
    let hello_again = Frame {
        seq: 3,
        ack: 0,
        body: Body::Hello(hello()),
    };
    assert_eq!(
        service.receive(BEGIN, &text(&hello_again)),
        Err(LinkError::OutOfTurn)
    );
    let from_bridge = Frame {
        seq: 3,
        ack: 0,
        body: Body::Report(full_report()),
    };
    assert_eq!(
        bridge.receive(BEGIN, &text(&from_bridge)),
        Err(LinkError::OutOfTurn)
    );
    let invented = Frame {
        seq: 3,
        ack: 99,
        body: Body::Ping,
    };
    assert_eq!(
        bridge.receive(BEGIN, &text(&invented)),
        Err(LinkError::WrongAck)
    );
}

#[test]
fn a_socket_on_which_nobody_opens_is_closed() {
    let (mut service, _) = ServiceEnd::open(BEGIN, NONCE).unwrap();
    assert_eq!(
        service.tick(BEGIN.plus_ms(HANDSHAKE_MS - 1)),
        Ok(Tick::Quiet)
    );
    assert_eq!(
        service.tick(BEGIN.plus_ms(HANDSHAKE_MS)),
        Err(LinkError::Dead)
    );
    let mut bridge = BridgeEnd::new(BEGIN);
    assert_eq!(
        bridge.tick(BEGIN.plus_ms(HANDSHAKE_MS)),
        Err(LinkError::Dead)
    );
}

#[test]
fn two_quiet_ends_ping_each_other_and_live() {
    let (mut bridge, mut service) = open(BEGIN);
    let mut now = BEGIN;
    let mut pings = 0;
    for _ in 0..600 {
        now = now.plus_ms(1_000);
        if let Tick::Send(frame) = bridge.tick(now).unwrap() {
            pings += u32::from(frame.body == Body::Ping);
            service.receive(now, &text(&frame)).unwrap();
        }
        if let Tick::Send(frame) = service.tick(now).unwrap() {
            bridge.receive(now, &text(&frame)).unwrap();
        }
    }
    let every_ms = u32::try_from(600_000 / PING_AFTER_MS).unwrap();
    assert!(pings >= every_ms / 2 && pings <= every_ms, "{pings}");
}

#[test]
fn silence_of_a_minute_is_death_on_both_sides() {
    let (mut bridge, mut service) = open(BEGIN);
    let later = BEGIN.plus_ms(DEAD_AFTER_MS);
    assert_eq!(bridge.tick(later), Err(LinkError::Dead));
    assert_eq!(service.tick(later), Err(LinkError::Dead));
}

#[test]
fn a_connection_that_swallows_what_is_sent_is_found_dead_although_it_still_talks() {
    let (mut bridge, mut service) = open(BEGIN);
    service.command(BEGIN, Command::Refresh).unwrap().unwrap();
    let mut now = BEGIN;
    let died = (0..120).find_map(|_| {
        now = now.plus_ms(1_000);
        let seen = Telemetry {
            printer: printer(),
            observation: idle(),
        };
        let frame = bridge.telemetry(now, seen).unwrap()?;
        service.receive(now, &text(&frame)).unwrap();
        service.tick(now).err()
    });
    assert_eq!(died, Some(LinkError::Dead));
    assert_eq!(now.ms_since(BEGIN), DEAD_AFTER_MS);
}

#[test]
fn telemetry_steps_aside_and_the_rest_is_bounded_when_nobody_acknowledges() {
    let (mut bridge, _) = open(BEGIN);
    let seen = || Telemetry {
        printer: printer(),
        observation: idle(),
    };
    let sent = (0..UNACKED_FRAMES_MAX)
        .filter(|_| bridge.telemetry(BEGIN, seen()).unwrap().is_some())
        .count();
    assert!(sent < UNACKED_FRAMES_MAX / 2, "{sent}");
    let reports = (0..=UNACKED_FRAMES_MAX).find_map(|_| bridge.report(BEGIN, full_report()).err());
    assert_eq!(reports, Some(LinkError::Congested));
}

#[test]
fn what_was_received_is_acknowledged_within_a_second_or_two() {
    let (mut bridge, mut service) = open(BEGIN);
    let frame = service.command(BEGIN, Command::Refresh).unwrap().unwrap();
    bridge.receive(BEGIN, &text(&frame)).unwrap();
    let Tick::Send(ack) = bridge.tick(BEGIN.plus_ms(ACK_AFTER_MS)).unwrap() else {
        panic!("no ack")
    };
    assert_eq!((ack.seq, ack.ack, &ack.body), (0, frame.seq, &Body::Ack));
    assert_eq!(service.receive(BEGIN, &text(&ack)), Ok(None));
    assert_eq!(
        bridge.tick(BEGIN.plus_ms(ACK_AFTER_MS + 1)),
        Ok(Tick::Quiet)
    );
}
