//! Heating, moving and connecting by hand: who may, what is said to the bridge, what comes back.

use crate::rig::{Rig, wanted};
use fluxprint_domain::Clock;
use fluxprint_domain::control::{Control, Targets};
use fluxprint_domain::limits::CONTROL_DEADLINE_S;
use fluxprint_domain::role::Role;
use fluxprint_link::{Command, Refused, SafeAnswer};
use serde_json::{Value, json};

fn refused(code: &str) -> Refused {
    Refused {
        code: code.to_owned(),
        sentence: "It is quiet now.".to_owned(),
        remedy: "Wait.".to_owned(),
    }
}

/// Every act that heats, moves or connects, with its body.
fn acts() -> [(&'static str, &'static str, Value); 5] {
    [
        (
            "PUT",
            "temperatures",
            json!({ "nozzle_c": 200, "bed_c": 60 }),
        ),
        ("POST", "homing", json!({ "axes": ["x", "y", "z"] })),
        ("POST", "jogs", json!({ "x_mm": 10 })),
        ("PUT", "connection", Value::Null),
        ("DELETE", "connection", Value::Null),
    ]
}

impl Rig {
    async fn act(
        &self,
        role: Role,
        printer: impl std::fmt::Display,
        (method, what, body): &(&str, &str, Value),
    ) -> (u16, String) {
        let call = format!("{method} /v1/printers/{printer}/{what}");
        let answer = match body {
            Value::Null => self.by(role, &call).await,
            body => self.post(&call, &self.token(role), body).await,
        };
        let status = answer.status.as_u16();
        let code = match status {
            200..=299 => String::new(),
            _ => answer.code(),
        };
        (status, code)
    }
}

#[tokio::test]
async fn what_is_done_by_hand_is_said_once_with_session_and_deadline_and_written_down() {
    let rig = Rig::new().await;
    let (bridge, printer) = rig.printer(false).await;
    let mut told = rig.answering(bridge, printer, SafeAnswer::Given);
    for act in acts() {
        assert_eq!(
            rig.act(Role::Manager, printer, &act).await.0,
            204,
            "{act:?}"
        );
        let Ok(Command::ByHand(order)) = told.try_recv() else {
            panic!("{act:?} was not said");
        };
        let reach = rig.service.hub.reach(printer).unwrap();
        assert_eq!((order.printer, order.session), (printer, reach.session));
        let now = rig.clock.now();
        assert_eq!(order.not_after, now.plus_s(CONTROL_DEADLINE_S));
        if act.1 == "temperatures" {
            let targets = Targets {
                nozzle_c: 200.0,
                bed_c: 60.0,
            };
            assert_eq!(order.control, Control::Preheat(targets));
        }
    }
    assert!(told.try_recv().is_err(), "nothing is said twice");
    let audit = rig.by(Role::Manager, "GET /v1/audit").await.ok();
    let audit = audit.to_string();
    for what in ["preheat", "home", "jog", "connect", "disconnect"] {
        assert!(audit.contains(&format!("\"{what}\"")), "{what}");
        assert!(audit.contains(&format!("\"{what} answered\"")), "{what}");
    }
}

#[tokio::test]
async fn only_owners_and_managers_do_things_by_hand() {
    let rig = Rig::new().await;
    let (bridge, printer) = rig.printer(false).await;
    let mut told = rig.answering(bridge, printer, SafeAnswer::Given);
    for role in [Role::Editor, Role::Viewer] {
        for act in acts() {
            let (status, code) = rig.act(role, printer, &act).await;
            assert_eq!(
                (status, code.as_str()),
                (403, "PRINTING_INSUFFICIENT_PERMISSIONS"),
                "{act:?}"
            );
        }
    }
    assert!(told.try_recv().is_err());
    let shown = format!("GET /v1/printers/{printer}");
    let allowed = rig.by(Role::Manager, &shown).await.ok()["allowed"].clone();
    for word in ["preheat", "move", "connect", "refresh", "tidy"] {
        assert!(allowed.as_array().unwrap().contains(&json!(word)), "{word}");
    }
    let allowed = rig.by(Role::Editor, &shown).await.ok()["allowed"].clone();
    assert!(!allowed.as_array().unwrap().contains(&json!("preheat")));
}

#[tokio::test]
async fn what_is_over_a_limit_is_not_even_said_to_the_bridge() {
    let rig = Rig::new().await;
    let (bridge, printer) = rig.printer(false).await;
    let mut told = rig.answering(bridge, printer, SafeAnswer::Given);
    for act in [
        (
            "PUT",
            "temperatures",
            json!({ "nozzle_c": 999, "bed_c": 0 }),
        ),
        ("PUT", "temperatures", json!({ "nozzle_c": 0, "bed_c": -1 })),
        ("POST", "jogs", json!({ "x_mm": 5_000 })),
        ("POST", "jogs", json!({})),
        ("POST", "homing", json!({ "axes": [] })),
    ] {
        let (status, code) = rig.act(Role::Owner, printer, &act).await;
        assert_eq!((status, code.as_str()), (409, "OVER_LIMIT"), "{act:?}");
    }
    for act in [
        ("PUT", "temperatures", json!({ "nozzle_c": 200 })),
        (
            "PUT",
            "temperatures",
            json!({ "nozzle_c": 200, "bed_c": 0, "gcode": "M112" }),
        ),
        ("POST", "homing", json!({ "axes": ["e"] })),
    ] {
        let (status, _) = rig.act(Role::Owner, printer, &act).await;
        assert!((400..500).contains(&status), "{act:?}: {status}");
    }
    assert!(told.try_recv().is_err());
}

#[tokio::test]
async fn the_bridges_refusal_comes_back_in_its_own_words_and_silence_is_not_called_success() {
    let rig = Rig::new().await;
    let (bridge, printer) = rig.printer(false).await;
    let act = &acts()[1];
    assert_eq!(
        rig.act(Role::Owner, printer, act).await,
        (409, "PRINTER_OFFLINE".to_owned())
    );
    let quiet = SafeAnswer::Refused(refused("LOCAL_QUIET_HOURS"));
    let _told = rig.answering(bridge, printer, quiet);
    assert_eq!(
        rig.act(Role::Owner, printer, act).await,
        (409, "LOCAL_QUIET_HOURS".to_owned())
    );
    let lost = SafeAnswer::Unknown(refused("OCTOPRINT_NO_ANSWER"));
    let _told = rig.answering(bridge, printer, lost);
    let unknown = (504, "NOT_KNOWN_WHETHER_DONE".to_owned());
    assert_eq!(rig.act(Role::Owner, printer, act).await, unknown);
    // A session that ends while somebody waits.
    drop(rig.connect(bridge, printer));
    let gone = rig.act(Role::Owner, printer, act).await;
    assert!(gone == unknown || gone.1 == "PRINTER_OFFLINE", "{gone:?}");
    let silent = rig.connect(bridge, printer);
    assert_eq!(rig.act(Role::Owner, printer, act).await, unknown);
    drop(silent);
}

#[tokio::test]
async fn nothing_is_done_by_hand_while_a_print_of_ours_runs_but_cooling_down_always_is() {
    let rig = Rig::new().await;
    let one = wanted(rig.model(7).await);
    let job = rig.job(&rig.token(Role::Editor), &one).await;
    let at = rig.staged(job).await;
    rig.start(&at).await;
    for act in acts() {
        let (status, code) = rig.act(Role::Owner, at.printer, &act).await;
        assert_eq!(
            (status, code.as_str()),
            (409, "NOT_WHILE_PRINTING"),
            "{act:?}"
        );
    }
    let cool = ("DELETE", "temperatures", Value::Null);
    let (status, _) = rig.act(Role::Owner, at.printer, &cool).await;
    assert!((200..300).contains(&status), "{status}");
}

#[tokio::test]
async fn looking_anew_and_deleting_our_files_are_said_to_the_bridge() {
    let rig = Rig::new().await;
    let (bridge, printer) = rig.printer(false).await;
    let mut told = rig.answering(bridge, printer, SafeAnswer::Given);
    let refresh = format!("POST /v1/printers/{printer}/refresh");
    assert_eq!(rig.by(Role::Manager, &refresh).await.status.as_u16(), 202);
    assert_eq!(told.recv().await, Some(Command::Refresh));
    let tidy = format!("DELETE /v1/printers/{printer}/files");
    assert_eq!(rig.by(Role::Manager, &tidy).await.status.as_u16(), 204);
    assert_eq!(told.recv().await, Some(Command::Tidy { printer }));
    let cool = format!("DELETE /v1/printers/{printer}/temperatures");
    assert_eq!(rig.by(Role::Manager, &cool).await.status.as_u16(), 204);
    assert_eq!(told.recv().await, Some(Command::HeatersOff { printer }));
}
