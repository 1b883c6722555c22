use crate::pair::{NONCE, SERVER_TIME, hello, open, printer, said_hello, session, text, welcome};
use fluxprint_domain::bed::Epoch;
use fluxprint_domain::control::Control;
use fluxprint_domain::id::{AttemptId, BedTokenId, SessionId};
use fluxprint_domain::{Monotonic, Refusal, Sha256, Timestamp};
use fluxprint_link::{ByHand, Frame, Report, ServiceEnd, Start};

const BEGIN: Monotonic = Monotonic(5_000_000);

fn start(not_after: Timestamp) -> Start {
    Start {
        attempt: AttemptId::new(SERVER_TIME, 4),
        printer: printer(),
        epoch: Epoch(1),
        bed_token: BedTokenId::new(SERVER_TIME, 5),
        sha256: Sha256([7; 32]),
        session: session(),
        not_after,
    }
}

#[test]
fn a_start_61_seconds_late_is_refused_and_one_in_time_is_not() {
    let (bridge, _) = open(BEGIN);
    let gate = bridge.gate().unwrap();
    let due = start(SERVER_TIME.plus_s(60));
    assert_eq!(gate.check(BEGIN.plus_ms(59_999), &due), Ok(()));
    assert_eq!(
        gate.check(BEGIN.plus_ms(61_000), &due),
        Err(Refusal::StartTooLate)
    );
}

#[test]
fn a_start_of_an_earlier_session_is_refused_however_young_it_is() {
    let (bridge, _) = open(BEGIN);
    let old = Start {
        session: SessionId::new(SERVER_TIME, 99),
        ..start(SERVER_TIME.plus_s(60))
    };
    assert_eq!(
        bridge.gate().unwrap().check(BEGIN, &old),
        Err(Refusal::StartOutdated)
    );
}

#[test]
fn a_slow_handshake_makes_deadlines_pass_early_and_never_late() {
    let (mut service, challenge) = ServiceEnd::open(BEGIN, NONCE).unwrap();
    let (mut bridge, frame) = said_hello(BEGIN, &challenge, hello());
    service.receive(BEGIN, &text(&frame)).unwrap();
    // The service reads its clock at once; the welcome then takes eight seconds to arrive.
    let frame: Frame = service.welcome(BEGIN, welcome()).unwrap();
    let arrived = BEGIN.plus_ms(8_000);
    bridge.receive(arrived, &text(&frame)).unwrap();
    bridge
        .report(
            arrived,
            Report {
                full: true,
                printers: vec![],
            },
        )
        .unwrap();
    let gate = bridge.gate().unwrap();
    let due = start(SERVER_TIME.plus_s(60));
    assert_eq!(gate.check(BEGIN.plus_ms(60_000), &due), Ok(()));
    assert_eq!(
        gate.check(BEGIN.plus_ms(60_001), &due),
        Err(Refusal::StartTooLate)
    );
}

#[test]
fn what_is_done_by_hand_belongs_to_its_session_and_has_a_deadline() {
    let (bridge, _) = open(BEGIN);
    let gate = bridge.gate().unwrap();
    let order = ByHand {
        printer: printer(),
        control: Control::Connect,
        session: session(),
        not_after: SERVER_TIME.plus_s(15),
    };
    assert_eq!(gate.check_by_hand(BEGIN.plus_ms(14_999), &order), Ok(()));
    let late = gate.check_by_hand(BEGIN.plus_ms(15_001), &order);
    assert_eq!(late, Err(Refusal::CommandTooLate));
    let old = ByHand {
        session: SessionId::new(SERVER_TIME, 99),
        ..order
    };
    assert_eq!(
        gate.check_by_hand(BEGIN, &old),
        Err(Refusal::CommandTooLate)
    );
}
