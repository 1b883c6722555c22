//! Two ends and a clock that a test moves.

use fluxprint_domain::id::{BridgeId, PrinterId, SessionId};
use fluxprint_domain::octets::Octets;
use fluxprint_domain::printer::{Activity, Build, Heaters, Observation, PrinterState};
use fluxprint_domain::{Monotonic, Nonce, Timestamp};
use fluxprint_link::{
    BridgeEnd, BridgeInput, Challenge, Frame, Hello, LinkError, LocalPrinter, NamedPrinter, Report,
    ServiceEnd, ServiceInput, Welcome,
};

/// Server time at the moment of every test's welcome.
pub const SERVER_TIME: Timestamp = Timestamp(1_763_800_000_000_000);

/// The chance of every test's challenge.
pub const NONCE: Nonce = Octets([9; 32]);

pub fn text(frame: &Frame) -> String {
    serde_json::to_string(frame).unwrap()
}

pub fn session() -> SessionId {
    SessionId::new(SERVER_TIME, 1)
}

pub fn printer() -> PrinterId {
    PrinterId::new(SERVER_TIME, 2)
}

pub fn hello() -> Hello {
    Hello {
        versions: vec![1],
        bridge_version: "0.1.0".into(),
        run: 7,
        key: Octets([1; 32]),
        proof: Octets([2; 64]),
        printers: vec![LocalPrinter {
            name: "mk4-07".into(),
            is_virtual: true,
            build: Build::DESKTOP,
        }],
    }
}

pub fn welcome() -> Welcome {
    Welcome {
        version: 1,
        bridge: BridgeId::new(SERVER_TIME, 3),
        session: session(),
        server_time: SERVER_TIME,
        printers: vec![NamedPrinter {
            name: "mk4-07".into(),
            id: printer(),
        }],
    }
}

pub fn idle() -> Observation {
    Observation {
        state: PrinterState::Ready,
        activity: Activity::Idle,
        job: None,
        heaters: Heaters::default(),
        message: None,
    }
}

pub fn full_report() -> Report {
    Report {
        full: true,
        printers: vec![],
    }
}

/// A bridge that was challenged, and its hello.
pub fn said_hello(now: Monotonic, challenge: &Frame, hello: Hello) -> (BridgeEnd, Frame) {
    let mut bridge = BridgeEnd::new(now);
    assert_eq!(bridge.hello(now, hello.clone()), Err(LinkError::OutOfTurn));
    let heard = bridge.receive(now, &text(challenge)).unwrap();
    let challenged = Challenge { nonce: NONCE };
    assert_eq!(heard, Some(BridgeInput::Challenge(challenged)));
    let frame = bridge.hello(now, hello).unwrap();
    (bridge, frame)
}

/// A session that is open on both ends, `now` at its begin.
pub fn open(now: Monotonic) -> (BridgeEnd, ServiceEnd) {
    let (mut bridge, mut service) = welcomed(now);
    let report = bridge.report(now, full_report()).unwrap();
    let heard = service.receive(now, &text(&report)).unwrap();
    assert_eq!(heard, Some(ServiceInput::Report(full_report())));
    (bridge, service)
}

/// A session whose bridge still owes its report.
pub fn welcomed(now: Monotonic) -> (BridgeEnd, ServiceEnd) {
    let (mut service, challenge) = ServiceEnd::open(now, NONCE).unwrap();
    let (mut bridge, frame) = said_hello(now, &challenge, hello());
    let heard = service.receive(now, &text(&frame)).unwrap();
    assert_eq!(
        heard,
        Some(ServiceInput::Hello {
            hello: hello(),
            version: 1
        })
    );
    let frame = service.welcome(now, welcome()).unwrap();
    let heard = bridge.receive(now, &text(&frame)).unwrap();
    assert_eq!(heard, Some(BridgeInput::Welcome(welcome())));
    (bridge, service)
}
