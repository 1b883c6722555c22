//! Heating, moving and connecting for a person: bounded, at most once, never beside a print.

use crate::rig::{Rig, gcode, job};
use crate::safe_orders::answered;
use fluxprint_bridge::local_limits::LimitsFile;
use fluxprint_domain::Timestamp;
use fluxprint_domain::attempt::Phase;
use fluxprint_domain::control::{Axis, Control, Jog, Targets};
use fluxprint_domain::id::SessionId;
use fluxprint_domain::printer::{Observation, PrinterState};
use fluxprint_link::{ByHand, Command};
use std::collections::BTreeSet;

const WARM: Control = Control::Preheat(Targets {
    nozzle_c: 60.0,
    bed_c: 40.0,
});

fn home() -> Control {
    Control::Home {
        axes: BTreeSet::from([Axis::X, Axis::Y, Axis::Z]),
    }
}

fn step() -> Control {
    Control::Jog(Jog {
        x_mm: 10.0,
        y_mm: 0.0,
        z_mm: 5.0,
    })
}

impl Rig {
    fn order(&self, control: Control) -> ByHand {
        ByHand {
            printer: self.printer(),
            control,
            session: self.service.session(),
            not_after: self.now().plus_s(15),
        }
    }

    fn now(&self) -> Timestamp {
        use fluxprint_domain::Clock;
        self.clock.now()
    }

    /// Asks for it and gives the code of the refusal, nothing when it was given.
    async fn by_hand(&self, control: Control) -> Option<String> {
        self.asked(self.order(control)).await
    }

    async fn asked(&self, order: ByHand) -> Option<String> {
        let before = self.service.told(|told| told.answers.len());
        self.service.command(Command::ByHand(order));
        answered(self, before).await
    }

    /// What was asked of OctoPrint that changes something, but for files and signing in.
    fn changes(&self) -> usize {
        let requests = self.proxy.requests();
        let changes = requests
            .iter()
            .filter(|r| r.method == "POST" && r.path != "/api/login" && !r.path.contains("/files"));
        changes.count()
    }
}

fn targets(seen: &Observation) -> (f64, f64) {
    let target =
        |heater: Option<fluxprint_domain::printer::Heater>| heater.map_or(0.0, |h| h.target_c);
    (target(seen.heaters.nozzle), target(seen.heaters.bed))
}

#[tokio::test]
async fn a_printer_is_heated_homed_moved_and_cooled_by_hand() {
    let rig = Rig::new().await;
    assert_eq!(rig.by_hand(WARM).await, None);
    rig.until_seen("warm", |seen| targets(seen) == (60.0, 40.0))
        .await;
    assert_eq!(rig.by_hand(home()).await, None);
    assert_eq!(rig.by_hand(step()).await, None);
    let at = rig.octoprint().look(|machine| machine.head().position());
    assert_eq!(
        (at["x"].as_f64(), at["z"].as_f64()),
        (Some(10.0), Some(5.0))
    );
    let cool = Control::Preheat(Targets {
        nozzle_c: 0.0,
        bed_c: 0.0,
    });
    assert_eq!(rig.by_hand(cool).await, None);
    rig.until_seen("cold", |seen| targets(seen) == (0.0, 0.0))
        .await;
}

#[tokio::test]
async fn a_machine_is_let_go_and_connected_again_by_hand() {
    let rig = Rig::new().await;
    let refused = rig.by_hand(Control::Connect).await;
    assert_eq!(refused.as_deref(), Some("ALREADY_CONNECTED"));
    assert_eq!(rig.by_hand(Control::Disconnect).await, None);
    rig.until_seen("offline", |seen| seen.state == PrinterState::Offline)
        .await;
    let refused = rig.by_hand(home()).await;
    assert_eq!(refused.as_deref(), Some("PRINTER_OFFLINE"));
    assert_eq!(rig.by_hand(Control::Connect).await, None);
    rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
        .await;
}

#[tokio::test]
async fn what_is_too_much_too_late_or_of_another_session_never_reaches_the_printer() {
    let rig = Rig::new().await;
    let before = rig.changes();
    let hot = |nozzle_c, bed_c| Control::Preheat(Targets { nozzle_c, bed_c });
    let jog = |x_mm, y_mm, z_mm| Control::Jog(Jog { x_mm, y_mm, z_mm });
    for control in [
        hot(rig.build.nozzle_c_max + 1.0, 0.0),
        hot(0.0, rig.build.bed_c_max + 1.0),
        hot(-1.0, 0.0),
        hot(99_999.0, 99_999.0),
        jog(1_000.0, 0.0, 0.0),
        jog(0.0, 0.0, -1_000.0),
        jog(0.0, 0.0, 0.0),
        Control::Home {
            axes: BTreeSet::new(),
        },
    ] {
        let refused = rig.by_hand(control.clone()).await;
        assert_eq!(refused.as_deref(), Some("OVER_LIMIT"), "{control:?}");
    }
    let late = ByHand {
        not_after: rig.now().plus_s(-1),
        ..rig.order(WARM)
    };
    assert_eq!(rig.asked(late).await.as_deref(), Some("COMMAND_TOO_LATE"));
    let older = ByHand {
        session: SessionId::fresh(rig.clock.as_ref()),
        ..rig.order(WARM)
    };
    assert_eq!(rig.asked(older).await.as_deref(), Some("COMMAND_TOO_LATE"));
    assert_eq!(
        rig.changes(),
        before,
        "nothing of it was asked of OctoPrint"
    );
}

#[tokio::test]
async fn nothing_is_done_by_hand_beside_a_print_of_ours_or_of_somebody_else() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(200)).await;
    rig.start(&of);
    rig.service.until_running(of.attempt).await;
    for control in [WARM, home(), step(), Control::Connect, Control::Disconnect] {
        let refused = rig.by_hand(control.clone()).await;
        assert_eq!(
            refused.as_deref(),
            Some("NOT_WHILE_PRINTING"),
            "{control:?}"
        );
    }
    rig.service.command(Command::Cancel {
        attempt: of.attempt,
    });
    rig.service.until_phase(of.attempt, Phase::Canceled).await;
    rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
        .await;
    rig.somebody_prints(&gcode(100)).await;
    let refused = rig.by_hand(home()).await;
    assert_eq!(refused.as_deref(), Some("NOT_WHILE_PRINTING"));
    rig.somebody_posts("/api/job", job("cancel")).await;
}

#[tokio::test]
async fn an_octoprint_that_does_not_answer_leaves_it_unknown_and_is_not_asked_again() {
    let rig = Rig::new().await;
    let before = rig.service.told(|told| told.answers.len());
    rig.proxy
        .drop_next_answer_matching(|asked| asked.path == "/api/printer/printhead");
    rig.service.command(Command::ByHand(rig.order(home())));
    assert_eq!(
        answered(&rig, before).await.as_deref(),
        Some("OCTOPRINT_NO_ANSWER")
    );
    let unknown = rig.service.told(|told| {
        matches!(
            told.answers[before].answer,
            fluxprint_link::SafeAnswer::Unknown(_)
        )
    });
    assert!(unknown, "it may have moved");
    let asked = rig.proxy.requests();
    let homes = asked.iter().filter(|r| r.path == "/api/printer/printhead");
    assert_eq!(homes.count(), 1);
}

#[tokio::test]
async fn a_print_starts_on_a_printer_that_was_preheated_here_but_not_on_one_somebody_heats() {
    let mut rig = Rig::new().await;
    let of = rig.staged(&gcode(2)).await;
    assert_eq!(rig.by_hand(WARM).await, None);
    rig.start(&of);
    rig.service.until_phase(of.attempt, Phase::Completed).await;
    rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
        .await;
    let of = rig.staged(&gcode(2)).await;
    assert_eq!(rig.by_hand(WARM).await, None);
    let hotter = serde_json::json!({"command": "target", "target": 70});
    rig.somebody_posts("/api/printer/bed", hotter).await;
    rig.start(&of);
    rig.service
        .until_phase(of.attempt, Phase::NothingTried)
        .await;
    assert_eq!(
        rig.service.because(of.attempt).as_deref(),
        Some("HEATER_ON")
    );
}

#[tokio::test]
async fn the_local_limits_file_beats_whatever_the_service_says() {
    let mut rig = Rig::without_bridge().await;
    let text = "[all]\nnozzle_c_max = 50\nallow = ['heat']\n";
    rig.limits = LimitsFile::parse(text).unwrap().of("any");
    rig.start_bridge().await;
    let announced = rig
        .service
        .told(|told| told.hello.as_ref().unwrap().printers[0].build.nozzle_c_max);
    assert_eq!(announced, 50.0, "the service is told the tighter limit");
    let before = rig.changes();
    assert_eq!(rig.by_hand(WARM).await.as_deref(), Some("OVER_LIMIT"));
    for control in [home(), step(), Control::Disconnect] {
        let refused = rig.by_hand(control).await;
        assert_eq!(refused.as_deref(), Some("LOCALLY_FORBIDDEN"));
    }
    let of = rig.staged(&gcode(2)).await;
    rig.start(&of);
    rig.service
        .until_phase(of.attempt, Phase::NothingTried)
        .await;
    let because = rig.service.because(of.attempt);
    assert_eq!(because.as_deref(), Some("LOCALLY_FORBIDDEN"));
    assert_eq!(rig.changes(), before);
    assert_eq!(rig.proxy.starts().len(), 0);
    // What makes a printer safer cannot be forbidden.
    let before = rig.service.told(|told| told.answers.len());
    let printer = rig.printer();
    rig.service.command(Command::HeatersOff { printer });
    assert_eq!(answered(&rig, before).await, None);
}

#[tokio::test]
async fn quiet_hours_hold_back_what_moves_or_warms() {
    let mut rig = Rig::without_bridge().await;
    let text = "[all]\nquiet_hours = '00:00-23:59'\n[printer.'x']\nquiet_hours = '23:58-00:01'";
    rig.limits = LimitsFile::parse(text).unwrap().of("x");
    rig.start_bridge().await;
    assert_eq!(
        rig.by_hand(home()).await.as_deref(),
        Some("LOCAL_QUIET_HOURS")
    );
    let of = rig.staged(&gcode(2)).await;
    rig.start(&of);
    rig.service
        .until_phase(of.attempt, Phase::NothingTried)
        .await;
    let because = rig.service.because(of.attempt);
    assert_eq!(because.as_deref(), Some("LOCAL_QUIET_HOURS"));
    assert_eq!(rig.by_hand(Control::Disconnect).await, None, "it is silent");
}

#[tokio::test]
async fn files_of_ended_tries_are_deleted_when_somebody_asks_and_never_one_that_is_needed() {
    let mut rig = Rig::without_bridge().await;
    rig.pace.keep_files_s = 3_600;
    rig.start_bridge().await;
    let mut ended = Vec::new();
    for _ in 0..2 {
        let of = rig.staged(&gcode(2)).await;
        rig.start(&of);
        rig.service.until_phase(of.attempt, Phase::Completed).await;
        let attempt = of.attempt;
        rig.service.command(Command::Settled { attempt });
        rig.until_seen("ready", |seen| seen.state == PrinterState::Ready)
            .await;
        ended.push(attempt);
    }
    let open = rig.staged(&gcode(2)).await;
    assert_eq!(rig.deleted(), [""; 0], "they are kept for a while");
    let before = rig.service.told(|told| told.answers.len());
    let printer = rig.printer();
    rig.service.command(Command::Tidy { printer });
    assert_eq!(answered(&rig, before).await, None);
    assert_eq!(rig.deleted().len(), 1, "the last one is still selected");
    assert!(rig.deleted()[0].contains(&ended[0].to_string()));
    assert!(!rig.deleted()[0].contains(&open.attempt.to_string()));
}
